"""What the outbox reports of a message to a customer: it has gone, it was refused, or nobody can know."""

from __future__ import annotations

from datetime import datetime

from deskd import states, words
from deskd.config import Settings
from deskd.desk import showing
from deskd.desk.changes import AddEvent, Change, RefreshCard, SetMessage, SetOutbox, SetTicket
from deskd.desk.commands import NotSent, PerhapsSent, Sent, Settle
from deskd.desk.handling import move
from deskd.desk.state import State
from deskd.errors import CommandRefused


def sent(settings: Settings, state: State, command: Sent, now: datetime) -> tuple[Change, ...]:
    """✅, and the first response where a person wrote it; refused recipients are named in the thread."""
    ticket, message = state.ticket, state.message
    if ticket is None or message is None:
        return ()
    changes: list[Change] = [
        SetMessage(message.id, {"delivery": "sent", "error": None, "sent_at": now}),
        AddEvent(
            "sent",
            "system",
            {"message": message.id} | ({"refused": dict(command.refused)} if command.refused else {}),
        ),
        *showing.mark(state, message, showing.SENT),
    ]
    for address, answer in command.refused:
        changes += showing.notice(
            state,
            words.say(settings.desk.agent_language, "recipient_refused", address=address, answer=answer),
        )
    if message.author.startswith("agent:") and ticket.first_response_at is None:
        changes.append(SetTicket({"first_response_at": now}))
    if message.then is not None and message.then in states.TICKET[ticket.status]:  # someone may have closed it meanwhile
        changes += move(settings, ticket, message.then, message.author, now)
    return tuple(changes)


def not_sent(settings: Settings, state: State, command: NotSent, now: datetime) -> tuple[Change, ...]:
    """⚠️ with the reason in the thread."""
    message = state.message
    if message is None:
        return ()
    return (
        SetMessage(message.id, {"delivery": "failed", "error": command.error}),
        AddEvent("not_sent", "system", {"message": message.id, "error": command.error}),
        *showing.mark(state, message, showing.FAILED),
        *showing.notice(state, words.say(settings.desk.agent_language, "not_sent", error=command.error)),
        RefreshCard(),
    )


def perhaps_sent(settings: Settings, state: State, command: PerhapsSent, now: datetime) -> tuple[Change, ...]:
    """❔ with the buttons *Send again* and *It arrived*."""
    message = state.message
    if message is None:
        return ()
    language = settings.desk.agent_language
    buttons = [
        ("send_again", words.say(language, "send_again"), str(message.id)),
        ("it_arrived", words.say(language, "it_arrived"), str(message.id)),
    ]
    return (
        SetMessage(message.id, {"delivery": "unknown", "error": command.error}),
        AddEvent("perhaps_sent", "system", {"message": message.id, "error": command.error}),
        *showing.mark(state, message, showing.PERHAPS),
        *showing.notice(state, words.say(language, "perhaps_sent", error=command.error), buttons=buttons),
    )


def settle(settings: Settings, state: State, command: Settle, now: datetime) -> tuple[Change, ...]:
    """An agent knows better: it is sent again, or counts as sent."""
    message = state.message
    if message is None or message.outbox_id is None or message.outbox_state != "unknown":
        raise CommandRefused(words.say(settings.desk.agent_language, "settled_already"))
    if command.again:
        return (
            SetOutbox(message.outbox_id, "queued", now),
            SetMessage(message.id, {"delivery": "queued", "error": None}),
            AddEvent("sent_again", command.actor, {"message": message.id}),
        )
    return (
        SetOutbox(message.outbox_id, "sent"),
        AddEvent("arrived", command.actor, {"message": message.id}),
        *sent(settings, state, Sent(message.id), now),
    )
