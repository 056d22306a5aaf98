"""Figures of tickets whose past is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskd.model import Ticket
from deskd.stats import (
    AgentLoad,
    Happened,
    Spread,
    TicketPast,
    flat,
    grouped,
    groups,
    loads,
    safe_cell,
    totals,
)

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def ticket(
    number: int = 1, *, answered: int | None = None, resolved: int | None = None, **values: Any
) -> Ticket:
    """Opened on Monday at nine, UTC; `answered` and `resolved` so many minutes later."""
    minutes = {"first_response_at": answered, "resolved_at": resolved}
    times = {name: MONDAY + timedelta(minutes=ago) for name, ago in minutes.items() if ago is not None}
    given_ = {
        "status": "resolved" if resolved is not None else "open",
        "priority": "normal", "urgency": "medium", "impact": "medium", "channel": "support-mail", "team": "front-desk",
        "level": 1, "assignee": None, "language": "it", "created_at": MONDAY, "updated_at": MONDAY,
    } | times | values  # fmt: skip
    return Ticket(id=number, ref=f"ACME-{number}", subject="", contact_id=1, **given_)


def trail(*types: str, **data: Any) -> tuple[Happened, ...]:
    return tuple(Happened(kind, "agent:anna" if kind == "reply" else "clock", MONDAY, data) for kind in types)


REOPENED = trail("status", **{"from": "resolved", "to": "open"})


@pytest.mark.parametrize(
    ("past", "first_contact"),
    [
        (TicketPast(ticket(resolved=5), trail("reply")), 1),
        (TicketPast(ticket(resolved=5)), 1),
        (TicketPast(ticket(resolved=5), trail("reply", "reply")), 0),
        (TicketPast(ticket(resolved=5), trail("reply", "escalated")), 0),
        (TicketPast(ticket(resolved=5), (*trail("reply"), *REOPENED)), 0),
        (TicketPast(ticket(), trail("reply")), 0),
    ],
    ids=["one reply", "no reply", "two replies", "escalated", "reopened", "still open"],
)
def test_first_contact(past: TicketPast, first_contact: int) -> None:
    assert totals([past]).first_contact == first_contact


def test_a_rules_reply_is_no_reply_of_an_agents() -> None:
    rule = Happened("reply", "rule:acknowledge", MONDAY)
    past = TicketPast(ticket(resolved=5), (rule, *trail("reply")))
    assert totals([past]).first_contact == 1
    assert loads([past], {}) == [AgentLoad("anna", 0, 0, 1)]


def test_totals() -> None:
    pasts = [
        TicketPast(ticket(1, answered=10, resolved=60), trail("reply"), promised=True),
        TicketPast(ticket(2, answered=30, resolved=600, level=2), trail("escalated", "reply", "reply"), promised=True),
        TicketPast(ticket(3, answered=20, resolved=90), trail("escalated", "deescalated")),
        TicketPast(ticket(4), (*REOPENED, *trail("sla_breached")), promised=True),
        TicketPast(ticket(5), promised=True),
    ]  # fmt: skip
    figures = totals(pasts)
    assert (figures.tickets, figures.solved, figures.first_contact) == (5, 3, 1)
    assert (figures.escalated, figures.escalated_share, figures.bounced_back) == (2, 0.4, 1)
    assert (figures.reopened, figures.reopened_share) == (1, 0.25)
    assert figures.first_response_s == Spread(1200, 1800)
    assert figures.resolution_s == Spread(90 * 60, 600 * 60)
    assert (figures.sla_judged, figures.sla_kept, figures.sla_kept_share) == (3, 2, 0.6667)
    assert figures.solved_by_level == {"1": 2, "2": 1}
    assert flat(figures)["solved_level_2"] == 1
    assert flat(figures)["resolution_s_p90"] == 36_000


def test_nothing_has_no_shares() -> None:
    figures = totals([])
    assert (figures.tickets, figures.first_contact_share, figures.sla_kept_share) == (0, None, None)
    assert figures.resolution_s == Spread(None, None)


def test_groups_count_a_ticket_under_each_of_its_tags_and_days_are_the_desks_own() -> None:
    late = MONDAY.replace(hour=23, minute=30)
    pasts = [
        TicketPast(ticket(1, tags=("billing", "vip"))),
        TicketPast(ticket(2, tags=("billing",), created_at=late)),
        TicketPast(ticket(3)),
    ]
    ways = groups(ZoneInfo("Europe/Rome"))
    assert [(name, figures.tickets) for name, figures in grouped(pasts, ways["tag"])] == [
        ("", 1), ("billing", 2), ("vip", 1),
    ]  # fmt: skip
    assert [(name, figures.tickets) for name, figures in grouped(pasts, ways["day"])] == [
        ("2026-03-02", 2), ("2026-03-03", 1),
    ]  # fmt: skip
    assert [name for name, _ in grouped(pasts, ways["week"])] == ["2026-W10"]


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_half_is_done_within_p50_and_nine_tenths_within_p90(minutes: list[int]) -> None:
    spread = totals([TicketPast(ticket(answered=taken)) for taken in minutes]).first_response_s
    for part, seconds in ((0.5, spread.p50), (0.9, spread.p90)):
        assert seconds is not None
        assert sum(taken * 60 <= seconds for taken in minutes) >= part * len(minutes)
        assert sum(taken * 60 < seconds for taken in minutes) < part * len(minutes)


@pytest.mark.parametrize("cell", ["=1+1", "+39 06", "-1", "@SUM", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"


@pytest.mark.parametrize(("value", "cell"), [(None, ""), (-3, "-3"), ("plain", "plain"), (0.5, "0.5")])
def test_numbers_and_plain_words_stay(value: object, cell: str) -> None:
    assert safe_cell(value) == cell
