"""A ticket's last part becomes a ticket of its own, and two tickets name each other. Each half is decided on its own ticket (`deskd.asking`)."""

from __future__ import annotations

from datetime import datetime

from deskd import words
from deskd.config import Settings
from deskd.desk import showing
from deskd.desk.changes import (
    AddAnchor,
    AddEvent,
    AddLink,
    Change,
    DropLink,
    Move,
    OpenTicket,
    RefreshCard,
    SetParticipant,
    SetTicket,
)
from deskd.desk.commands import LinkWith, OpenPart, PartWith
from deskd.desk.handling import existing
from deskd.desk.state import State

_SHOWN = 20  # messages that are shown anew in the new ticket's thread


def open_part(settings: Settings, state: State, command: OpenPart, now: datetime) -> tuple[Change, ...]:
    """The new ticket, as the old one stands: its thread shows what the customer wrote of it."""
    language = settings.desk.agent_language
    old = command.of
    values = {
        "subject": command.subject,
        "channel": old.channel,
        "status": "open",
        "priority": old.priority,
        "priority_set": old.priority_set,
        "urgency": old.urgency,
        "impact": old.impact,
        "team": old.team,
        "level": old.level,
        "assignee": old.assignee,
        "language": old.language,
        "created_at": now,
        "updated_at": now,
        "warned": old.warned,
    }
    because = f"{command.actor} split it from {old.ref}"
    changes: list[Change] = [
        OpenTicket(values, old.tags),
        AddEvent("opened", command.actor, {"because": because, "channel": old.channel}),
        AddLink(old.id, "split", because),
        *(SetParticipant(address, "accepted", command.actor) for address in command.people),
    ]
    thread = showing.open_thread(settings, old.team)
    if any(isinstance(change, AddAnchor) for change in thread):
        account = showing.account_of(settings, State(None, None), old.team)
        undo = ("join", words.say(language, "undo_split"), f"{state.next_ref}:{old.id}")
        text = words.say(language, "split_from", ref=old.ref)
        changes += [*thread, *showing.post(None, text, account=account, buttons=[undo])]
        for author, said, message_id in command.words[-_SHOWN:]:
            changes += showing.post(None, said, account=account, author=author, message_id=message_id)
    return tuple(changes)


def part_with(settings: Settings, state: State, command: PartWith, now: datetime) -> tuple[Change, ...]:
    """The old ticket's half: what went is told in its thread, with the button that brings it back."""
    ticket = existing(state)
    language = settings.desk.agent_language
    undo = ("join", words.say(language, "undo_split"), f"{command.ref}:{ticket.id}")
    return (
        Move(command.into, (), command.messages),
        AddEvent("split", command.actor, {"to": command.ref, "messages": len(command.messages)}),
        SetTicket({"updated_at": now}),
        RefreshCard(),
        *showing.notice(state, words.say(language, "split_into", ref=command.ref), buttons=[undo]),
        *showing.done(state, command.source),
    )


def link_with(settings: Settings, state: State, command: LinkWith, now: datetime) -> tuple[Change, ...]:
    """One half of a link, or of its end; `here`: the half that was asked for, which tells of it. Only one of the halves holds the link."""
    existing(state)
    language = settings.desk.agent_language
    if command.undo:
        text = words.say(language, "unlinked_from", ref=command.ref, subject=command.subject)
        links: list[Change] = [DropLink(command.other, "related")]
    else:
        text = words.say(language, "linked_with", ref=command.ref, subject=command.subject)
        links = [AddLink(command.other, "related", f"{command.actor} linked them")] if command.here else []
    return (
        *links,
        AddEvent("unlinked" if command.undo else "linked", command.actor, {"to": command.ref}),
        SetTicket({"updated_at": now}),
        *showing.notice(state, text),
        *showing.done(state, command.source if command.here else None),
    )
