"""Whatever is asked of a ticket, its level is its team's, and whoever has it makes it wait for nobody."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from deskd.desk import desk
from deskd.desk.changes import SetDeadline, SetTicket
from deskd.desk.commands import (
    Accept,
    Assign,
    Claim,
    Command,
    Deescalate,
    Dispatched,
    Escalate,
    HandoffLate,
    Release,
    Reply,
    SetStatus,
)
from deskd.errors import CommandRefused
from deskd.model import Assignment, Status, Ticket
from tests.support.clockwork import with_teams
from tests.support.desk import NOW, SETTINGS, TICKET, of, state

BUSY = with_teams(
    SETTINGS,
    accounts={"level": 3, "accept_within": timedelta(hours=1)},
    specialists={"assign": "least_busy"},
)
STATUSES: Final[tuple[Status, ...]] = ("open", "pending", "hold", "resolved", "closed")
AGENTS = ("anna", "bruno", "carla")
agents = st.sampled_from(AGENTS)
teams = st.sampled_from(tuple(BUSY.teams))
given_to = st.builds(
    lambda team, agent, waiting: Assignment(team, agent, "a test", "" if agent else waiting),
    teams,
    st.none() | agents,
    st.sampled_from(["off_duty", "full", "by_hand", "unskilled"]),
)
commands: st.SearchStrategy[Any] = st.one_of(
    agents.map(lambda agent: Claim(f"agent:{agent}", agent)),
    agents.map(lambda agent: Accept(f"agent:{agent}", agent)),
    agents.map(lambda agent: Release(f"agent:{agent}")),
    agents.map(lambda agent: Reply(f"agent:{agent}", "x", "x", None)),
    given_to.map(lambda one: Assign("agent:anna", one)),
    given_to.map(lambda one: Escalate("agent:anna", "why", given=one)),
    given_to.map(lambda one: Deescalate("agent:anna", "why", given=one)),
    given_to.map(Dispatched),
    st.sampled_from(STATUSES).map(lambda s: SetStatus("agent:anna", s)),
    st.just(HandoffLate()),
)
_OWN = {field.name for field in fields(Ticket)}


def after(ticket: Ticket, command: Command) -> tuple[Ticket, list[SetDeadline]]:
    try:
        changes = desk(BUSY, replace(state(), ticket=ticket), command, NOW)
    except CommandRefused:
        return ticket, []
    values = {name: value for change in of(SetTicket, changes) for name, value in change.values.items()}
    return replace(ticket, **{name: value for name, value in values.items() if name in _OWN}), of(
        SetDeadline, changes
    )


@settings(max_examples=50)
@given(st.lists(commands, max_size=8))
def test_after_any_commands(asked: list[Command]) -> None:
    ticket = TICKET
    for command in asked:
        ticket, deadlines = after(ticket, command)
        assert ticket.level == BUSY.teams[ticket.team or ""].level
        assert not (ticket.waiting and ticket.assignee), "somebody has it: it waits for nobody"
        assert not (ticket.waiting and ticket.status in ("resolved", "closed"))
        assert not (ticket.handed_at and ticket.status in ("resolved", "closed"))
        kinds = [one.kind for one in deadlines]
        assert all(kinds.count(kind) <= 2 for kind in kinds)
