"""Takes a ticket up or back: looks up who takes it and what they must know, and has the desk do it, in one unit of work.

Agents (`deskd.acting`), rules (`deskd.ruling`) and the clock ask for it. Whoever calls `escalate` asks the rules of the event `escalated` afterwards.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from deskd import handing_over, handoff, inviting, levels, recounting, words
from deskd.config import Settings
from deskd.desk import desk
from deskd.desk.commands import Deescalate, Escalate
from deskd.desk.escalating import OVER, TOLD
from deskd.desk.state import State
from deskd.errors import CommandRefused
from deskd.model import Assignment, Ticket
from deskd.store import Work, answers, apply, history, idling, tickets
from deskd.workload import in_team

AT_ONCE: Final = timedelta(minutes=2)
"""Within so long, who isn't of the taking team and escalates as well means the same escalation: they haven't seen the other one yet."""


TOLD_AGAIN: Final = timedelta(hours=1)
"""For so long a customer isn't told again that their request goes up."""


def prepared(
    work: Work, settings: Settings, state: State, command: Escalate | Deescalate, asked_at: datetime
) -> Escalate | Deescalate:
    """The command with all that the desk needs to decide. `asked_at`: when it was asked for.

    Raises `CommandRefused` where it can't go there, or went there just now.
    """
    ticket = state.ticket
    if ticket is None or ticket.status in OVER:
        return command
    if isinstance(command, Deescalate):
        return replace(command, given=_back(work, settings, ticket, asked_at))
    _refuse_twice(work, settings, ticket, command, asked_at)
    taken = levels.taking(settings, ticket, command.to, asked_at, state.absences)
    if taken is None:
        return replace(command, given=None)
    passed = "".join(f", past {team}, of whom nobody is on duty" for team in taken.passed)
    given = _given(work, settings, ticket, taken, f"escalated to {taken.team}{passed}", asked_at)
    return replace(
        command,
        given=given,
        handoff=_handoff(work, settings, state, ticket, command, asked_at),
        tell=_tells(work, settings, ticket, taken.team, asked_at),
        telegram_link=inviting.to_contact(work, settings, ticket),
    )


def _tells(work: Work, settings: Settings, ticket: Ticket, team: str, now: datetime) -> bool:
    """Whether the customer is told: where the team wants it, a person wrote who is who they say, and they weren't told just now."""
    if not settings.teams[team].tell_customer or ticket.warned or ticket.channel not in settings.channels:
        return False
    if idling.wrote_at(work, ticket.id) is None:
        return False
    if answers.sent_since(work, ticket.contact_id, TOLD, now - TOLD_AGAIN):
        return False
    answers.remember(work, ticket.contact_id, TOLD, now)
    return True


def escalate(work: Work, settings: Settings, ticket_id: int, command: Escalate, now: datetime) -> bool:
    """One unit of work: whether the ticket went up. Who asked is no person who could be answered: a refusal is kept as an event."""
    state = tickets.state(work, ticket_id)
    try:
        ready = prepared(work, settings, state, command, now)
        changes = desk(settings, state, ready, now)
    except CommandRefused:
        return False
    apply.apply(work, state, changes, now)
    handing_over.follow(work, settings, ready, ticket_id, now)
    return isinstance(ready, Escalate) and ready.given is not None


def _refuse_twice(
    work: Work, settings: Settings, ticket: Ticket, command: Escalate, asked_at: datetime
) -> None:
    """Two who escalate at once escalate once; a member of the team that has it now sees what they do."""
    before = history.last(work, ticket.id, "escalated")
    if before is None or asked_at - before.at > AT_ONCE or command.actor == "clock":
        return
    agent = command.actor.removeprefix("agent:")
    now_of = settings.teams.get(ticket.team or "")
    if now_of is not None and agent in now_of.members:
        return
    taken = levels.LEVEL.fullmatch(command.to) if command.to else None
    further = command.to is not None and not (taken and int(taken[1]) == ticket.level)
    if further and command.to != ticket.team:
        return
    language = settings.desk.agent_language
    who = handoff.name_of(settings, before.actor)
    raise CommandRefused(words.say(language, "escalate_just_now", who=who, team=ticket.team or ""))


def _given(
    work: Work, settings: Settings, ticket: Ticket, taken: levels.Taking, because: str, now: datetime
) -> Assignment:
    """The agent who was named, else one by the taking team's own way."""
    if taken.agent is not None:
        return Assignment(taken.team, taken.agent, f"{because}, to {taken.agent}")
    return in_team(work, settings, taken.team, because, ticket, now)


def _back(work: Work, settings: Settings, ticket: Ticket, now: datetime) -> Assignment:
    """The team it came up from to the one that has it now, and whoever of it had it: what went up twice comes back the same way."""
    ups = history.all_of(work, ticket.id, "escalated")
    here = [step for step in ups if step.data["to"]["team"] == ticket.team]
    before = (here or ups)[-1].data["from"] if ups else {}
    team = levels.back_to(settings, ticket, before.get("team"))
    agent = before.get("assignee") if before.get("team") == team else None
    taken = levels.Taking(team, agent if agent in settings.teams[team].members else None)
    return _given(work, settings, ticket, taken, f"back to {team}", now)


def _handoff(
    work: Work, settings: Settings, state: State, ticket: Ticket, command: Escalate, now: datetime
) -> str:
    contact = state.contact
    person = (
        f"{contact.name} <{contact.address}>"
        if contact and contact.name
        else contact.address
        if contact
        else ""
    )
    told = recounting.story(work, settings, ticket, now)
    return handoff.compose(settings, ticket, person, told, command.reason, command.actor)
