"""How many deliveries may go in each lane: all of them, until the other side asks for a slower pace. Pure: the time comes in as an argument.

A lane is what the other side counts (for Slack, one method in one channel). One that was throttled rests as long as it was told to; for a minute after that its
rows go one by one. Rows that wait there cost nothing meanwhile, however many they are, and no other lane waits for them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

SLOW_FOR: Final = timedelta(minutes=1)


class Lanes:
    def __init__(self) -> None:
        self._rest_until: dict[str, datetime] = {}
        self._under_way: Counter[str] = Counter()

    def throttled(self, lane: str, until: datetime) -> None:
        """The other side wants nothing more in this lane before `until`."""
        self._rest_until[lane] = max(until, self._rest_until.get(lane, until))

    def began(self, lane: str) -> None:
        self._under_way[lane] += 1

    def ended(self, lane: str) -> None:
        self._under_way[lane] -= 1

    def quotas(self, now: datetime) -> Mapping[str, int]:
        """How many more may go now in the lanes that were throttled lately; the others have no bound."""
        for lane in [lane for lane, until in self._rest_until.items() if until + SLOW_FOR <= now]:
            del self._rest_until[lane]
        return {
            lane: 0 if now < until else max(0, 1 - self._under_way[lane])
            for lane, until in self._rest_until.items()
        }

    def resting(self, now: datetime) -> Mapping[str, datetime]:
        """The lanes that rest now, and until when."""
        return {lane: until for lane, until in self._rest_until.items() if until > now}
