"""The demo's clock (`deskd.ports.Clock`): the machine's, and as far ahead of it as a person has moved it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

MORNING = time(9)
FARTHEST = timedelta(days=366)  # from the machine's own time; nobody waits longer for anything here


class MovableClock:
    """Its seconds are the machine's: what is measured in them (`monotonic`) notices no move."""

    def __init__(self, ahead: timedelta = timedelta(0)) -> None:
        self.ahead = ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def seconds(self) -> float:
        """Since the epoch: how the stand-ins tell the time."""
        return self.now().timestamp()

    def monotonic(self) -> float:
        return monotonic()

    def move(self, by: timedelta) -> None:
        """Ahead only, as time goes. Raises `LookupError` for a move back, and for one past `FARTHEST`."""
        if by < timedelta(0) or self.ahead + by > FARTHEST:
            raise LookupError(f"the clock goes ahead only, and by {FARTHEST.days} days in all")
        self.ahead += by


def next_morning(now: datetime, zone: ZoneInfo) -> datetime:
    """Nine o'clock of the day that begins next in this zone, or of today before nine."""
    local = now.astimezone(zone)
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, zone).astimezone(UTC)
