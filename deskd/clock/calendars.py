"""When calendars are open, and how much open time lies between two instants. Pure: times come in as arguments; zones come from the IANA database,
holidays from the `holidays` library.

A calendar is open at an instant when the wall clock of its zone shows a time in one of the day's spans, and the day isn't closed. That is the
whole rule, also in the nights in which clocks change: a time that is skipped never comes, so that a span over the gap is shorter by it; a time that comes
twice is open twice, so that a span over the overlap is longer by it. Spans are a day's own: `closed` and holidays close a local day from midnight
to midnight.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from deskd.config import Calendar, Settings

ALWAYS: Final = "always"
FARTHEST: Final = timedelta(days=3660)
"""Who looks for open time looks no further ahead: a calendar may be closed for ever."""

_DAY: Final = timedelta(days=1)
_ZERO: Final = timedelta(0)
Interval = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Hours:
    """A calendar to reckon with. `week`: for each day from Monday its spans, minutes since midnight."""

    zone: tzinfo
    week: tuple[tuple[tuple[int, int], ...], ...]
    country: str | None = None
    subdivision: str | None = None
    closed: frozenset[date] = frozenset()


def hours_of(settings: Settings, calendar: str | None) -> Hours | None:
    """The calendar of that name; None: it is always open (`always`, or none named)."""
    configured = settings.calendars.get(calendar or ALWAYS)
    return None if configured is None else _hours(configured, settings)


def open_now(settings: Settings, now: datetime) -> Mapping[str, bool]:
    """Calendar -> is it open at `now`; `always` is built in."""
    return {ALWAYS: True} | {
        key: is_open(calendar, settings, now) for key, calendar in settings.calendars.items()
    }


def is_open(calendar: Calendar, settings: Settings, now: datetime) -> bool:
    """Whether `now` lies in one of the day's spans, on the calendar's own wall clock, and the day isn't a closed one."""
    return open_at(_hours(calendar, settings), now)


def open_at(hours: Hours | None, at: datetime) -> bool:
    if hours is None:
        return True
    local = at.astimezone(hours.zone)
    return any(start <= at < end for start, end in _open_on(hours, local.date()))


def working(hours: Hours | None, since: datetime, until: datetime) -> timedelta:
    """The open time from `since` up to `until`; none where `until` is earlier."""
    if until <= since:
        return _ZERO
    if hours is None:
        return until - since
    spans = open_between(hours, since, until)
    return sum((end - start for start, end in spans), _ZERO)


def after(hours: Hours | None, since: datetime, span: timedelta) -> datetime | None:
    """The first instant at which `span` of open time has gone by since `since`; None: it won't within ten years."""
    if span <= _ZERO:
        return since
    if hours is None:
        return since + span
    left = span
    for start, end in open_between(hours, since, since + FARTHEST):
        if end - start >= left:
            return start + left
        left -= end - start
    return None


def opens(hours: Hours | None, at: datetime) -> datetime | None:
    """The first instant from `at` on at which it is open; None: it won't be within ten years."""
    if hours is None:
        return at
    return next((start for start, _ in open_between(hours, at, at + FARTHEST)), None)


def both_open(one: Hours | None, other: Hours | None, since: datetime, until: datetime) -> Iterator[Interval]:
    """The intervals within [since, until) in which both calendars are open, in order."""
    whole: tuple[Interval, ...] = ((since, until),)
    theirs = whole if other is None else tuple(open_between(other, since, until))
    for start, end in whole if one is None else open_between(one, since, until):
        for begin, stop in theirs:
            if begin < end and start < stop:
                yield max(start, begin), min(end, stop)


def _hours(calendar: Calendar, settings: Settings) -> Hours:
    """Made once for each calendar of a configuration: every look at a clock asks for it."""
    known = _known.get(id(calendar))
    if known is not None and known[0] is calendar and known[1] is settings.desk.timezone:
        return known[2]
    made = _made(calendar, settings)
    if len(_known) > _MOST_KNOWN:
        _known.clear()
    _known[id(calendar)] = (calendar, settings.desk.timezone, made)
    return made


_known: dict[int, tuple[Calendar, tzinfo, Hours]] = {}
_MOST_KNOWN: Final = 1_000


def _made(calendar: Calendar, settings: Settings) -> Hours:
    week = calendar.week
    public = calendar.holidays
    return Hours(
        calendar.timezone or settings.desk.timezone,
        tuple(tuple((span.start, span.end) for span in week.get(day, ())) for day in range(7)),
        public.country if public else None,
        public.subdivision if public else None,
        frozenset(calendar.closed),
    )


def open_between(hours: Hours, since: datetime, until: datetime) -> Iterator[Interval]:
    """The open intervals within [since, until), in order."""
    day = since.astimezone(hours.zone).date() - _DAY  # where a day is skipped or repeated, too
    last = until.astimezone(hours.zone).date() + _DAY
    while day <= last:
        for start, end in _open_on(hours, day):
            if end > since and start < until:
                yield max(start, since), min(end, until)
        day += _DAY


@lru_cache(maxsize=16_384)
def _open_on(hours: Hours, day: date) -> tuple[Interval, ...]:
    """The open intervals of a local day, in UTC, in order and apart from one another."""
    spans = hours.week[day.weekday()]
    if (
        not spans
        or day in hours.closed
        or day in _public_holidays(hours.country, hours.subdivision, day.year)
    ):
        return ()
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)  # the wall clock's, read as if it were UTC
    found = [
        (
            max(midnight + timedelta(minutes=start) - offset, begin),
            min(midnight + timedelta(minutes=end) - offset, stop),
        )
        for begin, stop, offset in _offsets(hours.zone, day)
        for start, end in spans
    ]
    return tuple(sorted(each for each in found if each[0] < each[1]))


@lru_cache(maxsize=4_096)
def _offsets(zone: tzinfo, day: date) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """The offsets from UTC that hold around a local day, each with the instants between which it does."""
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=16)
    stop = begin + timedelta(hours=56)
    first, last = _offset(zone, begin), _offset(zone, stop)
    if first == last:
        return ((begin, stop, first),)
    low, high = begin, stop
    while high - low > timedelta(seconds=1):  # zones change at whole seconds
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (middle, high) if _offset(zone, middle) == first else (low, middle)
    return ((begin, high, first), (high, stop, last))


def _offset(zone: tzinfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or _ZERO


@lru_cache(maxsize=1_024)
def _public_holidays(country: str | None, subdivision: str | None, year: int) -> frozenset[date]:
    if country is None:
        return frozenset()
    import holidays  # late: few desks name a country, and every start would wait for it

    return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=year))
