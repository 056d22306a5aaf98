"""How fast a bot may speak: so many messages a second in all, one a second a chat, so many a minute a group. Values in seconds of a monotonic clock; no I/O.

https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
"""

from __future__ import annotations

from collections import deque
from typing import Final

ALL_A_SECOND: Final = 30
CHAT_EVERY: Final = 1.0
GROUP_A_MINUTE: Final = 20
_FORGET: Final = 10_000  # chats


class Pace:
    def __init__(self) -> None:
        self._all: deque[float] = deque()
        self._next: dict[str, float] = {}  # chat -> not before
        self._groups: dict[str, deque[float]] = {}

    def take(self, chat: str, now: float) -> float:
        """Ask for a turn: 0 and it is yours, else the seconds until it is worth asking again."""
        while self._all and self._all[0] <= now - 1.0:
            self._all.popleft()
        group = self._groups.setdefault(chat, deque()) if chat.startswith("-") else deque()
        while group and group[0] <= now - 60.0:
            group.popleft()
        wait = self._next.get(chat, now) - now
        if len(group) >= GROUP_A_MINUTE:
            wait = max(wait, group[0] + 60.0 - now)
        if len(self._all) >= ALL_A_SECOND:
            wait = max(wait, self._all[0] + 1.0 - now)
        if wait > 0:
            return wait
        self._all.append(now)
        group.append(now)
        self._next[chat] = now + CHAT_EVERY
        if len(self._next) > _FORGET:
            self._next = {each: at for each, at in self._next.items() if at > now}
        return 0.0

    def refused(self, chat: str, seconds: float, now: float) -> None:
        """Telegram answered 429 for this chat: nothing there for so long."""
        self._next[chat] = max(self._next.get(chat, now), now + seconds)
