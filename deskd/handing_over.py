"""Follows a ticket that was given to people outside Slack: gathers what they must know and has it mailed to them, in the unit of work that gave it."""

from __future__ import annotations

from datetime import datetime

from deskd import outside, recounting, words
from deskd.config import Settings
from deskd.desk import desk
from deskd.desk.commands import Assign, Command, Deescalate, Dispatched, Escalate, Receive
from deskd.desk.handing_over import HandOver, Mailed
from deskd.desk.state import State
from deskd.model import Assignment, Ticket
from deskd.store import Work, apply, contacts, enclosed, tickets


def follow(work: Work, settings: Settings, command: Command, ticket_id: int, now: datetime) -> None:
    """After a command was done: whoever it gave the ticket to, and is outside Slack, gets the handoff by mail."""
    given = _given(command)
    if given is None or not outside.recipients(settings, given):
        return
    state = tickets.state(work, ticket_id)
    ticket = state.ticket
    channel = outside.channel_for(settings, ticket) if ticket is not None else None
    if ticket is None or channel is None or (ticket.team, ticket.assignee) != (given.team, given.agent):
        return
    told = HandOver(
        getattr(command, "actor", "system"),
        channel,
        _mails(work, settings, state, ticket, command, given, now),
    )
    apply.apply(work, state, desk(settings, state, told, now), now)


def _given(command: Command) -> Assignment | None:
    """What a command gave, where it gave it to somebody new."""
    if isinstance(command, Escalate | Deescalate):
        return command.given
    if isinstance(command, Receive) and command.live:
        return command.assignment
    return command.assignment if isinstance(command, Assign | Dispatched) else None


def _mails(
    work: Work,
    settings: Settings,
    state: State,
    ticket: Ticket,
    command: Command,
    given: Assignment,
    now: datetime,
) -> tuple[Mailed, ...]:
    team = given.team or ""
    story = recounting.story(work, settings, ticket, now)
    known = contacts.addresses(work, ticket.contact_id)
    reason = getattr(command, "reason", "") or given.because
    actor = getattr(command, "actor", "system")
    subject, text = outside.text(settings, team, ticket, state.contact, known, story, reason, actor)
    of_ticket = enclosed.of_ticket(work, ticket.id)
    go, stay = outside.enclosed(settings, team, [file for _, file in of_ticket])
    language = settings.desk.agent_language
    left_out = [
        words.say(language, "outside_file", name=file.name, size=words.size(file.size, language))
        for file in stay
    ]
    whole = "\n\n".join([text, *(["\n".join(left_out)] if left_out else [])])
    ids = tuple(number for number, file in of_ticket if file in go)
    return tuple(
        Mailed(one.key, one.address, subject, whole, ids) for one in outside.recipients(settings, given)
    )
