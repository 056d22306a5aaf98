"""Which minutes are open, and who is there in them: counted one by one on a clock on the wall. Nothing of deskd is asked.

Hours, holidays and people stand here once more, written by hand from the desk of `tests.support.month`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from tests.support.month import ABSENT, DAY, END, START

HORIZON: Final = END + 45 * DAY
MEMBERS: Final = {
    "front-desk": ("anna", "bruno"),
    "balcao": ("joana", "tiago"),
    "specialists": ("carla", "davide"),
    "makers": ("edu",),
}
HOURS: Final = {"front-desk": "roma", "balcao": "brasil", "specialists": "roma", "makers": "brasil"}
ROMA: Final = (
    "Europe/Rome",
    dict.fromkeys(range(5), ((540, 780), (840, 1080))),
    {date(2027, 3, 19), date(2027, 3, 29)},  # the desk's own closed day, Easter Monday
)
BRASIL: Final = (
    "America/Sao_Paulo",
    dict.fromkeys(range(5), ((480, 720), (780, 1050))) | {5: ((540, 720),)},
    {date(2027, 3, 26), date(2027, 4, 21), date(2027, 5, 1)},  # Good Friday, Tiradentes, Labour Day
)


@cache
def open_minutes(calendar: str) -> Sequence[int]:
    """The minutes in which a clock on that wall shows an open time, in order."""
    if calendar == "always":
        return range(HORIZON)
    name, week, free = ROMA if calendar == "roma" else BRASIL
    zone = ZoneInfo(name)
    found: list[int] = []
    for minute in range(HORIZON):
        local = (START + timedelta(minutes=minute)).astimezone(zone)
        shown = local.hour * 60 + local.minute
        if local.date() not in free and any(a <= shown < b for a, b in week.get(local.weekday(), ())):
            found.append(minute)
    return found


def counted(calendar: str, since: int, until: int) -> int:
    """How many of the minutes from `since` up to `until` are open."""
    opened = open_minutes(calendar)
    return max(0, bisect_left(opened, until) - bisect_left(opened, since))


def reached(calendar: str, since: int, minutes: int, stood: Sequence[tuple[int, int | None]]) -> int | None:
    """The end of the open minute with which so many have gone by, those in `stood` left out; None: it stands."""
    at, left = since, minutes
    for begin, end in stood:
        gone = counted(calendar, at, begin)
        if gone >= left:
            break
        left -= gone
        if end is None:
            return None
        at = max(at, end)
    opened = open_minutes(calendar)
    return opened[bisect_left(opened, at) + left - 1] + 1


def there(team: str, at: int) -> tuple[str, ...]:
    """Who of a team is on duty."""
    if counted(HOURS[team], at, at + 1) == 0:
        return ()
    return tuple(
        agent
        for agent in MEMBERS[team]
        if not any(since <= at < until for since, until in ABSENT.get(agent, ()))
    )


def first_there(team: str, at: int) -> int:
    """The first minute from then on in which somebody of a team is on duty."""
    return next(minute for minute in range(at, HORIZON) if there(team, minute))
