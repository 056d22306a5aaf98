"""A channel with `direct: true`: agents and customers share one thread there. What agents write is read by the customer as it is written: nothing is sent
and nothing can be held or kept inside; the desk takes it down, and shows it in the ticket's own thread."""

from __future__ import annotations

from datetime import datetime

from deskd import words
from deskd.config import Settings
from deskd.desk import showing
from deskd.desk.answering import touched
from deskd.desk.changes import NEW, AddEvent, AddMessage, AddPost, Change, SetMessage, SetTicket
from deskd.desk.commands import Said, SaidAnew, Unsaid
from deskd.desk.state import State
from deskd.errors import CommandRefused
from deskd.handoff import name_of


def said(settings: Settings, state: State, command: Said, now: datetime) -> tuple[Change, ...]:
    ticket, source = state.ticket, command.source
    if ticket is None:
        raise CommandRefused("there is no such ticket")
    first = {} if ticket.first_response_at else {"first_response_at": now}
    return (
        AddMessage(
            "out",
            command.actor,
            command.text,
            command.markup,
            now,
            ticket.channel,
            delivery="sent",
            conversation_id=state.conversation_id,
        ),
        AddPost(source.channel, source.ts, "source", NEW),
        AddEvent("reply", command.actor, {"by": "direct"}),
        *touched(ticket, command.actor, now),
        SetTicket({"updated_at": now, **first}),
        *_shown(settings, state, command.actor, command.text),
    )


def said_anew(settings: Settings, state: State, command: SaidAnew, now: datetime) -> tuple[Change, ...]:
    """The customer reads the new text; the earlier one is kept."""
    message = state.message
    if message is None or command.markup == message.markup:
        return ()
    values = {"text": command.text, "body": command.text, "markup": command.markup}
    return (
        SetMessage(message.id, values, keep_version=True, actor=command.actor),
        AddEvent("edited", command.actor, {"message": message.id}),
        SetTicket({"updated_at": now}),
        *_shown(settings, state, command.actor, f"✏️ {command.text}"),
    )


def unsaid(settings: Settings, state: State, command: Unsaid, now: datetime) -> tuple[Change, ...]:
    """The customer may have read it: the record keeps it."""
    message = state.message
    if message is None:
        return ()
    start = words.start_of(message.text, 200)
    text = words.say(settings.desk.agent_language, "direct_deleted", text=start)
    return (
        AddEvent("reply_deleted", command.actor, {"message": message.id}),
        SetTicket({"updated_at": now}),
        *showing.notice(state, text),
    )


def _shown(settings: Settings, state: State, actor: str, text: str) -> list[Change]:
    return showing.post(state.home, text, author=name_of(settings, actor)) if state.home else []
