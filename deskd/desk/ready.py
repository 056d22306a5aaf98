"""A text that lay ready goes to the customer: its preview was pressed, so nothing holds it, and the thread shows it."""

from __future__ import annotations

from datetime import datetime

from deskd.config import Settings
from deskd.desk import showing
from deskd.desk.answering import customer_kind, touched
from deskd.desk.changes import NEW, AddEvent, AddMessage, Change, Queue
from deskd.desk.commands import SendReady
from deskd.desk.handling import existing
from deskd.desk.state import State
from deskd.handoff import name_of


def send_ready(settings: Settings, state: State, command: SendReady, now: datetime) -> tuple[Change, ...]:
    ticket = existing(state)
    text, actor = command.text, command.actor
    kind = customer_kind(settings, ticket.channel)
    author = name_of(settings, actor)
    return (
        AddMessage(
            "out",
            actor,
            text,
            text,
            now,
            ticket.channel,
            delivery="queued",
            conversation_id=state.conversation_id,
        ),
        Queue(kind, ticket.channel, "out:{ticket}", {"plain": True}, message_id=NEW),
        AddEvent("reply", actor, {"held": False, "by": command.what}),
        *touched(ticket, actor, now),
        *(showing.post(state.home, text, author=author, message_id=NEW) if state.home else []),
    )
