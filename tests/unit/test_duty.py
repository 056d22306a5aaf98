"""Who is on duty when: teams' hours, people's own, absences; over nights, weekends and holidays."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskd.clock import duty
from deskd.clock.coverage import cover
from deskd.clock.duty import Absence
from deskd.config import Settings
from deskd.config.desk import Calendar
from tests.support.desk import NOW, SETTINGS

HOUR = timedelta(hours=1)
EARLY = Calendar.model_validate({"timezone": "Europe/Rome", "open": {"mon-thu": ("09:00-11:00",)}})


def desk(own: str | None = None, team: str | None = "office") -> Settings:
    """`front-desk` with these hours, and carla's own in `accounts`."""
    return replace(
        SETTINGS,
        calendars={**SETTINGS.calendars, "early": EARLY},
        agents={**SETTINGS.agents, "bruno": SETTINGS.agents["bruno"].model_copy(update={"hours": own})},
        teams={
            **SETTINGS.teams,
            "front-desk": SETTINGS.teams["front-desk"].model_copy(update={"hours": team}),
        },
    )


def there(settings: Settings, at: datetime, *absences: Absence) -> tuple[str, ...]:
    return duty.there(settings, "front-desk", absences, at)


@pytest.mark.parametrize(
    ("own", "after", "who"),
    [
        (None, 0 * HOUR, ("anna", "bruno")),  # Monday, ten in the morning in Rome
        (None, 3 * HOUR, ()),  # the break
        (None, 12 * HOUR, ()),
        ("early", 0 * HOUR, ("anna", "bruno")),
        ("early", 2 * HOUR, ("anna",)),  # bruno's own hours are over
        ("early", 96 * HOUR, ("anna",)),  # it is Friday
        ("always", 12 * HOUR, ()),  # his own hours are within the team's
    ],
)
def test_hours(own: str | None, after: timedelta, who: tuple[str, ...]) -> None:
    assert there(desk(own), NOW + after) == who


def test_a_team_without_hours_is_always_there() -> None:
    assert there(desk(team=None), NOW + 12 * HOUR) == ("anna", "bruno")


@pytest.mark.parametrize(
    ("absence", "who"),
    [
        ({}, ("bruno",)),
        ({"until": NOW + HOUR}, ("bruno",)),
        ({"until": NOW}, ("anna", "bruno")),  # back at this very moment
        ({"since": NOW + HOUR}, ("anna", "bruno")),  # not yet
    ],
)
def test_absences(absence: dict[str, Any], who: tuple[str, ...]) -> None:
    assert there(desk(), NOW, Absence("anna", **({"since": NOW - HOUR} | absence))) == who


def test_why_somebody_isn_t_there() -> None:
    long = Absence("anna", NOW - HOUR, NOW + 48 * HOUR)
    short = Absence("anna", NOW - HOUR, NOW + HOUR)
    told = duty.all_off(desk(), "front-desk", (long, short), NOW + 4 * HOUR - HOUR)
    assert told == {
        "anna": "anna is away until 2026-11-25 10:00",
        "bruno": "bruno is off duty (office is closed)",
    }
    assert duty.all_off(desk(), "front-desk", (Absence("bruno", NOW),), NOW) == {"bruno": "bruno is away"}


@pytest.mark.parametrize(
    ("own", "absences", "since", "hours"),
    [
        (None, (), 3, 1),  # after the break
        (None, (), 8, 15),  # after the night
        ("early", (("anna", 24),), 4, 19),  # bruno, the next morning at nine
        (None, (("anna", 24), ("bruno", 30)), 0, 24),  # the one who comes first
        (None, (("anna", 24), ("bruno", None)), 0, 24),
        ("early", (("anna", None), ("bruno", 2)), 1, 22),  # when he is back his hours are over
    ],
)
def test_when_the_next_one_comes(
    own: str | None, absences: tuple[tuple[str, int | None], ...], since: int, hours: int
) -> None:
    gone = [Absence(agent, NOW, None if until is None else NOW + until * HOUR) for agent, until in absences]
    at = NOW + since * HOUR
    assert duty.next_there(desk(own), "front-desk", gone, at) == at + hours * HOUR


def test_nobody_is_to_be_expected() -> None:
    gone = [Absence("anna", NOW), Absence("bruno", NOW)]
    assert duty.next_there(desk(), "front-desk", gone, NOW) is None
    assert duty.next_there(desk(), "front-desk", (), NOW) is None, "all are there"


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(1, 200)), max_size=6),
    st.integers(0, 500),
    st.sampled_from([None, "early", "office"]),
)
def test_nobody_comes_before_they_are_said_to(spans: list[tuple[int, int]], at: int, own: str | None) -> None:
    settings = desk(own)
    gone = [Absence("bruno", NOW + start * HOUR, NOW + (start + long) * HOUR) for start, long in spans]
    since = NOW + at * HOUR
    comes = duty.comes(settings, "front-desk", "bruno", gone, since)
    assert comes is not None
    assert duty.off(settings, "front-desk", "bruno", gone, comes) == ""
    quarters = int((comes - since) / (HOUR / 4))
    before = (since + step * HOUR / 4 for step in range(quarters))
    assert all(duty.off(settings, "front-desk", "bruno", gone, moment) for moment in before)


def test_hours_of_their_own_leave_gaps() -> None:
    alone = desk("early")
    teams = {"front-desk": alone.teams["front-desk"].model_copy(update={"members": ("bruno",)})}
    [level] = cover(replace(alone, teams=teams), NOW)
    assert level.hours == 168 - 8
