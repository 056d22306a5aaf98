"""The bot's voice and hands, for all that acts on an update: what it says goes through the outbox, what it does through the desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from deskd import rules, ruling
from deskd.chats import says
from deskd.chats.choosing import Standing
from deskd.chats.memory import Memory
from deskd.config import Settings, TelegramChannel
from deskd.desk import desk
from deskd.desk.changes import Queue
from deskd.desk.commands import Command
from deskd.desk.state import State
from deskd.filed import Filed
from deskd.model import Button
from deskd.model.chats import ChatUpdate
from deskd.parse.chat import chat_key, spoken
from deskd.store import Work, apply, chats, contacts, inbox, tickets
from deskd.store.inbox import InboxRow

Rows = Sequence[Sequence[Button]]


@dataclass(frozen=True, slots=True)
class Turn:
    """An update that is being acted on, and all that this takes: what is done goes into `work`, and `row` ends with it."""

    work: Work
    settings: Settings
    ruleset: rules.RuleSet
    channel: TelegramChannel
    row: InboxRow
    update: ChatUpdate
    now: datetime

    @property
    def key(self) -> str:
        """The exchange it belongs to (`deskd.parse.chat.chat_key`)."""
        return chat_key(self.update)

    @property
    def place(self) -> str:
        """Its chat, as `posts` names it."""
        return chats.place(self.row.channel, self.update.chat)

    @property
    def person(self) -> str:
        """The address of whoever did it."""
        return f"telegram:{self.update.user}"

    @property
    def actor(self) -> str:
        return f"contact:{self.person}"


def discarded(turn: Turn, reason: str) -> Filed:
    inbox.end(turn.work, turn.row.id, "discarded", reason=reason)
    return Filed("discarded", None, reason)


def applied(turn: Turn, ticket: int | None) -> Filed:
    inbox.end(turn.work, turn.row.id, "applied", ticket_id=ticket)
    return Filed("applied", ticket)


def done(
    work: Work, settings: Settings, ticket: int, command: Command, now: datetime, message: int | None = None
) -> int:
    """Have the desk do it; the ticket's id."""
    state = tickets.state(work, ticket, message)
    made = desk(settings, state, command, now)
    return apply.apply(work, state, made, now).ticket


def carried(turn: Turn, ticket: int, command: Command) -> int:
    """As `done`, and the rules are asked about it."""
    made = done(turn.work, turn.settings, ticket, command, turn.now)
    ruling.after(turn.work, turn.settings, turn.ruleset, command, made, turn.now)
    return made


# ── what is known of the chat ────────────────────────────────────────────────────────────────────────────────────────


def memory(turn: Turn) -> Memory:
    return chats.memory(turn.work, turn.row.channel, turn.key)


def remember(turn: Turn, kept: Memory) -> None:
    chats.remember(turn.work, turn.row.channel, turn.key, kept, turn.now)


def tickets_of(turn: Turn) -> tuple[Standing, ...]:
    """The newest first."""
    return chats.tickets_of(turn.work, turn.row.channel, turn.key)


# ── speaking ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def language_of(turn: Turn) -> str:
    """The contact's own choice, else what their app is set to, else the desk's first."""
    spoken_here = turn.settings.desk.languages
    contact = contacts.find(turn.work, turn.person)
    chosen = memory(turn).language or (contact.language if contact else None)
    return chosen or spoken(spoken_here, turn.update.language) or spoken_here[0]


def say(turn: Turn, key: str, buttons: Rows = (), **values: object) -> None:
    """A text of the bot's own (`deskd.chats.says`), in the customer's language."""
    tell(turn, says.say(language_of(turn), key, **values), buttons)


def tell(turn: Turn, text: str, buttons: Rows = ()) -> None:
    update = turn.update
    group = update.chat_kind != "private"
    payload = {
        "chat": update.chat,
        "thread": update.thread,
        "answers": update.message if group and update.kind == "message" else "",
        "text": text,
        "buttons": _told(buttons),
    }
    queue(turn, "prompt", f"chat:{turn.row.channel}:{update.chat}", payload)


def amend(turn: Turn, text: str, buttons: Rows = ()) -> None:
    """The message whose button was pressed reads so now."""
    chat, message = turn.update.chat, turn.update.message
    payload = {"chat": chat, "message": message, "text": text, "buttons": _told(buttons)}
    queue(turn, "amend", f"amend:{turn.row.channel}:{chat}:{message}", payload)


def queue(turn: Turn, kind: str, conversation: str, payload: Mapping[str, object]) -> None:
    made = Queue(kind, turn.row.channel, conversation[:300], payload)
    apply.apply(turn.work, State(None, None), (made,), turn.now)


def _told(buttons: Rows) -> list[list[list[str]]]:
    return [[[button.action, button.label] for button in line] for line in buttons]
