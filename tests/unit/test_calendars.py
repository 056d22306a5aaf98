"""Which calendars are open now, on their own wall clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from deskd.calendars import is_open, open_now
from tests.support.desk import NOW, SETTINGS


def at(text: str, zone: str = "Europe/Rome") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("now", "opened"),
    [
        (at("2026-11-23 09:00"), True),  # Monday, the first minute
        (at("2026-11-23 08:59"), False),
        (at("2026-11-23 12:59"), True),
        (at("2026-11-23 13:00"), False),  # the end is outside
        (at("2026-11-23 17:59"), True),
        (at("2026-11-22 10:00"), False),  # Sunday
        (at("2026-12-24 10:00"), False),  # a day it is closed
        (at("2026-11-23 08:00", "UTC"), True),  # nine in Rome in winter
        (at("2026-07-06 07:00", "UTC"), True),  # nine in Rome in summer
        (at("2026-07-06 06:59", "UTC"), False),
        (at("2026-11-22 23:30", "America/New_York"), False),  # Monday 05:30 in Rome
    ],
)
def test_office_hours(now: datetime, opened: bool) -> None:
    assert is_open(SETTINGS.calendars["office"], SETTINGS, now) == opened


def test_a_calendar_without_a_zone_takes_the_desks() -> None:
    calendar = SETTINGS.calendars["office"].model_copy(update={"timezone": None})
    elsewhere = replace(
        SETTINGS, desk=SETTINGS.desk.model_copy(update={"timezone": ZoneInfo("America/Sao_Paulo")})
    )
    assert is_open(calendar, elsewhere, at("2026-11-23 09:00", "America/Sao_Paulo"))
    assert not is_open(calendar, elsewhere, at("2026-11-23 09:00", "Europe/Rome"))


def test_always_is_built_in() -> None:
    assert open_now(SETTINGS, NOW) == {"always": True, "office": True}
    assert open_now(replace(SETTINGS, calendars={}), NOW) == {"always": True}
