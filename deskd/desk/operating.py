"""What an operator does by command: a placeholder is replaced or dropped, a delivery is sent again or stopped."""

from __future__ import annotations

from datetime import datetime

from deskd import states
from deskd.config import Settings
from deskd.desk import showing
from deskd.desk.changes import AddEvent, AddLink, Change, RefreshCard, SetMessage, SetOutbox, SetTicket
from deskd.desk.commands import Dropped, Replaced, Requeue, Stop
from deskd.desk.handling import existing, move
from deskd.desk.state import KnownMessage, State
from deskd.errors import CommandRefused
from deskd.model import Ticket

BY_OPERATOR = "an operator's command"


def replaced(settings: Settings, state: State, command: Replaced, now: datetime) -> tuple[Change, ...]:
    """The message could be read on another try: its placeholder is closed and leads to the ticket it is in now."""
    ticket = existing(state)
    because = f"its message could be read on another try and is in {command.ref}"
    return (
        *_closed(settings, ticket, command.actor, because, now),
        SetTicket({"merged_into": command.by, "updated_at": now}),
        AddLink(command.by, "merged", because),
        AddEvent("merged", command.actor, {"into": command.ref, "because": because}),
        RefreshCard(),
    )


def dropped(settings: Settings, state: State, command: Dropped, now: datetime) -> tuple[Change, ...]:
    """The message is nobody's work any more: its placeholder is closed."""
    return tuple(_closed(settings, existing(state), command.actor, command.reason, now))


def _closed(settings: Settings, ticket: Ticket, actor: str, because: str, now: datetime) -> list[Change]:
    """An agent may have closed it, or called it spam, before."""
    if ticket.status == "closed" or "closed" not in states.TICKET[ticket.status]:
        return []
    return move(settings, ticket, "closed", actor, now, reason=because)


def requeue(settings: Settings, state: State, command: Requeue, now: datetime) -> tuple[Change, ...]:
    """A message that didn't go, or went perhaps, is sent again."""
    message, outbox_id = _delivery(state)
    return (
        SetOutbox(outbox_id, "queued", now),
        SetMessage(message.id, {"delivery": "queued", "error": None}),
        AddEvent("sent_again", command.actor, {"message": message.id, "because": BY_OPERATOR}),
        *showing.unmark(state, message),
        RefreshCard(),
    )


def stop(settings: Settings, state: State, command: Stop, now: datetime) -> tuple[Change, ...]:
    """A message that hasn't gone never will."""
    message, outbox_id = _delivery(state)
    held = message.source if message.outbox_state == "held" else None
    return (
        SetOutbox(outbox_id, "cancelled"),
        SetMessage(message.id, {"delivery": "cancelled"}),
        AddEvent("reply_stopped", command.actor, {"message": message.id, "because": BY_OPERATOR}),
        *(showing.react(state, *held, showing.HELD, add=False) if held else []),
        RefreshCard(),
    )


def _delivery(state: State) -> tuple[KnownMessage, int]:
    if state.message is None or state.message.outbox_id is None:
        raise CommandRefused("there is no such message")
    return state.message, state.message.outbox_id
