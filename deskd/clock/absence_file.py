"""A calendar file (RFC 5545) -> when its owner is away. Pure.

Each event is an absence, but for those that are cancelled or marked as free time. Days without hours last from midnight to midnight in the desk's zone, and so does a time
that names no zone. Repeated events count as far as anyone plans.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final

from dateutil.rrule import rrulestr

from deskd.clock.duty import Absence

BACK: Final = timedelta(days=60)
AHEAD: Final = timedelta(days=370)
"""How far back an absence that lasts may have begun, and how far ahead repeated ones are looked at."""
MOST: Final = 1_000
"""Absences of one person: more is no calendar of absences."""
LARGEST: Final = 5_000_000  # bytes
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Event:
    uid: str
    since: datetime
    long: timedelta
    because: str
    rule: str
    excluded: frozenset[datetime]
    replaces: datetime | None  # the time of the repetition that this stands for


def absences(content: bytes, agent: str, zone: tzinfo, now: datetime) -> tuple[Absence, ...]:
    """Those that aren't over, the earliest first. Raises `ValueError`, with what is wrong, where the file can't be understood."""
    if len(content) > LARGEST:
        raise ValueError(f"it has {len(content)} bytes, more than {LARGEST}")
    from icalendar import Calendar  # late: few desks have calendar files

    calendar = Calendar.from_ical(content)
    events = [event for part in calendar.walk("VEVENT") if (event := _event(part, zone)) is not None]
    replaced = {(event.uid, event.replaces) for event in events if event.replaces is not None}
    found = sorted(
        (since, since + event.long, event.because)
        for event in events
        for since in _times(event, replaced, now)
        if since + event.long > now
    )
    if len(found) > MOST:
        raise ValueError(f"it has {len(found)} absences within a year, more than {MOST}")
    return tuple(Absence(agent, since, until, "file", because) for since, until, because in found)


def _event(part: Any, zone: tzinfo) -> _Event | None:
    """None for what keeps nobody away."""
    if (
        str(part.get("STATUS", "")).upper() == "CANCELLED"
        or str(part.get("TRANSP", "")).upper() == "TRANSPARENT"
    ):
        return None
    if "DTSTART" not in part:
        raise ValueError(f"an event {str(part.get('SUMMARY', ''))[:60]!r} has no beginning (DTSTART)")
    start = part["DTSTART"].dt
    since = _moment(start, zone)
    if "DTEND" in part:
        long = _moment(part["DTEND"].dt, zone) - since
    elif "DURATION" in part:
        long = part["DURATION"].dt
    else:
        long = timedelta(0) if isinstance(start, datetime) else _DAY
    rule = part["RRULE"].to_ical().decode() if "RRULE" in part else ""
    return _Event(
        str(part.get("UID", "")),
        since,
        max(long, timedelta(0)),
        str(part.get("SUMMARY", ""))[:200],
        rule,
        frozenset(_excluded(part, zone)),
        _moment(part["RECURRENCE-ID"].dt, zone) if "RECURRENCE-ID" in part else None,
    )


def _excluded(part: Any, zone: tzinfo) -> Iterator[datetime]:
    listed = part.get("EXDATE", [])
    for each in listed if isinstance(listed, list) else [listed]:
        yield from (_moment(one.dt, zone) for one in each.dts)


def _times(
    event: _Event, replaced: Iterable[tuple[str, datetime | None]], now: datetime
) -> Iterator[datetime]:
    """When it begins, each time that it does."""
    if not event.rule or event.replaces is not None:
        yield event.since
        return
    # Repetitions keep their time of day on the wall clock, over changes of it: they are counted there.
    local = event.since
    rule = rrulestr(event.rule, dtstart=local.replace(tzinfo=None), ignoretz=True)
    earliest, latest = (at.astimezone(local.tzinfo).replace(tzinfo=None) for at in (now - BACK, now + AHEAD))
    gone = set(replaced)
    for count, naive in enumerate(rule.xafter(earliest, inc=True)):
        at = naive.replace(tzinfo=local.tzinfo)
        if naive > latest or count > MOST:
            return
        if at not in event.excluded and (event.uid, at) not in gone:
            yield at


def _moment(value: date | datetime, zone: tzinfo) -> datetime:
    if not isinstance(value, datetime):
        return datetime.combine(value, time(), zone)
    return value if value.tzinfo is not None else value.replace(tzinfo=zone)


def utc(found: Iterable[Absence]) -> tuple[Absence, ...]:
    """The same, as the store keeps times."""
    return tuple(
        Absence(
            one.agent,
            one.since.astimezone(UTC),
            None if one.until is None else one.until.astimezone(UTC),
            one.source,
            one.because,
        )
        for one in found
    )
