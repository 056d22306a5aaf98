"""What agents ask for that takes more than their ticket's own state: other tickets, and screens about this one. Runs in the unit of work of the gesture."""

from __future__ import annotations

from datetime import datetime

from deskd import promised, screens, words
from deskd.clock import telling
from deskd.clock.spent import brief
from deskd.config import Settings
from deskd.desk import desk
from deskd.desk.commands import Command, LinkWith, OpenPart, PartWith, Tell
from deskd.desk.state import State
from deskd.desk.wider import (
    Article,
    Canned,
    LinkTo,
    Look,
    Merge,
    SendPiece,
    ShowQueue,
    ShowTasks,
    Split,
    Unmerge,
    Wider,
)
from deskd.errors import CommandRefused
from deskd.joining import join, unjoin
from deskd.model import Ticket
from deskd.shelf import shelving
from deskd.store import Work, apply, beside, history, joined, queues, tasks, tickets
from deskd.store.beside import Part


def prepared(work: Work, settings: Settings, state: State, command: Wider, now: datetime) -> Command:
    """What is left for the desk to decide on the ticket itself; the other ticket's half is done by then.

    Raises `CommandRefused`, with the answer for whoever asked.
    """
    ticket = state.ticket
    if ticket is None:
        raise CommandRefused("there is no such ticket")
    match command:
        case Merge():
            into = _other(work, settings, command.ref)
            _, holder = join(work, settings, ticket.id, into, command.actor, now, _because(command.actor))
            return _told(settings, command, "merged_now", holder.ref)
        case Unmerge():
            taken, _ = unjoin(work, settings, _merged(work, settings, ticket, command), command.actor, now)
            return _told(settings, command, "unmerged_now", taken.ref)
        case Split():
            return _split(work, settings, state, ticket, command, now)
        case LinkTo():
            return _link(work, settings, ticket, command, now)
        case Look():
            return _look(work, settings, state, ticket, command, now)
        case ShowQueue():
            return _queue(work, settings, command)
        case ShowTasks():
            return _tasks(work, settings, command)
        case Canned():
            return shelving.canned(work, settings, state, command)
        case Article():
            return shelving.article(settings, state, command)
        case SendPiece():
            return shelving.send(work, settings, state, command, now)


def _because(actor: str) -> str:
    return f"{actor} said so"


def _told(settings: Settings, command: Merge | Unmerge, key: str, ref: str) -> Tell:
    return Tell(command.source, words.say(settings.desk.agent_language, key, ref=ref))


def _other(work: Work, settings: Settings, ref: str) -> int:
    found = tickets.by_ref(work, ref)
    if found is None:
        raise CommandRefused(words.say(settings.desk.agent_language, "no_such_ref", ref=ref))
    return found


def _merged(work: Work, settings: Settings, ticket: Ticket, command: Unmerge) -> int:
    """The ticket that is to come out: the named one, else the one whose own thread this is."""
    if command.ref is not None:
        return _other(work, settings, command.ref)
    return tickets.by_thread(work, command.source.channel, command.source.thread) or ticket.id


# ── a part of its own, and links ─────────────────────────────────────────────────────────────────────────────────────


def _split(
    work: Work, settings: Settings, state: State, ticket: Ticket, command: Split, now: datetime
) -> PartWith:
    parts = beside.last_part(work, ticket.id, command.first)
    if not parts:
        raise CommandRefused(words.say(settings.desk.agent_language, "nothing_to_split"))
    fresh = State(None, state.contact, next_ref=f"{settings.desk.prefix}-{tickets.next_number(work)}")
    opens = OpenPart(
        command.actor,
        ticket,
        _subject(settings, ticket, parts[0]),
        tuple((part.name, part.text, part.id) for part in parts if part.direction == "in"),
        joined.accepted(work, ticket.id),
    )
    made = apply.apply(work, fresh, desk(settings, fresh, opens, now), now, ticket.contact_id)
    messages = tuple(part.id for part in parts)
    return PartWith(command.actor, made.ticket, fresh.next_ref, messages, command.source)


def _subject(settings: Settings, ticket: Ticket, first: Part) -> str:
    """The message's own subject where it has another one, else its first words."""
    if first.subject and ticket.subject and ticket.subject not in first.subject:
        return first.subject
    return (
        words.start_of(first.text) or ticket.subject or words.say(settings.desk.agent_language, "no_subject")
    )


def _link(work: Work, settings: Settings, ticket: Ticket, command: LinkTo, now: datetime) -> LinkWith:
    state = tickets.state(work, _other(work, settings, command.ref))
    other = state.ticket
    if other is None or other.id == ticket.id:
        raise CommandRefused(words.say(settings.desk.agent_language, "this_ticket_itself", ref=ticket.ref))
    if beside.linked(work, ticket.id, other.id) != command.undo:
        wrong = "not_linked" if command.undo else "linked_already"
        raise CommandRefused(words.say(settings.desk.agent_language, wrong, ref=other.ref))
    there = LinkWith(command.actor, ticket.id, ticket.ref, ticket.subject, here=False, undo=command.undo)
    apply.apply(work, state, desk(settings, state, there, now), now)
    return LinkWith(
        command.actor, other.id, other.ref, other.subject, True, command.source, undo=command.undo
    )


def _tasks(work: Work, settings: Settings, command: ShowTasks) -> Tell:
    teams = command.teams or settings.teams_of(command.actor.removeprefix("agent:"))
    return Tell(command.source, promised.listed(settings, tasks.to_come(work, teams)))


def _queue(work: Work, settings: Settings, command: ShowQueue) -> Tell:
    """Without a team: those of the agent's own teams; a dispatcher sees all."""
    own = settings.teams_of(command.actor.removeprefix("agent:"))
    directs = any(settings.teams[key].role == "dispatcher" for key in own)
    teams = command.teams or (tuple(settings.teams) if directs else own)
    return Tell(command.source, screens.queue(settings, queues.lines(work, teams)))


# ── screens ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _look(work: Work, settings: Settings, state: State, ticket: Ticket, command: Look, now: datetime) -> Tell:
    contact = state.contact
    if command.screen == "message":
        whole = history.whole_message(work, command.message_id or 0)
        return Tell(command.source, whole.text if whole is not None else "—")
    if command.screen == "contact":
        others = beside.others_of(work, ticket.contact_id, ticket.id)
        people = joined.accepted(work, ticket.id)
        addresses = beside.addresses_of(work, ticket.contact_id)
        return Tell(command.source, screens.contact(settings, contact, addresses, others, people))
    said, steps = history.said(work, ticket.id), history.steps(work, ticket.id)
    if command.screen == "history":
        return Tell(command.source, screens.history(settings, ticket, said, steps))
    links = beside.links_of(work, ticket.id)
    to_come = promised.lines(settings, [one for one in tasks.of(work, ticket.id) if one.done_at is None])
    clock = brief(telling.of(work, settings, ticket, now))
    return Tell(command.source, screens.summary(settings, ticket, contact, said, links, clock, to_come))
