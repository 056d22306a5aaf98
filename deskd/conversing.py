"""The bot's own part of a chat: commands, the menu, how it was. In the unit of work of the update; what it says goes through the outbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from deskd import bot, linking, rules
from deskd.chats import menu, says
from deskd.config import Settings, TelegramChannel
from deskd.desk.chats import STARS, Rated
from deskd.desk.commands import SetStatus
from deskd.filed import Filed
from deskd.model import Button
from deskd.model.chats import ChatUpdate
from deskd.parse.chat import chat_key, spoken
from deskd.shelf import shelves
from deskd.store import Work, chats, contacts, tickets
from deskd.store.inbox import InboxRow

COMMENT_WITHIN: Final = timedelta(minutes=15)
_OPEN: Final = ("new", "open", "pending", "hold")

Rows = Sequence[Sequence[Button]]
_Answer = Callable[
    [Work, Settings, rules.RuleSet, TelegramChannel, InboxRow, ChatUpdate, datetime], int | None
]


# ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def commanded(
    work: Work,
    settings: Settings,
    ruleset: rules.RuleSet,
    channel: TelegramChannel,
    row: InboxRow,
    update: ChatUpdate,
    now: datetime,
) -> Filed | None:
    """The row's end where it is a command of the bot's; any other is a message like all."""
    answer = _COMMANDS.get(update.command)
    if answer is None or update.kind != "message":
        return None
    return bot.applied(work, row, answer(work, settings, ruleset, channel, row, update, now))


def _start(
    work: Work,
    settings: Settings,
    ruleset: rules.RuleSet,
    channel: TelegramChannel,
    row: InboxRow,
    update: ChatUpdate,
    now: datetime,
) -> int | None:
    if update.argument and update.chat_kind == "private":
        return linking.brought(work, settings, row, update, update.argument, now)
    language = bot.language_of(work, settings, row, update)
    text = says.say(language, "hello", desk=settings.desk.name)
    if channel.menu:
        text += "\n\n" + says.say(language, "choose")
    bot.tell(work, row, update, text, now, menu.top(channel.menu, language))
    return None


def _new(
    work: Work,
    settings: Settings,
    ruleset: rules.RuleSet,
    channel: TelegramChannel,
    row: InboxRow,
    update: ChatUpdate,
    now: datetime,
) -> int | None:
    key = chat_key(update)
    memory = chats.memory(work, row.channel, key)
    chats.remember(work, row.channel, key, replace(memory, fresh=True, tags=(), commenting=0), now)
    bot.say(work, settings, row, update, "fresh", now)
    return None


def _status(
    work: Work,
    settings: Settings,
    ruleset: rules.RuleSet,
    channel: TelegramChannel,
    row: InboxRow,
    update: ChatUpdate,
    now: datetime,
) -> int | None:
    language = bot.language_of(work, settings, row, update)
    theirs = [one for one in chats.tickets_of(work, row.channel, chat_key(update)) if one.status in _OPEN]
    if not theirs:
        bot.tell(work, row, update, says.say(language, "none"), now)
        return None
    lines = [says.say(language, "yours")]
    for one in theirs:
        ticket = tickets.load(work, one.ticket)
        subject = ticket.subject if ticket else ""
        lines.append(f"{one.ref} · {subject} · {says.say(language, one.status)}")
    bot.tell(work, row, update, "\n".join(lines), now)
    return theirs[0].ticket


def _close(
    work: Work,
    settings: Settings,
    ruleset: rules.RuleSet,
    channel: TelegramChannel,
    row: InboxRow,
    update: ChatUpdate,
    now: datetime,
) -> int | None:
    """The customer's own word that all is well. What they write later reopens it, as ever."""
    theirs = [one for one in chats.tickets_of(work, row.channel, chat_key(update)) if one.status in _OPEN]
    if not theirs:
        bot.say(work, settings, row, update, "none", now)
        return None
    bot.say(work, settings, row, update, "closed_now", now, ref=theirs[0].ref)
    command = SetStatus(f"contact:telegram:{update.user}", "resolved", "the customer closed it")
    return bot.carried(work, settings, ruleset, theirs[0].ticket, command, now)


def _help(
    work: Work,
    settings: Settings,
    ruleset: rules.RuleSet,
    channel: TelegramChannel,
    row: InboxRow,
    update: ChatUpdate,
    now: datetime,
) -> int | None:
    language = bot.language_of(work, settings, row, update)
    lines = [says.say(language, "help"), ""]
    lines += [f"/{name}: {says.say(language, f'cmd_{name}')}" for name in says.COMMANDS]
    bot.tell(work, row, update, "\n".join(lines), now)
    return None


def _language(
    work: Work,
    settings: Settings,
    ruleset: rules.RuleSet,
    channel: TelegramChannel,
    row: InboxRow,
    update: ChatUpdate,
    now: datetime,
) -> int | None:
    wanted = spoken(settings.desk.languages, update.argument) if update.argument else None
    if wanted is not None:
        _speak(work, settings, row, update, wanted, now)
        bot.say(work, settings, row, update, "language_set", now)
        return None
    buttons = [
        [Button(f"language:{code}", says.say(code, "language_name"), "")] for code in settings.desk.languages
    ]
    bot.say(work, settings, row, update, "which_language", now, buttons)
    return None


def _link(
    work: Work,
    settings: Settings,
    ruleset: rules.RuleSet,
    channel: TelegramChannel,
    row: InboxRow,
    update: ChatUpdate,
    now: datetime,
) -> int | None:
    if update.chat_kind != "private" or not update.argument:
        bot.say(work, settings, row, update, "link_how", now)
        return None
    if "@" in update.argument:
        return linking.asked(work, settings, row, update, update.argument, now)
    return linking.brought(work, settings, row, update, update.argument, now)


_COMMANDS: Final[Mapping[str, _Answer]] = {
    "start": _start,
    "new": _new,
    "status": _status,
    "close": _close,
    "help": _help,
    "language": _language,
    "link": _link,
}


# ── buttons ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def pressed(
    work: Work,
    settings: Settings,
    ruleset: rules.RuleSet,
    channel: TelegramChannel,
    row: InboxRow,
    update: ChatUpdate,
    now: datetime,
) -> Filed:
    """A button under a message of the bot's. It is acknowledged whatever it was, so that the customer's app stops waiting."""
    kind, _, rest = update.data.partition(":")
    ticket: int | None = None
    text = ""
    if kind == "menu":
        _choose(work, settings, channel, row, update, now)
    elif kind == "language" and rest in settings.desk.languages:
        _speak(work, settings, row, update, rest, now)
        bot.amend(work, row, update, says.say(rest, "language_set"), now)
    elif kind in ("rate", "unsolved", "enough"):
        ticket = _rating(work, settings, ruleset, row, update, kind, rest, now)
        text = "" if ticket else says.say(bot.language_of(work, settings, row, update), "gone")
    else:
        text = says.say(bot.language_of(work, settings, row, update), "gone")
    bot.queue(work, row, "ack", f"ack:{update.query}", {"query": update.query, "text": text}, now)
    return bot.applied(work, row, ticket)


def _choose(
    work: Work, settings: Settings, channel: TelegramChannel, row: InboxRow, update: ChatUpdate, now: datetime
) -> None:
    language = bot.language_of(work, settings, row, update)
    if update.data == menu.PREFIX:
        bot.amend(work, row, update, says.say(language, "what_about"), now, menu.top(channel.menu, language))
        return
    found = menu.chosen(channel.menu, update.data, language)
    if found is None:
        bot.amend(work, row, update, says.say(language, "gone"), now, menu.top(channel.menu, language))
        return
    if found.below:
        bot.amend(work, row, update, found.title, now, found.below)
        return
    back = [[Button(menu.PREFIX, says.say(language, "back"), "")]]
    article = _article(settings, found.article, language) if found.article else ""
    key = chat_key(update)
    memory = chats.memory(work, row.channel, key)
    chats.remember(work, row.channel, key, replace(memory, fresh=True, tags=found.tags, commenting=0), now)
    if article:
        bot.amend(work, row, update, f"{article}\n\n{says.say(language, 'not_answered')}", now, back)
    else:
        bot.amend(work, row, update, says.say(language, "write_about", title=found.title), now, back)


def _article(settings: Settings, name: str, language: str) -> str:
    pieces = shelves.pieces(settings, "knowledge")
    piece = next((one for one in pieces if one.name == name.casefold()), None)
    if piece is None:
        return ""
    text = piece.text_in((language, *settings.desk.languages, "en"))
    return "\n\n".join(part for part in (piece.title, text, piece.link) if part)


def _speak(
    work: Work, settings: Settings, row: InboxRow, update: ChatUpdate, language: str, now: datetime
) -> None:
    """From now on the customer is answered in this language, wherever they write."""
    key = chat_key(update)
    memory = chats.memory(work, row.channel, key)
    chats.remember(work, row.channel, key, replace(memory, language=language), now)
    contact = contacts.find_or_add(work, f"telegram:{update.user}", update.name, now)
    chats.set_language(work, contact.id, language)


def _rating(
    work: Work,
    settings: Settings,
    ruleset: rules.RuleSet,
    row: InboxRow,
    update: ChatUpdate,
    kind: str,
    rest: str,
    now: datetime,
) -> int | None:
    """How it was: the ticket it is about, if it is this chat's. The stars may be followed by a comment, or by word that it isn't solved."""
    number, _, stars = rest.partition(":")
    key, actor = chat_key(update), f"contact:telegram:{update.user}"
    theirs = {one.ticket: one for one in chats.tickets_of(work, row.channel, key)}
    ticket = theirs.get(int(number)) if number.isdecimal() and len(number) < 19 else None
    if ticket is None:
        return None
    memory = chats.memory(work, row.channel, key)
    language = bot.language_of(work, settings, row, update)
    if kind == "rate" and stars.isdecimal() and 1 <= int(stars[:2]) <= STARS:
        bot.done(work, settings, ticket.ticket, Rated(actor, int(stars)), now)
        until = (now + COMMENT_WITHIN).timestamp()
        memory = replace(memory, commenting=ticket.ticket, commenting_until=until)
        buttons = [
            [Button(f"unsolved:{ticket.ticket}", says.say(language, "not_solved"), "")],
            [Button(f"enough:{ticket.ticket}", says.say(language, "no_comment"), "")],
        ]
        bot.amend(work, row, update, says.say(language, "rated", stars=stars), now, buttons)
    else:
        memory = replace(memory, commenting=0)
        if kind == "unsolved" and ticket.status == "resolved":
            bot.carried(
                work, settings, ruleset, ticket.ticket, SetStatus(actor, "open", "the customer says so"), now
            )
            bot.amend(work, row, update, says.say(language, "reopened", ref=ticket.ref), now)
        else:
            bot.amend(work, row, update, says.say(language, "thanks"), now)
    chats.remember(work, row.channel, key, memory, now)
    return ticket.ticket
