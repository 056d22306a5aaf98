"""What goes to the customer, and what stays inside: replies, their hold, edits and withdrawals, notes, automatic replies."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from deskd import files, words
from deskd.config import Settings
from deskd.desk import enclosing, showing
from deskd.desk.changes import (
    NEW,
    AddEvent,
    AddMessage,
    AddPost,
    Change,
    Queue,
    RefreshCard,
    SetMessage,
    SetOutbox,
    SetTicket,
)
from deskd.desk.commands import Edit, Further, KeepInside, Note, Posted, Reply, SendNote, Source, Withdraw
from deskd.desk.state import KnownMessage, State
from deskd.errors import CommandRefused
from deskd.handoff import name_of
from deskd.model import Ticket

PHONE: Final = "phone"
"""The channel of calls that agents took down (INTERFACE.md, section 1)."""


def reply(settings: Settings, state: State, command: Reply, now: datetime) -> tuple[Change, ...]:
    """An agent's words for the customer: held for `command.hold`, then queued on the customer's own channel."""
    ticket = _ticket(state)
    held = command.hold > timedelta(0)
    if ticket.channel == PHONE:
        return _no_way_back(settings, state, command, now)
    kind = customer_kind(settings, ticket.channel)
    if (file := files.too_much(command.files, kind)) is not None:
        return _too_much(settings, state, command, file, now)
    until = now + command.hold if held else None
    return (
        AddMessage(
            "out",
            command.actor,
            command.text,
            command.markup,
            now,
            ticket.channel,
            delivery="held" if held else "queued",
            conversation_id=state.conversation_id,
        ),
        *_fetched(command, kind, until),
        _queue(settings, ticket, NEW, until, _carried(command)),
        *([_to_chat(ticket)] if command.files and kind == "slack" else []),
        *_stands(settings, state, command, held),
        AddEvent("reply", command.actor, {"held": held} | ({"by": command.by} if command.by else {})),
        *_came_back_before(settings, state, command),
        *touched(ticket, command.actor, now),
    )


def _came_back_before(settings: Settings, state: State, command: Reply) -> list[Change]:
    """Its author hears that mail doesn't reach the customer there: they may know another way."""
    contact = state.contact
    if contact is None or not contact.undelivered:
        return []
    text = words.say(
        settings.desk.agent_language,
        "came_back_before",
        address=contact.address,
        reason=contact.undelivered,
    )
    return showing.tell(command.source, text)


def _no_way_back(settings: Settings, state: State, command: Reply, now: datetime) -> tuple[Change, ...]:
    """To somebody who called nothing can be sent: what was written is kept as a note, and its author is told."""
    address = state.contact.address.removeprefix(f"{PHONE}:") if state.contact else ""
    kept = Note(command.actor, command.text, command.markup, command.source, shown=command.shown)
    text = words.say(settings.desk.agent_language, "no_way_back", address=address)
    return (*note(settings, state, kept, now), *showing.tell(command.source, text))


def _carried(command: Reply) -> dict[str, object]:
    """What the row that carries a reply needs to know of it."""
    known = {"then": command.then, "files": len(command.files), "plain": command.shown}
    return {name: value for name, value in known.items() if value}


def _stands(settings: Settings, state: State, command: Reply, held: bool) -> list[Change]:
    """Where the reply stands in the thread, and its mark there; one written elsewhere is shown first, and marked then (`posted`)."""
    source = command.source
    if command.shown:
        return showing.written(state, command.text, name_of(settings, command.actor))
    if source is None:
        return []
    return [
        AddPost(source.channel, source.ts, "source", NEW),
        *(
            showing.react(state, source.channel, source.ts, showing.HELD, account=source.account)
            if held
            else []
        ),
    ]


def _fetched(command: Reply, kind: str, until: datetime | None) -> list[Change]:
    """The row that brings a reply's files here. It goes when the hold is over: a file that was deleted meanwhile isn't sent."""
    if not command.files or command.source is None:
        return []
    payload = enclosing.to_fetch(command.files, kind, command.source)
    return [Queue("fetch", command.source.account, "out:{ticket}", payload, message_id=NEW, not_before=until)]


def further(settings: Settings, state: State, command: Further, now: datetime) -> tuple[Change, ...]:
    """One more file of an album goes with the reply that the first part became, while that waits; it stays inside where that does."""
    message, ticket, source = _message(state), _ticket(state), command.source
    if message.direction == "note" or message.delivery in ("cancelled", "failed"):
        names = "\n".join(f"[{file.name}]" for file in command.files)
        return note(settings, state, Note(command.actor, names, names, source), now)
    if message.outbox_state in ("held", "queued"):
        kind = customer_kind(settings, ticket.channel)
        found = (*command.beside, *command.files)
        if (file := files.too_much(found, kind)) is not None:
            return enclosing.outgrown(settings, state, message, kind, command.actor, found, file)
        place = f"fetch:{source.channel}:{source.ts}"
        payload = enclosing.to_fetch(command.files, kind, source)
        return (
            Queue("fetch", source.account, place, payload, message_id=message.id),
            AddPost(source.channel, source.ts, enclosing.FURTHER, message.id),
        )
    return reply(
        settings, state, Reply(command.actor, "", "", source, command.hold, files=command.files), now
    )


def _to_chat(ticket: Ticket) -> Queue:
    """The files of a reply to a customer in Slack: behind its words, in the same thread."""
    return Queue("file", ticket.channel, "out:{ticket}", message_id=NEW)


def _too_much(
    settings: Settings, state: State, command: Reply, file: files.Sized, now: datetime
) -> tuple[Change, ...]:
    """A reply whose files the channel can't carry is stopped whole: its author takes some out, or sends a link."""
    ticket, source = _ticket(state), command.source
    error = enclosing.too_large(settings, customer_kind(settings, ticket.channel), command.files, file)
    return (
        AddMessage(
            "out",
            command.actor,
            command.text,
            command.markup,
            now,
            ticket.channel,
            delivery="failed",
            conversation_id=state.conversation_id,
            error=error,
        ),
        *([AddPost(source.channel, source.ts, "source", NEW)] if source else []),
        AddEvent("not_sent", command.actor, {"error": error}),
        *(
            showing.react(state, source.channel, source.ts, showing.FAILED, account=source.account)
            if source
            else []
        ),
        *showing.notice(state, words.say(settings.desk.agent_language, "not_sent", error=error)),
        *touched(ticket, command.actor, now),
    )


def touched(ticket: Ticket, actor: str, now: datetime) -> list[Change]:
    """The first claim or reply makes `new` `open`."""
    if ticket.status != "new":
        return [SetTicket({"updated_at": now})]
    return [
        SetTicket({"updated_at": now, "status": "open"}),
        AddEvent("status", actor, {"from": "new", "to": "open"}),
        RefreshCard(),
    ]


def note(settings: Settings, state: State, command: Note, now: datetime) -> tuple[Change, ...]:
    """What stays inside: marked 🔒, and its author is offered to send it after all where they may have meant to."""
    ticket = _ticket(state)
    source = command.source
    changes: list[Change] = [
        AddMessage("note", command.actor, command.text, command.markup, now, ticket.channel),
        AddEvent("note", command.actor),
        SetTicket({"updated_at": now}),
    ]
    if command.shown:
        return (*changes, *showing.written(state, command.text, name_of(settings, command.actor)))
    if source is not None:
        changes.append(AddPost(source.channel, source.ts, "source", NEW))
        changes += showing.react(state, source.channel, source.ts, showing.INSIDE, account=source.account)
        if command.offer:
            language = settings.desk.agent_language
            # The button names the note by where it was written: it has no id before the commit.
            button = ("send_note", words.say(language, "send_to_customer"), f"{source.channel}:{source.ts}")
            changes += showing.tell(source, words.say(language, "kept_inside"), [button])
    return tuple(changes)


def edit(settings: Settings, state: State, command: Edit, now: datetime) -> tuple[Change, ...]:
    """Until a reply goes, an edit changes it; after that its author is told that the customer has the earlier text."""
    message = _message(state)
    inside = command.note or command.command or command.more
    changed = inside or command.swapped is not None
    if command.markup == message.markup and (message.direction == "note" or not changed):
        return ()  # Slack tells of unfurled links, and of threads that grow, as edits too
    text = SetMessage(
        message.id,
        {"text": command.text, "body": command.text, "markup": command.markup},
        keep_version=True,
        actor=command.actor,
    )
    edited = AddEvent("edited", command.actor, {"message": message.id})
    if message.direction == "note" or message.delivery == "cancelled":
        return (text, edited)  # the customer never gets it
    if message.outbox_state != "held" or message.outbox_id is None:
        return tuple(showing.tell(command.source, words.say(settings.desk.agent_language, "edit_too_late")))
    if inside:
        return (
            text,
            *_kept_inside(state, message, message.outbox_id, command.actor),
            *_why_inside(settings, command),
        )
    kind, swapped, exchanged = (
        customer_kind(settings, _ticket(state).channel),
        command.swapped,
        list[Change](),
    )
    if swapped is not None:
        found = (*swapped.beside, swapped.file)
        if (file := files.too_much(found, kind)) is not None:
            stopped = enclosing.outgrown(settings, state, message, kind, command.actor, found, file)
            return (text, edited, *stopped)
        exchanged = enclosing.exchanged(message.id, swapped, kind, command.source)
    hold = hold_of(settings, command.source)
    return (
        text,
        SetOutbox(message.outbox_id, "held", now + hold),
        edited,
        *exchanged,
    )


def _why_inside(settings: Settings, command: Edit) -> list[Change]:
    """Its author is told where they didn't say themselves that it is to stay inside."""
    key = "edit_command" if command.command else "edit_adds" if command.more and not command.note else ""
    return showing.tell(command.source, words.say(settings.desk.agent_language, key)) if key else []


def keep_inside(settings: Settings, state: State, command: KeepInside, now: datetime) -> tuple[Change, ...]:
    """*Make it a note*: a held reply stays inside, as if it had been edited into a note."""
    message, language = _message(state), settings.desk.agent_language
    if message.direction == "note":
        raise CommandRefused(words.say(language, "note_already"))
    if message.direction != "out" or message.outbox_state != "held" or message.outbox_id is None:
        raise CommandRefused(words.say(language, "note_too_late"))
    return tuple(_kept_inside(state, message, message.outbox_id, command.actor))


def _kept_inside(state: State, message: KnownMessage, outbox_id: int, actor: str) -> list[Change]:
    return [
        SetOutbox(outbox_id, "cancelled"),
        SetMessage(message.id, {"direction": "note", "delivery": None}),
        AddEvent("reply_kept_inside", actor, {"message": message.id}),
        *showing.mark(state, message, showing.INSIDE),
    ]


def posted(settings: Settings, state: State, command: Posted, now: datetime) -> tuple[Change, ...]:
    """What an agent wrote elsewhere stands in the thread by now: the mark that tells how it stands."""
    message = _message(state)
    if message.source is None:
        return ()
    mark = showing.INSIDE if message.direction == "note" else _MARKS.get(message.delivery or "")
    return tuple(showing.react(state, *message.source, mark)) if mark else ()


_MARKS: Final = {
    "held": showing.HELD,
    "sent": showing.SENT,
    "failed": showing.FAILED,
    "bounced": showing.FAILED,
    "unknown": showing.PERHAPS,
}
"""By how a reply stands. A queued one has none: what was not to be held goes at once."""


def withdraw(settings: Settings, state: State, command: Withdraw, now: datetime) -> tuple[Change, ...]:
    """A deletion or ❌ stops a held reply; a note that is deleted is kept in the record; what has gone has gone."""
    message = _message(state)
    if message.outbox_state == "held" and message.outbox_id is not None:
        channel, ts = message.source or (command.source.channel, command.source.ts)
        return (
            SetOutbox(message.outbox_id, "cancelled"),
            SetMessage(message.id, {"delivery": "cancelled"}),
            AddEvent("reply_stopped", command.actor, {"message": message.id}),
            *(showing.react(state, channel, ts, showing.HELD, add=False) if command.by_reaction else []),
        )
    if message.direction == "note":
        return (
            () if command.by_reaction else (AddEvent("note_deleted", command.actor, {"message": message.id}),)
        )
    if message.delivery == "cancelled":
        return ()
    return tuple(showing.tell(command.source, words.say(settings.desk.agent_language, "stop_too_late")))


def send_note(settings: Settings, state: State, command: SendNote, now: datetime) -> tuple[Change, ...]:
    """The button "Send to customer": the note becomes a reply, held like any other."""
    ticket, message = _ticket(state), _message(state)
    if message.author != command.actor:
        raise CommandRefused(words.say(settings.desk.agent_language, "not_yours"))
    if message.direction != "note":
        raise CommandRefused(words.say(settings.desk.agent_language, "already_sent"))
    held = command.hold > timedelta(0)
    changes: list[Change] = [
        SetMessage(
            message.id,
            {
                "direction": "out",
                "delivery": "held" if held else "queued",
                "conversation_id": state.conversation_id,
                "sent_at": now,
            },
        ),
        _queue(settings, ticket, message.id, now + command.hold if held else None, {}),
        AddEvent("reply", command.actor, {"held": held, "message": message.id}),
    ]
    if message.source is not None:
        channel, ts = message.source
        changes += showing.react(state, channel, ts, showing.INSIDE, add=False)
        changes += showing.react(state, channel, ts, showing.HELD) if held else []
    return (*changes, *touched(ticket, command.actor, now))


def customer_kind(settings: Settings, channel: str) -> str:
    """The outbox kind that carries words to customers of a channel."""
    return str(settings.channels[channel].type) if channel in settings.channels else "mail"


def hold_of(settings: Settings, source: Source) -> timedelta:
    """How long replies written there are held: `undo` of the account; not at all where agents don't work there any more."""
    channel = settings.agents_channels().get(source.account)
    return channel.undo if channel is not None else timedelta(0)


def _queue(
    settings: Settings, ticket: Ticket, message_id: int, until: datetime | None, payload: dict[str, object]
) -> Queue:
    return Queue(
        customer_kind(settings, ticket.channel),
        ticket.channel,
        "out:{ticket}",
        payload,
        message_id=message_id,
        not_before=until,
        held=until is not None,
    )


def _ticket(state: State) -> Ticket:
    if state.ticket is None:
        raise CommandRefused("there is no such ticket")
    return state.ticket


def _message(state: State) -> KnownMessage:
    if state.message is None:
        raise CommandRefused("there is no such message")
    return state.message
