"""Acts on one update of a chat's program: a customer's words become a ticket's, edits versions; commands and buttons are answered (`conversing.py`).

All in one unit of work, with the row's end. Who somebody is follows from the program's authenticated user id alone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from deskd import bot, conversing, filing, rules
from deskd.chats.choosing import choose
from deskd.chats.memory import Memory, counted
from deskd.config import Settings, TelegramChannel
from deskd.desk import desk
from deskd.desk.chats import Blocked, Commented, InChat, Joined, origin
from deskd.desk.commands import Revised
from deskd.desk.state import KnownMessage
from deskd.errors import TemporaryFailure
from deskd.filed import Filed, Understood
from deskd.model import AuthVerdict, Joining
from deskd.model.chats import ChatUpdate
from deskd.parse.chat import chat_key, understand_update
from deskd.store import Work, apply, chats, clues, enclosed, inbox, positions, tickets
from deskd.store.inbox import InboxRow

BOT_NAME = "bot"
"""The place among the account's positions under which the bot's own name is kept."""


def act(
    work: Work,
    settings: Settings,
    ruleset: rules.RuleSet,
    row: InboxRow,
    update: ChatUpdate,
    now: datetime,
    candidate: rules.RuleSet | None = None,
) -> Filed:
    """The row ends as filed, applied, duplicate, or discarded with the reason why nobody acts on it."""
    channel = settings.channels.get(row.channel)
    if not isinstance(channel, TelegramChannel):
        raise TemporaryFailure(f"no Telegram channel {row.channel!r} is configured any more")
    match update.kind:
        case "other":
            return bot.discarded(work, row, update.reason)
        case "moved":
            chats.moved(work, row.channel, update.chat, update.moved_to)
            return bot.applied(work, row, None)
        case "member":
            return _membership(work, settings, row, update, now)
        case "press":
            return conversing.pressed(work, settings, ruleset, channel, row, update, now)
    if update.bot:
        return bot.discarded(work, row, "written by a bot")
    if not _for_us(work, row, channel, update):
        return bot.discarded(work, row, "in a group, and not addressed to the bot")
    if update.kind == "edit" and (revised := _edit(work, settings, row, update, now)) is not None:
        return revised
    if (answered := conversing.commanded(work, settings, ruleset, channel, row, update, now)) is not None:
        return answered
    return _message(work, settings, ruleset, channel, row, update, now, candidate)


# ── whom it is for ───────────────────────────────────────────────────────────────────────────────────────────────────


def _for_us(work: Work, row: InboxRow, channel: TelegramChannel, update: ChatUpdate) -> bool:
    """In a group the bot is spoken to by its name, or by an answer to it. Raises `TemporaryFailure` while its name isn't known."""
    if update.chat_kind == "private":
        return True
    own = channel.token.get_secret_value().partition(":")[0]
    if update.answers_user == own or own in update.mentions:
        return True
    if not update.mentions and not update.command:
        return False
    name = positions.of(work, row.channel).get(BOT_NAME)
    if name is None:
        raise TemporaryFailure("the bot's own name isn't known yet")
    return name.lower() in (*update.mentions, update.called)


# ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _message(
    work: Work,
    settings: Settings,
    ruleset: rules.RuleSet,
    channel: TelegramChannel,
    row: InboxRow,
    update: ChatUpdate,
    now: datetime,
    candidate: rules.RuleSet | None,
) -> Filed:
    where, key = chats.place(row.channel, update.chat), chat_key(update)
    message = understand_update(update, row.channel, settings.desk.languages)
    clues.lock(work, message)
    first = clues.of_fingerprint(work, message.fingerprint)
    if first is not None and not update.album:
        return _again(work, row, first)
    memory = chats.memory(work, row.channel, key)
    at = update.date or row.received_at
    if update.album and first is not None:
        if chats.posted(work, where, update.message) is not None:
            return _again(work, row, first)
        return _piece(work, settings, row, update, where, first, now)
    if memory.commenting and at.timestamp() <= memory.commenting_until and not update.files:
        return _comment(work, settings, row, update, where, memory, now)
    memory = counted(memory, at, channel.flood.per)
    chat = InChat(
        where,
        update.message,
        update.files,
        bool(update.album),
        quiet=memory.count > channel.flood.messages,
        told=memory.count == channel.flood.messages + 1,
    )
    joining = _joining(work, channel, row, update, where, key, memory, now)
    tags = memory.tags if joining.ticket is None else ()
    found = Understood(message, AuthVerdict(), thread_key=key, chat=chat, joining=joining, tags=tags)
    filed = filing.file(work, settings, ruleset, row, found, now, candidate)
    if joining.ticket is None:
        memory = replace(memory, fresh=False, tags=())
    chats.remember(work, row.channel, key, replace(memory, commenting=0), now)
    return filed


def _joining(
    work: Work,
    channel: TelegramChannel,
    row: InboxRow,
    update: ChatUpdate,
    where: str,
    key: str,
    memory: Memory,
    now: datetime,
) -> Joining:
    answered = chats.posted(work, where, update.answers) if update.answers else None
    ticket = chats.follow(work, answered["ticket_id"]) if answered is not None else None
    theirs = ticket is not None and any(
        one.ticket == ticket.id for one in chats.tickets_of(work, row.channel, key)
    )
    return choose(
        chats.tickets_of(work, row.channel, key),
        chats.standing(ticket) if ticket is not None and theirs else None,
        fresh=memory.fresh,
        reopen=channel.reopen,
        now=now,
    )


def _again(work: Work, row: InboxRow, message: int) -> Filed:
    ticket = tickets.of_message(work, message)
    inbox.end(
        work,
        row.id,
        "duplicate",
        reason="the same message is here already",
        message_id=message,
        ticket_id=ticket,
    )
    return Filed("duplicate", ticket)


def _piece(
    work: Work, settings: Settings, row: InboxRow, update: ChatUpdate, where: str, first: int, now: datetime
) -> Filed:
    """An album comes one file a message: all of them are one."""
    ticket = tickets.of_message(work, first)
    if ticket is None:
        raise LookupError(f"no ticket holds message {first}")
    chat = InChat(where, update.message, update.files, album=True)
    known = -1 if chats.waits(work, first, "file") else len(enclosed.named(work, first))
    actor = f"contact:telegram:{update.user}"
    bot.done(work, settings, ticket, Joined(actor, row.channel, chat, update.text, known), now, first)
    inbox.end(work, row.id, "filed", message_id=first, ticket_id=ticket)
    return Filed("filed", ticket)


def _comment(
    work: Work,
    settings: Settings,
    row: InboxRow,
    update: ChatUpdate,
    where: str,
    memory: Memory,
    now: datetime,
) -> Filed:
    chat = InChat(where, update.message)
    command = Commented(f"contact:telegram:{update.user}", update.text, chat)
    ticket = bot.done(work, settings, memory.commenting, command, now)
    chats.remember(work, row.channel, chat_key(update), replace(memory, commenting=0), now)
    bot.say(work, settings, row, update, "thanks", now)
    return bot.applied(work, row, ticket)


def _edit(work: Work, settings: Settings, row: InboxRow, update: ChatUpdate, now: datetime) -> Filed | None:
    """A version of what was written; None where the desk never had it: then it is news."""
    known = chats.posted(work, chats.place(row.channel, update.chat), update.message)
    if known is None or known["message_id"] is None or known["role"] != "customer":
        return None
    state = tickets.state(work, known["ticket_id"], known["message_id"])
    if state.message is None or state.message.author != f"contact:telegram:{update.user}":
        return bot.discarded(work, row, "an edit by someone else than its author")
    command = _revised(work, row, state.message, update)
    apply.apply(work, state, desk(settings, state, command, now), now)
    return bot.applied(work, row, known["ticket_id"])


def _revised(work: Work, row: InboxRow, message: KnownMessage, update: ChatUpdate) -> Revised:
    """With the file, where it isn't the one that stood there."""
    chat = InChat(chats.place(row.channel, update.chat), update.message, update.files)
    held = enclosed.origin_of(work, message.id, update.message)
    new = next((found for file in update.files if (found := origin(chat, file))), "")
    known = len(enclosed.named(work, message.id))
    if not new or held == new or (held is None and known):
        return Revised(message.author, update.text)
    return Revised(message.author, update.text, row.channel, chat, max(0, known - (held is not None)))


# ── who is there ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _membership(work: Work, settings: Settings, row: InboxRow, update: ChatUpdate, now: datetime) -> Filed:
    """A person blocks the bot, or lets it in again; in groups the program tells it of those who did it, and no ticket hears of that."""
    key = update.chat if update.chat_kind == "private" else ""
    memory = chats.memory(work, row.channel, key or update.chat)
    if memory.blocked == (not update.member):
        return bot.discarded(work, row, "the bot was let in" if update.member else "the bot is out already")
    chats.remember(work, row.channel, key or update.chat, replace(memory, blocked=not update.member), now)
    theirs = chats.tickets_of(work, row.channel, key) if key else ()
    open_ones = [one for one in theirs if one.status in ("new", "open", "pending", "hold")]
    if not open_ones:
        return bot.applied(work, row, None)
    command = Blocked(f"contact:telegram:{update.user}", not update.member)
    return bot.applied(work, row, bot.done(work, settings, open_ones[0].ticket, command, now))
