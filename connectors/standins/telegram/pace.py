"""Telegram's limits, if a test wants them kept: so many messages a second in all and a chat, so many a minute a group. Pure: the time comes in.

https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
"""

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """`None`: no limit. Short bursts a chat are allowed, as Telegram allows them."""

    all_per_second: int | None = None
    chat_per_second: float | None = None
    chat_burst: int = 3
    group_per_minute: int | None = None


class Pace:
    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._all: deque[float] = deque()
        self._chats: dict[int, deque[float]] = {}

    def refused(self, chat: int, now: float) -> int | None:
        """The `retry_after` of a message that comes too fast; None: it may go, and counts."""
        limits, mine = self._limits, self._chats.setdefault(chat, deque())
        while self._all and self._all[0] <= now - 1:
            self._all.popleft()
        while mine and mine[0] <= now - 60:
            mine.popleft()
        if limits.all_per_second is not None and len(self._all) >= limits.all_per_second:
            return 1
        if limits.group_per_minute is not None and chat < 0 and len(mine) >= limits.group_per_minute:
            return max(1, int(60 - (now - mine[0])))
        if limits.chat_per_second is not None:
            window = limits.chat_burst / limits.chat_per_second
            if sum(1 for at in mine if at > now - window) >= limits.chat_burst:
                return 1
        self._all.append(now)
        mine.append(now)
        return None
