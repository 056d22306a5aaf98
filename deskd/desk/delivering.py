"""What the outbox reports of a message to a customer: it has gone, it was refused, or nobody can know."""

from __future__ import annotations

from datetime import datetime

from deskd import states, words
from deskd.config import Settings
from deskd.desk import showing
from deskd.desk.changes import (
    AddEvent,
    AddIncoming,
    Change,
    EndInbox,
    RefreshCard,
    SetMessage,
    SetOutbox,
    SetTicket,
)
from deskd.desk.commands import Bounced, NotFetched, NotSent, NotShown, PerhapsSent, Sent, SentAgain, Settle
from deskd.desk.handling import move
from deskd.desk.state import KnownMessage, State
from deskd.errors import CommandRefused


def sent(settings: Settings, state: State, command: Sent, now: datetime) -> tuple[Change, ...]:
    """✅, and the first response where a person wrote it; refused recipients are named in the thread."""
    ticket, message = state.ticket, state.message
    if ticket is None or message is None:
        return ()
    came_back = message.delivery == "bounced"  # faster than the server's word that it had taken it
    changes: list[Change] = [
        SetMessage(
            message.id, {"sent_at": now} if came_back else {"delivery": "sent", "error": None, "sent_at": now}
        ),
        AddEvent(
            "sent",
            "system",
            {"message": message.id} | ({"refused": dict(command.refused)} if command.refused else {}),
        ),
        *(_returned(message) if came_back else showing.mark(state, message, showing.SENT)),
    ]
    for address, answer in command.refused:
        changes += showing.notice(
            state,
            words.say(settings.desk.agent_language, "recipient_refused", address=address, answer=answer),
        )
    if message.author.startswith("agent:") and ticket.first_response_at is None:
        changes.append(SetTicket({"first_response_at": now}))
    if (
        message.then is not None and message.then in states.TICKET[ticket.status]
    ):  # someone may have closed it meanwhile
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
        *showing.notice(state, words.say(settings.desk.agent_language, _key(message), error=command.error)),
        RefreshCard(),
    )


def _key(message: KnownMessage) -> str:
    """A note that was to go is a handoff to somebody outside Slack."""
    return "outside_not_sent" if message.direction == "note" else "not_sent"


def not_fetched(settings: Settings, state: State, command: NotFetched, now: datetime) -> tuple[Change, ...]:
    """A reply goes with its files or not at all."""
    message = state.message
    if message is not None and message.direction == "in":
        text = words.say(settings.desk.agent_language, "customer_file_lost", error=command.error)
        return (
            AddEvent("file_not_fetched", "system", {"message": message.id, "error": command.error}),
            *showing.notice(state, text),
        )
    if message is None or message.outbox_id is None or message.outbox_state not in ("held", "queued"):
        return ()  # its author stopped it meanwhile
    return (
        SetOutbox(message.outbox_id, "queued"),
        SetOutbox(message.outbox_id, "failed"),
        *not_sent(settings, state, NotSent(message.id, command.error), now),
    )


def not_shown(settings: Settings, state: State, command: NotShown, now: datetime) -> tuple[Change, ...]:
    """The names are in the thread already: here stands why there is no more of them."""
    text = words.say(settings.desk.agent_language, "files_not_shown", error=command.error)
    return (
        AddEvent("files_not_shown", "system", {"message": command.message_id, "error": command.error}),
        *showing.notice(state, text),
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


def sent_again(settings: Settings, state: State, command: SentAgain, now: datetime) -> tuple[Change, ...]:
    """The ticket keeps that its customer may have had the mail twice."""
    if state.message is None:
        return ()
    return (AddEvent("sent_again", "system", {"message": state.message.id, "error": command.error}),)


def bounced(settings: Settings, state: State, command: Bounced, now: datetime) -> tuple[Change, ...]:
    """The report is kept beside the message. ⚠️ with the reason, unless the mail servers are still trying."""
    message = state.message
    if message is None:
        return ()
    language = settings.desk.agent_language
    data = {"message": message.id, "reason": command.reason}
    report = AddIncoming(
        command.report,
        command.inbox_id,
        command.channel,
        command.received_at,
        "system",
        "",
        (),
        direction="note",
    )
    end = EndInbox(command.inbox_id, "filed", auth=command.auth)
    shown = command.live and state.home is not None
    if not command.final:
        told = showing.notice(state, words.say(language, "delayed", reason=command.reason)) if shown else []
        return (report, AddEvent("delayed", "system", data), *told, end)
    changes: list[Change] = [
        report,
        *_returned(message),
        SetMessage(message.id, {"delivery": "bounced", "error": command.reason}),
        AddEvent("bounced", "system", data),
    ]
    if shown:
        if message.source is not None:
            changes += showing.react(state, *message.source, showing.SENT, add=False)
        changes += showing.mark(state, message, showing.FAILED)
        changes += showing.notice(state, words.say(language, "bounced", reason=command.reason))
        changes.append(RefreshCard())
    return (*changes, end)


def _returned(message: KnownMessage) -> list[Change]:
    """The outbox row of a mail that came back. One of which nobody knew whether it went has gone, then."""
    if message.outbox_id is None:
        return []
    gone: list[Change] = [SetOutbox(message.outbox_id, "sent")] if message.outbox_state == "unknown" else []
    if message.outbox_state in ("sent", "unknown"):
        return [*gone, SetOutbox(message.outbox_id, "bounced")]
    return []


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
            *showing.unmark(state, message),
        )
    return (
        SetOutbox(message.outbox_id, "sent"),
        AddEvent("arrived", command.actor, {"message": message.id}),
        *sent(settings, state, Sent(message.id), now),
    )
