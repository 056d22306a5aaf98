"""Which calendars are open now. Pure: the time comes in as an argument; zones come from the IANA database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from deskd.config import Calendar, Settings


def open_now(settings: Settings, now: datetime) -> Mapping[str, bool]:
    """Calendar -> is it open at `now`; `always` is built in."""
    return {"always": True} | {
        key: is_open(calendar, settings, now) for key, calendar in settings.calendars.items()
    }


def is_open(calendar: Calendar, settings: Settings, now: datetime) -> bool:
    """Whether `now` lies in one of the day's spans, on the calendar's own wall clock, and the day isn't a closed one."""
    local = now.astimezone(calendar.timezone or settings.desk.timezone)
    if local.date() in calendar.closed:
        return False
    minute = local.hour * 60 + local.minute
    return any(span.start <= minute < span.end for span in calendar.week.get(local.weekday(), ()))
