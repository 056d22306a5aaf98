"""Each level's own clock: how much of a ticket's time went by where. Pure.

A level's clock runs while the ticket is there, in the open time of the calendar that its policy counts in, and stands still when the ticket's clocks do. So the
clocks of all levels together are the ticket's, from its beginning to now or to its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from deskd.clock import calendars, sla
from deskd.clock.calendars import Hours
from deskd.clock.sla import Segment
from deskd.config import Settings
from deskd.config.sla import Policy
from deskd.model import Ticket


@dataclass(frozen=True, slots=True)
class LevelClock:
    """How long a level had the ticket, pauses left out; `runs`: it has it now, and the clock isn't standing."""

    level: int
    spent: timedelta
    runs: bool = False


@dataclass(frozen=True, slots=True)
class Spent:
    """A ticket's own clock, with each level's, the lowest first."""

    policy: str | None
    calendar: str
    levels: tuple[LevelClock, ...]

    @property
    def whole(self) -> timedelta:
        return sum((one.spent for one in self.levels), timedelta(0))


def spent(settings: Settings, ticket: Ticket, segments: Sequence[Segment], now: datetime) -> Spent:
    """What has gone by until `now`, under the policy that applies now."""
    found = sla.policy_of(settings, ticket)
    key, policy = found if found is not None else (None, None)
    calendar = policy.calendar if policy is not None else calendars.ALWAYS
    hours = calendars.hours_of(settings, calendar)
    return Spent(key, calendar, by_level(hours, segments, policy, now))


def by_level(
    hours: Hours | None, segments: Sequence[Segment], policy: Policy | None, now: datetime
) -> tuple[LevelClock, ...]:
    """Each level that ever had the ticket."""
    standing = {(since, until) for since, until in sla.pauses(segments, policy)}
    sums: dict[int, timedelta] = {}
    runs: int | None = None
    for one in segments:
        sums.setdefault(one.level, timedelta(0))
        if (one.since, one.until) in standing:
            continue
        end = now if one.until is None else min(one.until, now)
        sums[one.level] += calendars.working(hours, one.since, end)
        runs = one.level if one.until is None else runs
    return tuple(LevelClock(level, sums[level], level == runs) for level in sorted(sums))


def brief(one: Spent) -> str:
    """`5h 20m (L1 3h 5m, L2 2h 15m)`; of a single level its time alone."""
    parts = ", ".join(f"L{level.level} {_long(level.spent)}" for level in one.levels)
    return f"{_long(one.whole)} ({parts})" if one.levels else ""


def _long(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    told = [f"{count}{unit}" for count, unit in ((days, "d"), (hours, "h"), (rest, "m")) if count]
    return " ".join(told[:2]) or "0m"
