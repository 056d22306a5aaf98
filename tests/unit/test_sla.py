"""Which policy applies, and what is due when, from what happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskd.clock import sla
from deskd.clock.calendars import Hours, working
from deskd.clock.sla import Clock, Past, Segment, deadline
from deskd.config.sla import Policy
from tests.support.desk import NOW, SETTINGS, TICKET

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def desk(**policies: dict[str, Any]) -> Any:
    return replace(SETTINGS, sla={key: Policy.model_validate(policy) for key, policy in policies.items()})


STANDARD = {
    "first_response": "4h",
    "next_response": "2h",
    "resolution": "24h",
    "calendar": "office",
    "warn": "75%",
}
URGENT = {"when": {"priority": "urgent"}, "first_response": "30m", "resolution": "8h"}
DESK = desk(urgent=URGENT, standard=STANDARD)


def running(past: Past, settings: Any = DESK, **changes: Any) -> dict[str, Clock]:
    return {clock.name: clock for clock in sla.clocks(settings, replace(TICKET, **changes), past)}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"priority": "urgent"}, "urgent"),
        ({"priority": "high"}, "standard"),
    ],
)
def test_the_first_policy_that_fits(changes: dict[str, Any], expected: str) -> None:
    found = sla.policy_of(DESK, replace(TICKET, **changes))
    assert found is not None
    assert found[0] == expected


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        ({}, True),
        ({"level": 1, "team": "front-desk"}, True),
        ({"level": (2, 3)}, False),
        ({"tags": "VIP"}, True),
        ({"tags": ("gold", "silver")}, False),
        ({"channel": "support-mail", "status": ("new", "open"), "language": "it"}, True),
        ({"assignee": "anna"}, False),
    ],
)
def test_what_a_policy_is_for(when: dict[str, Any], fits: bool) -> None:
    policies = desk(one={"when": when, "resolution": "1h"})
    assert (sla.policy_of(policies, replace(TICKET, tags=("vip",))) is not None) == fits


def test_the_first_response_and_the_resolution_begin_with_the_first_message() -> None:
    clocks = running(Past(asked=(NOW, NOW + HOUR)))  # ten and eleven on a Monday
    assert {name: clock.due for name, clock in clocks.items()} == {
        "first_response": NOW + 5 * HOUR,  # with an hour's break
        "resolution": NOW + timedelta(days=3),  # three days of eight hours
    }
    assert clocks["first_response"].warn == NOW + 3 * HOUR, "at the end of the morning"


def test_the_next_response_begins_with_what_nobody_has_answered() -> None:
    past = Past(asked=(NOW, NOW + 2 * HOUR, NOW + 150 * MINUTE), answered=(NOW + HOUR,))
    clocks = running(past)
    assert set(clocks) == {"next_response", "resolution"}
    assert clocks["next_response"].since == NOW + 2 * HOUR
    assert set(running(replace(past, answered=(NOW + HOUR, NOW + 3 * HOUR)))) == {"resolution"}


@pytest.mark.parametrize("status", ["resolved", "closed", "spam"])
def test_nothing_runs_when_it_is_over(status: str) -> None:
    assert running(Past(asked=(NOW,)), status=status) == {}


def test_history_starts_no_clock() -> None:
    assert running(Past(answered=(NOW,))) == {}


def test_a_pause_moves_the_deadline_by_as_long_as_it_lasted() -> None:
    paused = Past(asked=(NOW,), segments=(Segment(1, "pending", NOW + HOUR, NOW + 3 * HOUR),))
    urgent = running(paused, priority="urgent")
    assert urgent["resolution"].due == NOW + 10 * HOUR
    assert urgent["first_response"].due == NOW + 30 * MINUTE, "it was due before the pause"
    still = running(Past(asked=(NOW,), segments=(Segment(1, "pending", NOW + HOUR),)), priority="urgent")
    assert still["resolution"].due is None


@pytest.mark.parametrize(
    ("pause", "status", "stands"),
    [
        (None, "pending", True),
        (None, "hold", False),
        (("pending", "hold"), "hold", True),
        ("hold", "pending", False),
        ((), "pending", False),
        ((), "resolved", True),  # what is over needs nothing
    ],
)
def test_a_policy_says_in_which_statuses_its_clocks_stand(pause: Any, status: Any, stands: bool) -> None:
    policy = {"resolution": "8h"} | ({} if pause is None else {"pause": pause})
    past = Past(asked=(NOW,), segments=(Segment(1, status, NOW + HOUR, NOW + 3 * HOUR),))
    due = running(past, desk(one=policy))["resolution"].due
    assert due == NOW + (10 if stands else 8) * HOUR


def test_another_priority_loses_no_pause() -> None:
    past = Past(asked=(NOW,), segments=(Segment(1, "pending", NOW + 10 * MINUTE, NOW + 20 * MINUTE),))
    assert running(past, priority="urgent")["first_response"].due == NOW + 40 * MINUTE
    assert running(past)["first_response"].due == NOW + 5 * HOUR + 10 * MINUTE


# ── what is to be done ───────────────────────────────────────────────────────────────────────────────────────────────

STEPS = desk(
    only={
        "first_response": "1h",
        "warn": "50%",
        "on_breach": (
            {"notify": "lead"},
            {"after": "15m", "escalate": True},
            {"after": "1h", "notify": "team"},
        ),
    }
)


def left(past: Past, settings: Any = STEPS) -> list[tuple[timedelta, str, int]]:
    clocks = sla.clocks(settings, TICKET, past)
    return [(duty.at - NOW, duty.kind, duty.number) for duty in sla.duties(settings, TICKET, past, clocks)]


def test_warn_then_breach_then_each_step_in_order() -> None:
    assert left(Past(asked=(NOW,))) == [
        (30 * MINUTE, "warn", 0),
        (HOUR, "breach", 0),
        (HOUR, "step", 0),
        (75 * MINUTE, "step", 1),
        (2 * HOUR, "step", 2),
    ]


def test_what_was_done_is_not_done_again() -> None:
    asked = Past(asked=(NOW,))
    clocks = sla.clocks(STEPS, TICKET, asked)
    everything = sla.duties(STEPS, TICKET, asked, clocks)
    done = frozenset(duty.mark for duty in everything[:3])
    assert [kind for _, kind, _ in left(replace(asked, done=done))] == ["step", "step"]


def test_after_a_long_silence_all_comes_once_and_no_warning_of_what_has_passed() -> None:
    asked = Past(asked=(NOW,))
    everything = sla.duties(STEPS, TICKET, asked, sla.clocks(STEPS, TICKET, asked))
    come = sla.come(everything, NOW + timedelta(days=9))
    assert [(duty.kind, duty.number) for duty in come] == [
        ("breach", 0),
        ("step", 0),
        ("step", 1),
        ("step", 2),
    ]
    assert sla.next_look(everything, NOW + 40 * MINUTE) == NOW + HOUR


# ── pauses, whatever they are ────────────────────────────────────────────────────────────────────────────────────────

OFFICE = Hours(ZoneInfo("Europe/Rome"), ((((540, 780), (840, 1080)),) * 5 + ((), ())), "IT")
EDGES = st.lists(st.integers(-1000, 20_000), max_size=8, unique=True).map(sorted)


def paused(edges: list[int]) -> tuple[tuple[datetime, datetime], ...]:
    return tuple((NOW + a * MINUTE, NOW + b * MINUTE) for a, b in list(pairwise(edges))[::2])


@given(EDGES, st.integers(1, 5000), st.sampled_from([None, OFFICE]))
def test_a_pause_never_moves_a_deadline_earlier_and_no_minute_is_lost(
    edges: list[int], minutes: int, hours: Hours | None
) -> None:
    pauses = paused(edges)
    due = deadline(hours, NOW, minutes * MINUTE, pauses)
    without = deadline(hours, NOW, minutes * MINUTE, pauses[:-1])
    assert due is not None
    assert without is not None
    assert due >= without
    counted = working(hours, NOW, due)
    for begin, end in pauses:
        counted -= working(hours, max(begin, NOW), max(min(end, due), NOW))
    assert counted == minutes * MINUTE


def test_a_month_by_hand() -> None:
    """Three working days from the Friday before the clocks change in autumn."""
    friday = datetime(2026, 10, 23, 15, tzinfo=UTC)  # 17:00 in Rome
    assert deadline(OFFICE, friday, 24 * HOUR, ()) == datetime(2026, 10, 28, 16, tzinfo=UTC)  # 17:00 again
