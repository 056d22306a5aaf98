"""A ticket that was handed to another team waits for its word: the button, `!accept`, a claim or a first reply. Command in, changes out.

`followed` goes with every command: it sees that the team has taken the ticket over in its own way, or that the handoff is no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from deskd import levels, words
from deskd.clock import calendars
from deskd.config import Settings
from deskd.desk import showing
from deskd.desk.answering import touched
from deskd.desk.changes import AddEvent, Change, RefreshCard, SetDeadline, SetTicket
from deskd.desk.commands import Accept, Claim, Command, Escalate, HandoffLate, Receive, Reply, SendNote
from deskd.desk.handling import existing
from deskd.desk.state import State
from deskd.errors import CommandRefused
from deskd.model import Ticket

KIND: Final = "accept"
"""The deadline by which a handoff is to be accepted."""
OVER: Final = ("resolved", "closed", "spam")


def handed(settings: Settings, team: str, now: datetime) -> list[Change]:
    """A handoff begins to wait for the team's word."""
    return [SetTicket({"handed_at": now}), SetDeadline(KIND, due(settings, team, now))]


def due(settings: Settings, team: str, now: datetime) -> datetime | None:
    """By when a handoff wants to be accepted, in the team's own hours; None: whenever."""
    within = settings.teams[team].accept_within
    if within is None:
        return None
    return calendars.after(calendars.hours_of(settings, settings.teams[team].hours), now, within)


def accept(settings: Settings, state: State, command: Accept, now: datetime) -> tuple[Change, ...]:
    """Whoever accepts has the ticket, unless somebody of the team has it already."""
    ticket = existing(state)
    language = settings.desk.agent_language
    if ticket.handed_at is None or ticket.team not in settings.teams:
        raise CommandRefused(words.say(language, "accept_already"))
    if command.agent not in settings.teams[ticket.team or ""].members:
        raise CommandRefused(words.say(language, "accept_not_yours", team=ticket.team))
    name = settings.agents[command.agent].name
    return (
        *([SetTicket({"assignee": command.agent})] if ticket.assignee is None else []),
        *_accepted(ticket, ticket.handed_at, command.actor, now),
        *touched(ticket, command.actor, now),
        *showing.notice(state, words.say(language, "accepted_note", name=name, team=ticket.team)),
        RefreshCard(),
        *showing.done(state, command.source),
    )


def late(settings: Settings, state: State, command: HandoffLate, now: datetime) -> tuple[Change, ...]:
    """Nobody has accepted: the team's lead is told; after as long again it goes up (`deskd.accepting`)."""
    ticket = existing(state)
    if ticket.handed_at is None or ticket.team not in settings.teams or ticket.team is None:
        return (SetDeadline(KIND, None),)
    lead = levels.ids(settings, (settings.teams[ticket.team].lead,))
    people = lead or levels.called(settings, ticket.team, now, state.absences)
    since = f"{ticket.handed_at.astimezone(settings.desk.timezone):%Y-%m-%d %H:%M}"
    text = words.say(settings.desk.agent_language, "accept_late", team=ticket.team, since=since)
    return (
        AddEvent("handoff_late", "clock", {"team": ticket.team, "since": ticket.handed_at.isoformat()}),
        SetDeadline(KIND, due(settings, ticket.team, now)),
        *showing.notice(state, text, people),
    )


def followed(
    settings: Settings, state: State, command: Command, changes: Sequence[Change], now: datetime
) -> list[Change]:
    """What a command that isn't about the handoff means for it."""
    ticket = state.ticket
    if ticket is None or ticket.handed_at is None or isinstance(command, Accept | Escalate):
        return []
    if _takes_it(settings, ticket, command):
        return _accepted(ticket, ticket.handed_at, getattr(command, "actor", "") or _author(command), now)
    values: dict[str, Any] = {}
    for change in changes:
        values |= change.values if isinstance(change, SetTicket) else {}
    gone = values.get("team", ticket.team) != ticket.team or values.get("status") in OVER
    return [SetTicket({"handed_at": None}), SetDeadline(KIND, None)] if gone else []


def _takes_it(settings: Settings, ticket: Ticket, command: Command) -> bool:
    """A claim is anybody's; a reply counts where it is the taking team's."""
    if isinstance(command, Claim):
        return True
    author = _author(command) if isinstance(command, Receive) else getattr(command, "actor", "")
    spoken = isinstance(command, Reply | SendNote) or (
        isinstance(command, Receive) and command.joining.agent is not None and not command.joining.warn
    )
    team = settings.teams.get(ticket.team or "")
    return spoken and team is not None and author.removeprefix("agent:") in team.members


def _author(command: Command) -> str:
    return f"agent:{command.joining.agent}" if isinstance(command, Receive) else ""


def _accepted(ticket: Ticket, since: datetime, actor: str, now: datetime) -> list[Change]:
    after = round((now - since).total_seconds())
    return [
        SetTicket({"handed_at": None}),
        AddEvent("accepted", actor, {"team": ticket.team, "after_s": after}),
        SetDeadline(KIND, None),
    ]
