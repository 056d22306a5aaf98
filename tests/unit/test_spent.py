"""Each level's clock, and that together they are the ticket's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, get_args
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from deskd.clock import calendars
from deskd.clock.calendars import Hours
from deskd.clock.sla import Segment, deadline, pauses
from deskd.clock.spent import Spent, brief, by_level, spent
from deskd.config.sla import Policy
from deskd.model import Status
from tests.support.desk import NOW, SETTINGS, TICKET

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
ROME = ZoneInfo("Europe/Rome")
OFFICE = calendars.hours_of(SETTINGS, "office")
BEFORE_DST = datetime(2026, 3, 26, 7, 17, tzinfo=UTC)
"""In UTC, as the desk has all moments: two of one zone differ by what its clocks show."""

spans = st.lists(st.tuples(st.integers(0, 47), st.integers(1, 60)), min_size=7, max_size=7)
lives = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from(get_args(Status)), st.integers(0, 5_000)),
    min_size=1,
    max_size=12,
)
policies = st.sampled_from([None, ("pending",), ("pending", "hold"), ("hold",), ()])


@st.composite
def hours(draw: st.DrawFn) -> Hours | None:
    if draw(st.booleans()):
        return None
    week = tuple(((30 * start, min(1440, 30 * (start + long))),) for start, long in draw(spans))
    return Hours(draw(st.sampled_from([ROME, ZoneInfo("America/Sao_Paulo")])), week)


def life(steps: list[tuple[int, Status, int]]) -> tuple[Segment, ...]:
    """One segment after another, the last one still going on."""
    at, made = BEFORE_DST, []
    for level, status, minutes in steps:
        made.append(Segment(level, status, at, at + minutes * MINUTE))
        at += minutes * MINUTE
    return (*made[:-1], replace(made[-1], until=None))


def policy(pause: tuple[str, ...] | None) -> Policy | None:
    return None if pause is None else Policy.model_validate({"resolution": "8h", "pause": pause})


@given(hours(), lives, policies, st.integers(0, 9_000))
def test_the_levels_clocks_together_are_the_ticket_s(
    hours: Hours | None, steps: list[tuple[int, Any, int]], pause: tuple[str, ...] | None, more: int
) -> None:
    segments = life(steps)
    now = segments[-1].since + more * MINUTE
    told = by_level(hours, segments, policy(pause), now)
    whole = calendars.working(hours, segments[0].since, now)
    stood = pauses(segments, policy(pause))
    ticket = whole - sum(
        (calendars.working(hours, since, min(until or now, now)) for since, until in stood), timedelta(0)
    )
    assert sum((one.spent for one in told), timedelta(0)) == ticket
    assert all(one.spent >= timedelta(0) for one in told)
    assert {one.level for one in told} == {one.level for one in segments}
    assert sum(one.runs for one in told) <= 1


@given(hours(), lives, policies, st.integers(1, 5_000), st.integers(1, 3_000))
def test_the_ticket_s_clock_reaches_a_span_when_that_span_is_due(
    hours: Hours | None,
    steps: list[tuple[int, Any, int]],
    pause: tuple[str, ...] | None,
    minutes: int,
    more: int,
) -> None:
    """The deadline and the clock are two ways to reckon the same: at the deadline the clock shows what was promised."""
    segments = life(steps)
    span = minutes * MINUTE
    due = deadline(hours, segments[0].since, span, pauses(segments, policy(pause)))
    if due is None:
        return
    at = by_level(hours, segments, policy(pause), due)
    assert sum((one.spent for one in at), timedelta(0)) == span
    later = by_level(hours, segments, policy(pause), due + more * MINUTE)
    assert all(after.spent >= before.spent for before, after in zip(at, later, strict=True))


@given(lives)
def test_a_ticket_is_somewhere_all_the_time(steps: list[tuple[int, Any, int]]) -> None:
    segments = life(steps)
    assert all(one.until == other.since for one, other in pairwise(segments))


def test_by_hand() -> None:
    """Level 1 from ten to twelve on Monday, level 2 until Tuesday at ten with two hours of pending, then resolved."""
    segments = (
        Segment(1, "new", NOW, NOW + HOUR),
        Segment(1, "open", NOW + HOUR, NOW + 2 * HOUR),
        Segment(2, "open", NOW + 2 * HOUR, NOW + 5 * HOUR),  # twelve to three, with the break in it
        Segment(2, "pending", NOW + 5 * HOUR, NOW + 7 * HOUR),
        Segment(2, "open", NOW + 7 * HOUR, NOW + 24 * HOUR),  # five to six, and nine to ten
        Segment(2, "resolved", NOW + 24 * HOUR),
    )
    told = by_level(OFFICE, segments, None, NOW + 99 * HOUR)
    assert [(one.level, one.spent, one.runs) for one in told] == [(1, 2 * HOUR, False), (2, 4 * HOUR, False)]
    assert brief(Spent(None, "office", told)) == "6h (L1 2h, L2 4h)"


def test_it_counts_in_the_policy_s_calendar() -> None:
    settings = replace(
        SETTINGS, sla={"one": Policy.model_validate({"resolution": "8h", "calendar": "office"})}
    )
    one = spent(settings, TICKET, (Segment(1, "open", NOW),), NOW + 24 * HOUR)
    assert (one.policy, one.calendar, one.whole) == ("one", "office", 8 * HOUR)
    [level] = one.levels
    assert level.runs
    assert spent(SETTINGS, TICKET, (Segment(1, "open", NOW),), NOW + 24 * HOUR).whole == 24 * HOUR
