"""Days, hours, dates and time zones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo, available_timezones

from deskd.config.expected import expected, text_of
from deskd.config.nearest import did_you_mean

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NUMBERS = {name: number for number, name in enumerate(WEEKDAYS)}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Open from `start` up to, without, `end`: minutes of wall-clock time since midnight, 0 to 1440."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.start // 60:02}:{self.start % 60:02}-{self.end // 60:02}:{self.end % 60:02}"


_SPAN = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])\s*[-–]\s*([01]?[0-9]|2[0-4]):([0-5][0-9])", re.ASCII)
_SPAN_FORM = 'hours such as "09:00-13:00"'


def parse_span(value: object) -> Span:
    """`09:00-13:00`; `24:00` is the end of the day."""
    match = _SPAN.fullmatch(text_of(value, _SPAN_FORM))
    if not match:
        raise expected(_SPAN_FORM)
    span = Span(int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4]))
    if span.end > 1440:
        raise expected("hours up to 24:00")
    if span.end <= span.start:
        raise expected(
            "hours that end later the same day",
            "split a night in two: until 24:00, and from 00:00 of the next day",
        )
    return span


def parse_days(value: object) -> str:
    """`sat` or `mon-fri`, as it is; `weekdays` says which days it means."""
    form = f"a day or days such as sat or mon-fri (of {', '.join(WEEKDAYS)})"
    text = text_of(value, form)
    names = text.split("-")
    if not 1 <= len(names) <= 2 or any(name not in WEEKDAYS for name in names):
        raise expected(form)
    return text


def weekdays(days: str) -> tuple[int, ...]:
    """`sat` -> (5,); `mon-fri` -> (0, 1, 2, 3, 4); `fri-mon` -> (4, 5, 6, 0)."""
    first, last = (_NUMBERS[name] for name in (days[:3], days[-3:]))
    return tuple((first + step) % 7 for step in range((last - first) % 7 + 1))


def parse_timezone(value: object) -> ZoneInfo:
    """A name of the IANA time zone database."""
    form = "a time zone such as Europe/Rome"
    text = text_of(value, form)
    try:
        return ZoneInfo(text)
    except (OSError, LookupError, ValueError) as error:
        raise expected(form, did_you_mean(text, available_timezones())) from error


def parse_date(value: object) -> date:
    """`2026-12-24`."""
    form = "a date such as 2026-12-24"
    text = text_of(value, form)
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError as error:
        raise expected(form) from error
