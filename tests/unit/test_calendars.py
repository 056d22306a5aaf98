"""Which calendars are open now, on their own wall clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskd.clock.calendars import Hours, after, is_open, open_at, open_now, working
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


# ── working time ─────────────────────────────────────────────────────────────────────────────────────────────────────

ROME = ZoneInfo("Europe/Rome")
MINUTE = timedelta(minutes=1)
OFFICE = Hours(ROME, ((((9 * 60, 13 * 60), (14 * 60, 18 * 60)),) * 5 + ((), ())), "IT")
NIGHTS = Hours(ROME, (((0, 150), (155, 400), (1200, 1440)),) * 7)


def rome(*when: int, fold: int = 0) -> datetime:
    return datetime(*when, tzinfo=ROME, fold=fold).astimezone(UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        (rome(2026, 11, 23, 9), rome(2026, 11, 23, 18), 8),
        (rome(2026, 11, 23, 12), rome(2026, 11, 23, 15), 2),  # over the break
        (rome(2026, 11, 27, 17), rome(2026, 11, 30, 10), 2),  # over the weekend
        (rome(2026, 12, 7, 17), rome(2026, 12, 9, 10), 2),  # the 8th is a holiday in Italy
        (rome(2026, 11, 23, 18), rome(2026, 11, 23, 9), 0),
    ],
)
def test_working_time(since: datetime, until: datetime, hours: int) -> None:
    assert working(OFFICE, since, until) == timedelta(hours=hours)


def test_the_nights_in_which_clocks_change() -> None:
    whole = Hours(ROME, (((0, 1440),),) * 7)
    assert working(whole, rome(2026, 3, 29), rome(2026, 3, 30)) == timedelta(hours=23)
    assert working(whole, rome(2026, 10, 25), rome(2026, 10, 26)) == timedelta(hours=25)
    early = Hours(ROME, (((120, 180),),) * 7)  # 02:00-03:00
    assert working(early, rome(2026, 3, 29), rome(2026, 3, 30)) == timedelta(0), "it is skipped"
    assert working(early, rome(2026, 10, 25), rome(2026, 10, 26)) == timedelta(hours=2), "it comes twice"


def test_a_public_holiday_of_a_region() -> None:
    """San Giovanni is one in Florence, not in all of Italy; 2026-06-24 is a Wednesday."""
    day = (rome(2026, 6, 24), rome(2026, 6, 25))
    assert working(OFFICE, *day) == timedelta(hours=8)
    assert working(replace(OFFICE, subdivision="FI"), *day) == timedelta(0)


def test_what_never_opens_is_never_reached() -> None:
    shut = Hours(ROME, ((),) * 7)
    assert after(shut, rome(2026, 1, 1), MINUTE) is None
    assert working(shut, rome(2026, 1, 1), rome(2027, 1, 1)) == timedelta(0)


ZONES = st.sampled_from(
    ["Europe/Rome", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"]
)
SPANS = st.lists(st.integers(0, 1440), min_size=0, max_size=6, unique=True).map(
    lambda edges: tuple(pairwise(sorted(edges)))[::2]
)


@st.composite
def calendars(draw: st.DrawFn) -> Hours:
    week = draw(st.lists(SPANS, min_size=7, max_size=7))
    country = draw(st.sampled_from([None, "IT", "BR"]))
    return Hours(ZoneInfo(draw(ZONES)), tuple(week), country)


MOMENTS = st.integers(0, 16 * 365 * 1440).map(
    lambda minutes: datetime(2011, 1, 1, tzinfo=UTC) + minutes * MINUTE
)
SHORT = st.integers(0, 3 * 1440).map(lambda minutes: minutes * MINUTE)


@given(calendars(), MOMENTS, SHORT, SHORT)
def test_working_time_adds_up_and_is_never_negative(
    hours: Hours, at: datetime, one: timedelta, two: timedelta
) -> None:
    first, second = working(hours, at, at + one), working(hours, at + one, at + one + two)
    assert timedelta(0) <= first <= one
    assert first + second == working(hours, at, at + one + two)
    assert working(hours, at + one, at) == timedelta(0)


@settings(max_examples=50)
@given(calendars(), MOMENTS, st.integers(1, 2000))
def test_what_is_added_has_gone_by_then_and_not_before(hours: Hours, at: datetime, minutes: int) -> None:
    span = minutes * MINUTE
    reached = after(hours, at, span)
    if reached is None:
        assert not any(hours.week)
        return
    assert working(hours, at, reached) == span
    assert working(hours, at, reached - timedelta(seconds=1)) < span


@settings(max_examples=40)
@given(
    st.one_of(calendars(), st.just(NIGHTS)),
    st.sampled_from(
        [
            datetime(2026, 3, 28, 12, tzinfo=UTC),
            datetime(2026, 10, 24, 12, tzinfo=UTC),
            datetime(2011, 12, 29, tzinfo=UTC),
        ]
    ),
    st.integers(0, 2 * 1440),
)
def test_it_is_what_a_clock_on_the_wall_shows_minute_by_minute(
    hours: Hours, at: datetime, length: int
) -> None:
    """Nights in which clocks change, and the day that Samoa left out."""

    def shows_open(minute: datetime) -> bool:
        local = minute.astimezone(hours.zone)
        free = local.date() in (holidays.country_holidays(hours.country) if hours.country else ())
        now = local.hour * 60 + local.minute
        return not free and any(start <= now < end for start, end in hours.week[local.weekday()])

    counted = sum(shows_open(at + number * MINUTE) for number in range(length))
    assert working(hours, at, at + length * MINUTE) == counted * MINUTE
    assert open_at(hours, at + length * MINUTE) == shows_open(at + length * MINUTE)
