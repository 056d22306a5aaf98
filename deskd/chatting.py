"""Acts on one update of a chat's program: a customer's words become a ticket's, edits versions; commands and buttons are answered (`conversing.py`).

All in one unit of work, with the row's end. Who somebody is follows from the program's authenticated user id alone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from deskd import bot, conversing, filing, rules
from deskd.bot import Turn
from deskd.chats.choosing import choose
from deskd.chats.memory import Memory, counted
from deskd.config import Settings, TelegramChannel
from deskd.desk import desk
from deskd.desk.chats import Blocked, Commented, InChat, Joined
from deskd.desk.commands import Revised
from deskd.desk.state import KnownMessage
from deskd.errors import TemporaryFailure
from deskd.filed import Filed, Understood
from deskd.files import origin
from deskd.model import AuthVerdict, Joining
from deskd.model.chats import ChatUpdate
from deskd.parse.chat import understand_update, without_tokens
from deskd.store import Work, apply, chats, clues, enclosed, inbox, positions, tickets
from deskd.store.inbox import InboxRow


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
    turn = Turn(work, settings, ruleset, channel, row, without_tokens(update), now)
    match update.kind:
        case "other":
            return bot.discarded(turn, update.reason)
        case "moved":
            chats.moved(work, row.channel, update.chat, update.moved_to)
            return bot.applied(turn, None)
        case "member":
            return _membership(turn)
        case "press":
            return conversing.pressed(turn)
    if update.bot:
        return bot.discarded(turn, "written by a bot")
    if not _for_us(turn):
        return bot.discarded(turn, "in a group, and not addressed to the bot")
    if update.kind == "edit" and (revised := _edit(turn)) is not None:
        return revised
    if (answered := conversing.commanded(turn)) is not None:
        return answered
    return _message(turn, candidate)


# ── whom it is for ───────────────────────────────────────────────────────────────────────────────────────────────────


def _for_us(turn: Turn) -> bool:
    """In a group the bot is spoken to by its name, or by an answer to it. Raises `TemporaryFailure` while its name isn't known."""
    update = turn.update
    if update.chat_kind == "private":
        return True
    own = turn.channel.token.get_secret_value().partition(":")[0]
    if update.answers_user == own or own in update.mentions:
        return True
    if not update.mentions and not update.command:
        return False
    name = positions.of(turn.work, turn.row.channel).get(positions.BOT_NAME)
    if name is None:
        raise TemporaryFailure("the bot's own name isn't known yet")
    return name.lower() in (*update.mentions, update.called)


# ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _message(turn: Turn, candidate: rules.RuleSet | None) -> Filed:
    work, channel, row, update = turn.work, turn.channel, turn.row, turn.update
    message = understand_update(update, row.channel, turn.settings.desk.languages)
    clues.lock(work, message)
    first = clues.of_fingerprint(work, message.fingerprint)
    if first is not None and not update.album:
        return _again(turn, first)
    memory = bot.memory(turn)
    at = update.date or row.received_at
    if update.album and first is not None:
        if chats.posted(work, turn.place, update.message) is not None:
            return _again(turn, first)
        return _piece(turn, first)
    if memory.commenting and at.timestamp() <= memory.commenting_until and not update.files:
        return _comment(turn, memory)
    memory = counted(memory, at, channel.flood.per)
    chat = InChat(
        turn.place,
        update.message,
        update.files,
        bool(update.album),
        quiet=memory.count > channel.flood.messages,
        told=memory.count == channel.flood.messages + 1,
    )
    joining = _joining(turn, memory)
    tags = memory.tags if joining.ticket is None else ()
    found = Understood(message, AuthVerdict(), thread_key=turn.key, chat=chat, joining=joining, tags=tags)
    filed = filing.file(work, turn.settings, turn.ruleset, row, found, turn.now, candidate)
    if joining.ticket is None:
        memory = replace(memory, fresh=False, tags=())
    bot.remember(turn, replace(memory, commenting=0))
    return filed


def _joining(turn: Turn, memory: Memory) -> Joining:
    work, update, theirs = turn.work, turn.update, bot.tickets_of(turn)
    answered = chats.posted(work, turn.place, update.answers) if update.answers else None
    ticket = chats.follow(work, answered["ticket_id"]) if answered is not None else None
    return choose(
        theirs,
        next((one for one in theirs if ticket is not None and one.ticket == ticket.id), None),
        fresh=memory.fresh,
        reopen=turn.channel.reopen,
        now=turn.now,
    )


def _again(turn: Turn, message: int) -> Filed:
    ticket = tickets.of_message(turn.work, message)
    inbox.end(
        turn.work,
        turn.row.id,
        "duplicate",
        reason="the same message is here already",
        message_id=message,
        ticket_id=ticket,
    )
    return Filed("duplicate", ticket)


def _piece(turn: Turn, first: int) -> Filed:
    """An album comes one file a message: all of them are one."""
    work, row, update = turn.work, turn.row, turn.update
    ticket = tickets.of_message(work, first)
    if ticket is None:
        raise LookupError(f"no ticket holds message {first}")
    chat = InChat(turn.place, update.message, update.files, album=True)
    known = -1 if chats.waits(work, first, "file") else len(enclosed.named(work, first))
    command = Joined(turn.actor, row.channel, chat, update.text, known)
    bot.done(work, turn.settings, ticket, command, turn.now, first)
    inbox.end(work, row.id, "filed", message_id=first, ticket_id=ticket)
    return Filed("filed", ticket)


def _comment(turn: Turn, memory: Memory) -> Filed:
    command = Commented(turn.actor, turn.update.text, InChat(turn.place, turn.update.message))
    ticket = bot.done(turn.work, turn.settings, memory.commenting, command, turn.now)
    bot.remember(turn, replace(memory, commenting=0))
    bot.say(turn, "thanks")
    return bot.applied(turn, ticket)


def _edit(turn: Turn) -> Filed | None:
    """A version of what was written; None where the desk never had it: then it is news."""
    work, now = turn.work, turn.now
    known = chats.posted(work, turn.place, turn.update.message)
    if known is None or known["message_id"] is None or known["role"] != "customer":
        return None
    state = tickets.state(work, known["ticket_id"], known["message_id"])
    if state.message is None or state.message.author != turn.actor:
        return bot.discarded(turn, "an edit by someone else than its author")
    apply.apply(work, state, desk(turn.settings, state, _revised(turn, state.message), now), now)
    return bot.applied(turn, known["ticket_id"])


def _revised(turn: Turn, message: KnownMessage) -> Revised:
    """With the file, where it isn't the one that stood there."""
    update = turn.update
    chat = InChat(turn.place, update.message, update.files)
    held = enclosed.origin_of(turn.work, message.id, update.message)
    new = next((found for file in update.files if (found := origin(chat.message, file.unique))), "")
    known = len(enclosed.named(turn.work, message.id))
    if not new or held == new or (held is None and known):
        return Revised(message.author, update.text)
    return Revised(message.author, update.text, turn.row.channel, chat, max(0, known - (held is not None)))


# ── who is there ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _membership(turn: Turn) -> Filed:
    """A person blocks the bot, or lets it in again; in groups the program tells it of those who did it, and no ticket hears of that."""
    work, update, channel = turn.work, turn.update, turn.row.channel
    memory = chats.memory(work, channel, update.chat)
    if memory.blocked == (not update.member):
        return bot.discarded(turn, "the bot was let in" if update.member else "the bot is out already")
    chats.remember(work, channel, update.chat, replace(memory, blocked=not update.member), turn.now)
    theirs = chats.tickets_of(work, channel, update.chat) if update.chat_kind == "private" else ()
    open_ones = [one for one in theirs if one.status in ("new", "open", "pending", "hold")]
    if not open_ones:
        return bot.applied(turn, None)
    command = Blocked(turn.actor, not update.member)
    return bot.applied(turn, bot.done(work, turn.settings, open_ones[0].ticket, command, turn.now))
