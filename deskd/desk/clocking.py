"""What the clocks of a ticket's SLA make of it: the deadline on its card, warnings, breaches, and who is told. Command in, changes out.

Escalations that a policy asks for are commands of their own; here only their step is noted, so that it is taken once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from deskd import levels, words
from deskd.clock.sla import Duty
from deskd.config import Settings
from deskd.desk import showing
from deskd.desk.changes import (
    AddEvent,
    AddIncoming,
    AddTags,
    Change,
    OpenTicket,
    Queue,
    RefreshCard,
    RemoveTags,
    SetDeadline,
    SetMessage,
    SetTicket,
)
from deskd.desk.handling import existing
from deskd.desk.levelling import Clocked
from deskd.desk.state import State
from deskd.model import Ticket

KIND: Final = "sla"
"""The deadline at which a ticket's clocks are looked at."""
EVENTS: Final = {"warn": "sla_warned", "breach": "sla_breached", "step": "sla_step"}
CLOCKS: Final = {
    "first_response": "due_first_response",
    "next_response": "due_next_response",
    "resolution": "due_resolution",
}
_MATTERS: Final = frozenset(
    {"status", "priority", "urgency", "impact", "team", "level", "assignee", "language"}
)


def clocked(settings: Settings, state: State, command: Clocked, now: datetime) -> tuple[Change, ...]:
    """The deadline shown is the earliest that runs; what has come due is done, each thing once."""
    ticket = existing(state)
    changes: list[Change] = []
    if command.due != ticket.due_at:
        changes += [SetTicket({"due_at": command.due}), RefreshCard()]
    duty = command.duty
    if duty is not None:
        changes.append(AddEvent(EVENTS[duty.kind], "clock", _data(duty)))
        if duty.kind == "warn":
            changes += _warn(settings, state, ticket, duty, now)
        elif duty.kind == "step":
            changes += _step(settings, state, ticket, duty, now)
    return (*changes, SetDeadline(KIND, command.look_at))


def look_again(settings: Settings, state: State, changes: Sequence[Change], now: datetime) -> list[Change]:
    """A look at the clocks, at once, where something they depend on has changed."""
    if not settings.sla or not any(_matters(change, state.ticket) for change in changes):
        return []
    return [SetDeadline(KIND, now)]


def _matters(change: Change, ticket: Ticket | None) -> bool:
    if isinstance(change, SetTicket):
        return any(
            ticket is None or value != getattr(ticket, name)
            for name, value in change.values.items()
            if name in _MATTERS
        )
    if isinstance(change, SetMessage):
        return "delivery" in change.values
    return isinstance(change, OpenTicket | AddIncoming | AddTags | RemoveTags)


def _data(duty: Duty) -> dict[str, object]:
    return {
        "clock": duty.clock,
        "policy": duty.policy,
        "since": duty.since.isoformat(),
        "due": duty.due.isoformat(),
        "step": duty.number,
    }


def _warn(settings: Settings, state: State, ticket: Ticket, duty: Duty, now: datetime) -> list[Change]:
    """The assignee is told in the thread; the team, where nobody has it."""
    people = levels.ids(settings, (ticket.assignee,))
    if not people and ticket.team in settings.teams:
        people = levels.called(settings, ticket.team or "", now, state.absences)
    return showing.notice(state, said(settings, "sla_warning", duty), people)


def _step(settings: Settings, state: State, ticket: Ticket, duty: Duty, now: datetime) -> list[Change]:
    step = settings.sla[duty.policy].on_breach[duty.number]
    if step.notify is None:
        return []
    text = said(settings, "sla_missed", duty)
    home = state.home
    team = settings.teams.get(ticket.team or "")
    if step.notify not in (*_ROLES, *settings.agents, *settings.teams):
        if home is None:
            return []
        place = {"place": step.notify, "text": f"{ticket.ref}: {text}"}
        account = settings.account_at(step.notify) or home.account
        return [Queue("alert", account, f"alert:{step.notify}", place, anchor_id=home.id)]
    if step.notify == "lead":
        people = levels.ids(settings, (team.lead,)) if team else ()
    elif step.notify in ("team", *settings.teams):
        key = ticket.team if step.notify == "team" else step.notify
        people = (
            levels.called(settings, key, now, state.absences)
            if key in settings.teams and key is not None
            else ()
        )
    else:
        people = levels.ids(settings, (ticket.assignee if step.notify == "assignee" else step.notify,))
    return showing.notice(state, text, people)


_ROLES: Final = ("lead", "assignee", "team")


def said(settings: Settings, key: str, duty: Duty) -> str:
    """The sentence `key` of `deskd.words` about a clock and its deadline, in the desk's zone."""
    language = settings.desk.agent_language
    at = f"{duty.due.astimezone(settings.desk.timezone):%Y-%m-%d %H:%M}"
    clock = words.say(language, CLOCKS[duty.clock])
    return words.say(language, key, clock=clock, at=at)
