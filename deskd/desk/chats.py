"""What a ticket gets from a chat besides words: files that are fetched later, pieces of an album, a rating. Commands in, changes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from deskd import templates, words
from deskd.config import Settings
from deskd.config.telegram import TelegramChannel
from deskd.desk import showing
from deskd.desk.changes import (
    NEW,
    AddEvent,
    AddMessage,
    AddPost,
    Change,
    Queue,
    RefreshCard,
    SetMessage,
    SetTicket,
)
from deskd.desk.state import State
from deskd.files import origin
from deskd.model import Surface
from deskd.model.chats import ChatFile

MOST_FETCHED: Final[Mapping[Surface, int]] = {"telegram": 20_000_000, "slack": 100_000_000}
"""What a bot may download (https://core.telegram.org/bots/api#getfile), and what goes through memory at once."""
ALBUM_WITHIN: Final = timedelta(seconds=2)
"""Pieces of an album come one by one; its files are shown when no more have come for so long."""
STARS: Final = 5


@dataclass(frozen=True, slots=True)
class InChat:
    """Where in a chat a message stands. `quiet`: the chat is over its budget, and what it brings isn't shown; `told`: for the first time."""

    place: str
    message: str
    files: tuple[ChatFile, ...] = ()
    album: bool = False
    quiet: bool = False
    told: bool = False
    surface: Surface = "telegram"

    @property
    def fetchable(self) -> tuple[ChatFile, ...]:
        """The files that aren't too large."""
        return tuple(file for file in self.files if file.size <= MOST_FETCHED[self.surface])


@dataclass(frozen=True, slots=True)
class Joined:
    """One more piece of an album: it belongs to the message that its first piece became."""

    actor: str
    channel: str
    chat: InChat
    text: str
    known: int  # files that the message has, or waits for, already


@dataclass(frozen=True, slots=True)
class Rated:
    """A customer's answer to how it was, 1 to 5."""

    actor: str
    stars: int


@dataclass(frozen=True, slots=True)
class Commented:
    """What a customer says of their rating; it reopens nothing."""

    actor: str
    text: str
    chat: InChat


@dataclass(frozen=True, slots=True)
class Blocked:
    """The customer has put the bot out, or let it in again."""

    actor: str
    blocked: bool


@dataclass(frozen=True, slots=True)
class Owned:
    """Its contact is another one: the person in the chat has shown that `address` is theirs too; or, without `undo`, an agent took that back."""

    actor: str
    contact_id: int
    address: str
    undo: Mapping[str, Any] | None


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def arrived(
    settings: Settings, state: State, channel: str, chat: InChat, account: str, now: datetime, *, shown: bool
) -> list[Change]:
    """Where the newest message stands in its chat, and its files: fetched first, then shown in the ticket's thread (`shown`: it has, or gets, one)."""
    changes: list[Change] = [AddPost(chat.place, chat.message, "customer", NEW, surface=chat.surface)]
    changes += _fetched(channel, chat, NEW)
    if shown and chat.fetchable and not chat.quiet:
        changes.append(_show(state, chat, account, NEW, now, 0))
    return changes


def exchanged(
    state: State, channel: str, chat: InChat, message_id: int, known: int, now: datetime
) -> list[Change]:
    """A file in another's place: fetched, and shown behind the message's `known` other files."""
    shown = state.home is not None and chat.fetchable
    return [
        *_fetched(channel, chat, message_id, instead=True),
        *([_show(state, chat, "", message_id, now, known)] if shown else []),
    ]


def _fetched(channel: str, chat: InChat, message_id: int, *, instead: bool = False) -> list[Change]:
    """A row for each file: one that can't be had doesn't keep the others. `instead`: of the one that the chat's message held."""
    return [
        Queue(
            "fetch",
            channel,
            f"fetch:{chat.place}:{chat.message}:{number}",
            {
                "files": [[file.id, file.name, file.type, file.size, ""]],
                "most": MOST_FETCHED[chat.surface],
                "origin": origin(chat.message, file.unique),
                "instead": instead,
            },
            message_id=message_id,
        )
        for number, file in enumerate(chat.fetchable)
    ]


def _show(state: State, chat: InChat, account: str, message_id: int, now: datetime, known: int) -> Queue:
    """The files in the thread, once they are here; the thread's words don't wait for them."""
    return Queue(
        "file",
        state.home.account if state.home else account,
        f"files:{chat.place}:{chat.message}",
        {"fetched": True, "skip": known},
        message_id=message_id,
        anchor_id=state.home.id if state.home else NEW,
        not_before=now + ALBUM_WITHIN if chat.album else None,
    )


def lines(chat: InChat, language: str) -> list[str]:
    """What stands under a message's words: each file's name and size, and which a bot can't have."""
    limit = MOST_FETCHED[chat.surface]
    too_large = words.say(language, "file_not_fetched", limit=words.size(limit, language))
    return [
        f"{file.name} ({words.size(file.size, language)})" + ("" if file.size <= limit else f": {too_large}")
        for file in chat.files
    ]


def joined(settings: Settings, state: State, command: Joined, now: datetime) -> tuple[Change, ...]:
    """An album's further piece: its file, and what was written with it."""
    message = state.message
    if message is None:
        return ()
    chat = command.chat
    changes: list[Change] = [AddPost(chat.place, chat.message, "customer", message.id, surface=chat.surface)]
    changes += _fetched(command.channel, chat, message.id)
    if command.text and command.text not in message.text:
        text = "\n".join(part for part in (message.text, command.text) if part)
        changes.append(SetMessage(message.id, {"text": text, "body": text}))
        changes += showing.post(state.home, command.text, author=_name(state)) if state.home else []
    if state.home is not None and chat.fetchable and command.known >= 0:
        changes.append(_show(state, chat, "", message.id, now, command.known))
    return tuple(changes)


# ── after it is resolved ─────────────────────────────────────────────────────────────────────────────────────────────


def asked(settings: Settings, state: State, changes: Sequence[Change]) -> list[Change]:
    """How it was, from 1 to 5: asked in the chat when its ticket becomes resolved."""
    ticket = state.ticket
    channel = settings.channels.get(ticket.channel) if ticket else None
    if (
        ticket is None
        or not isinstance(channel, TelegramChannel)
        or not channel.rating
        or state.conversation_id is None
    ):
        return []
    becomes = [
        change.values["status"]
        for change in changes
        if isinstance(change, SetTicket) and "status" in change.values
    ]
    if ticket.status == "resolved" or becomes[-1:] != ["resolved"]:
        return []
    contact = state.contact
    language = (contact.language if contact else None) or ticket.language
    context = {
        "contact": {"name": contact.name, "address": contact.address} if contact else {},
        "ticket": {
            "ref": ticket.ref,
            "subject": ticket.subject,
            "status": "resolved",
            "priority": ticket.priority,
        },
        "desk": {"name": settings.desk.name},
        "match": {},
    }
    text = templates.render(settings, "rate", language, context)
    payload = {"text": text, "conversation": state.conversation_id, "buttons": stars(ticket.id)}
    return [Queue("prompt", ticket.channel, "out:{ticket}", payload)]


def stars(ticket_id: int) -> list[list[list[str]]]:
    """One row of buttons; each says which ticket it is about."""
    return [[[f"rate:{ticket_id}:{number}", f"{number} ★"] for number in range(1, STARS + 1)]]


def rated(settings: Settings, state: State, command: Rated, now: datetime) -> tuple[Change, ...]:
    language = settings.desk.agent_language
    return (
        AddEvent("rated", command.actor, {"rating": command.stars}),
        SetTicket({"updated_at": now}),
        *showing.notice(state, words.say(language, "customer_rated", stars=command.stars)),
    )


def commented(settings: Settings, state: State, command: Commented, now: datetime) -> tuple[Change, ...]:
    """Kept as a note of the customer's own, and shown as what it is."""
    ticket = state.ticket
    if ticket is None:
        return ()
    text = words.say(settings.desk.agent_language, "customer_commented", text=command.text)
    return (
        AddMessage("note", command.actor, command.text, command.text, now, ticket.channel),
        AddPost(command.chat.place, command.chat.message, "customer", NEW, surface="telegram"),
        AddEvent("rating_comment", command.actor, {"comment": command.text}),
        SetTicket({"updated_at": now}),
        *showing.notice(state, text),
    )


def blocked(settings: Settings, state: State, command: Blocked, now: datetime) -> tuple[Change, ...]:
    key = "customer_blocked" if command.blocked else "customer_unblocked"
    return (
        AddEvent("blocked" if command.blocked else "unblocked", command.actor),
        *showing.notice(state, words.say(settings.desk.agent_language, key)),
        RefreshCard(),
    )


def owned(settings: Settings, state: State, command: Owned, now: datetime) -> tuple[Change, ...]:
    ticket, language = state.ticket, settings.desk.agent_language
    if ticket is None:
        return ()
    data = {"address": command.address, "from": ticket.contact_id, "to": command.contact_id}
    change = SetTicket({"contact_id": command.contact_id, "updated_at": now})
    if command.undo is None:
        text = words.say(language, "contacts_parted")
        return (
            change,
            AddEvent("contacts_parted", command.actor, data),
            *showing.notice(state, text),
            RefreshCard(),
        )
    text = words.say(language, "contacts_joined", address=command.address)
    button = ("part_contacts", words.say(language, "part_contacts"), ticket.ref)
    return (
        change,
        AddEvent("contacts_joined", command.actor, {**data, "undo": dict(command.undo)}),
        *showing.notice(state, text, buttons=[button]),
        RefreshCard(),
    )


def _name(state: State) -> str:
    return (state.contact.name or state.contact.address) if state.contact else ""
