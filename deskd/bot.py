"""The bot's voice and hands, for all that acts on an update: what it says goes through the outbox, what it does through the desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from deskd import rules, ruling
from deskd.chats import says
from deskd.config import Settings
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


def discarded(work: Work, row: InboxRow, reason: str) -> Filed:
    inbox.end(work, row.id, "discarded", reason=reason)
    return Filed("discarded", None, reason)


def applied(work: Work, row: InboxRow, ticket: int | None) -> Filed:
    inbox.end(work, row.id, "applied", ticket_id=ticket)
    return Filed("applied", ticket)


def done(
    work: Work, settings: Settings, ticket: int, command: Command, now: datetime, message: int | None = None
) -> int:
    """Have the desk do it; the ticket's id."""
    state = tickets.state(work, ticket, message)
    made = desk(settings, state, command, now)
    return apply.apply(work, state, made, now).ticket


def carried(
    work: Work, settings: Settings, ruleset: rules.RuleSet, ticket: int, command: Command, now: datetime
) -> int:
    state = tickets.state(work, ticket)
    made = apply.apply(work, state, desk(settings, state, command, now), now)
    ruling.after(work, settings, ruleset, command, made.ticket, now)
    return made.ticket


# ── speaking ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def language_of(work: Work, settings: Settings, row: InboxRow, update: ChatUpdate) -> str:
    """The contact's own choice, else what their app is set to, else the desk's first."""
    contact = contacts.find(work, f"telegram:{update.user}")
    chosen = chats.memory(work, row.channel, chat_key(update)).language or (
        contact.language if contact else None
    )
    return chosen or spoken(settings.desk.languages, update.language) or settings.desk.languages[0]


def say(
    work: Work,
    settings: Settings,
    row: InboxRow,
    update: ChatUpdate,
    key: str,
    now: datetime,
    buttons: Rows = (),
    **values: object,
) -> None:
    """A text of the bot's own (`deskd.chats.says`), in the customer's language."""
    text = says.say(language_of(work, settings, row, update), key, **values)
    tell(work, row, update, text, now, buttons)


def tell(work: Work, row: InboxRow, update: ChatUpdate, text: str, now: datetime, buttons: Rows = ()) -> None:
    group = update.chat_kind != "private"
    payload = {
        "chat": update.chat,
        "thread": update.thread,
        "answers": update.message if group and update.kind == "message" else "",
        "text": text,
        "buttons": _told(buttons),
    }
    queue(work, row, "prompt", f"chat:{row.channel}:{update.chat}", payload, now)


def amend(
    work: Work, row: InboxRow, update: ChatUpdate, text: str, now: datetime, buttons: Rows = ()
) -> None:
    """The message whose button was pressed reads so now."""
    payload = {"chat": update.chat, "message": update.message, "text": text, "buttons": _told(buttons)}
    queue(work, row, "amend", f"amend:{row.channel}:{update.chat}:{update.message}", payload, now)


def queue(
    work: Work, row: InboxRow, kind: str, conversation: str, payload: Mapping[str, object], now: datetime
) -> None:
    apply.apply(work, State(None, None), (Queue(kind, row.channel, conversation[:300], payload),), now)


def _told(buttons: Rows) -> list[list[list[str]]]:
    return [[[button.action, button.label] for button in line] for line in buttons]
