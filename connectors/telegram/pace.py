"""How fast a bot may speak: so many messages a second in all, one a second a chat, so many a minute a group. Values in seconds of a monotonic clock; no I/O.

https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this. It allows short bursts: in a group, where a ticket begins with three messages at once,
they are used.
"""

from __future__ import annotations

from collections import deque
from typing import Final

ALL_A_SECOND: Final = 30
CHAT_EVERY: Final = 1.0
GROUP_BURST: Final = 3
GROUP_A_MINUTE: Final = 20
_FORGET: Final = 10_000  # chats


class Pace:
    def __init__(self) -> None:
        self._all: deque[float] = deque()
        self._next: dict[str, float] = {}  # chat -> when the one after this would be due at an even pace
        self._parked: dict[str, float] = {}  # chat -> not before
        self._groups: dict[str, deque[float]] = {}

    def take(self, chat: str, now: float, spare: int = 0) -> float:
        """Ask for a turn: 0 and it is yours, else the seconds until it is worth asking again. `spare`: so many of a group's turns are left to others."""
        while self._all and self._all[0] <= now - 1.0:
            self._all.popleft()
        is_group = chat.startswith("-")
        group = self._groups.setdefault(chat, deque()) if is_group else deque()
        while group and group[0] <= now - 60.0:
            group.popleft()
        early = (GROUP_BURST - 1) * CHAT_EVERY if is_group else 0.0
        due = self._next.get(chat, now)
        wait = max(due - early, self._parked.get(chat, now)) - now
        room = GROUP_A_MINUTE - spare
        if len(group) >= room:
            wait = max(wait, group[len(group) - room] + 60.0 - now)
        if len(self._all) >= ALL_A_SECOND:
            wait = max(wait, self._all[0] + 1.0 - now)
        if wait > 0:
            return wait
        self._all.append(now)
        group.append(now)
        self._next[chat] = max(due, now) + CHAT_EVERY
        for times in (self._next, self._parked):
            if len(times) > _FORGET:
                for each in [each for each, at in times.items() if at <= now]:
                    del times[each]
        return 0.0

    def refused(self, chat: str, seconds: float, now: float) -> None:
        """Telegram answered 429 for this chat: nothing there for so long."""
        self._parked[chat] = max(self._parked.get(chat, now), now + seconds)
