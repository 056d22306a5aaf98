"""The bot's own part of a chat: commands, the menu, how it was. In the unit of work of the update; what it says goes through the outbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from deskd import bot, linking
from deskd.bot import Turn
from deskd.chats import menu, says
from deskd.config import Settings
from deskd.desk.chats import STARS, Rated
from deskd.desk.commands import SetStatus
from deskd.filed import Filed
from deskd.model import Button
from deskd.parse.chat import spoken
from deskd.shelf import shelves
from deskd.store import chats, contacts, tickets

COMMENT_WITHIN: Final = timedelta(minutes=15)
_OPEN: Final = ("new", "open", "pending", "hold")

Rows = Sequence[Sequence[Button]]
_Answer = Callable[[Turn], int | None]


# ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def commanded(turn: Turn) -> Filed | None:
    """The row's end where it is a command of the bot's; any other is a message like all."""
    answer = _COMMANDS.get(turn.update.command)
    if answer is None or turn.update.kind != "message":
        return None
    return bot.applied(turn, answer(turn))


def _start(turn: Turn) -> int | None:
    if turn.update.argument and turn.update.chat_kind == "private":
        return linking.brought(turn, turn.update.argument)
    language = bot.language_of(turn)
    text = says.say(language, "hello", desk=turn.settings.desk.name)
    if turn.channel.menu:
        text += "\n\n" + says.say(language, "choose")
    bot.tell(turn, text, menu.top(turn.channel.menu, language))
    return None


def _new(turn: Turn) -> int | None:
    memory = bot.memory(turn)
    bot.remember(turn, replace(memory, fresh=True, tags=(), commenting=0))
    bot.say(turn, "fresh")
    return None


def _status(turn: Turn) -> int | None:
    language = bot.language_of(turn)
    theirs = [one for one in bot.tickets_of(turn) if one.status in _OPEN]
    if not theirs:
        bot.tell(turn, says.say(language, "none"))
        return None
    lines = [says.say(language, "yours")]
    for one in theirs:
        ticket = tickets.load(turn.work, one.ticket)
        subject = ticket.subject if ticket else ""
        lines.append(f"{one.ref} · {subject} · {says.say(language, one.status)}")
    bot.tell(turn, "\n".join(lines))
    return theirs[0].ticket


def _close(turn: Turn) -> int | None:
    """The customer's own word that all is well. What they write later reopens it, as ever."""
    theirs = [one for one in bot.tickets_of(turn) if one.status in _OPEN]
    if not theirs:
        bot.say(turn, "none")
        return None
    bot.say(turn, "closed_now", ref=theirs[0].ref)
    command = SetStatus(turn.actor, "resolved", "the customer closed it")
    return bot.carried(turn, theirs[0].ticket, command)


def _help(turn: Turn) -> int | None:
    language = bot.language_of(turn)
    lines = [says.say(language, "help"), ""]
    lines += [f"/{name}: {says.say(language, f'cmd_{name}')}" for name in says.COMMANDS]
    bot.tell(turn, "\n".join(lines))
    return None


def _language(turn: Turn) -> int | None:
    wanted = spoken(turn.settings.desk.languages, turn.update.argument) if turn.update.argument else None
    if wanted is not None:
        _speak(turn, wanted)
        bot.say(turn, "language_set")
        return None
    buttons = [
        [Button(f"language:{code}", says.say(code, "language_name"), "")]
        for code in turn.settings.desk.languages
    ]
    bot.say(turn, "which_language", buttons)
    return None


def _link(turn: Turn) -> int | None:
    if turn.update.chat_kind != "private" or not turn.update.argument:
        bot.say(turn, "link_how")
        return None
    if "@" in turn.update.argument:
        return linking.asked(turn, turn.update.argument)
    return linking.brought(turn, turn.update.argument)


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


def pressed(turn: Turn) -> Filed:
    """A button under a message of the bot's. It is acknowledged whatever it was, so that the customer's app stops waiting."""
    kind, _, rest = turn.update.data.partition(":")
    ticket: int | None = None
    text = ""
    if kind == "menu":
        _choose(turn)
    elif kind == "language" and rest in turn.settings.desk.languages:
        _speak(turn, rest)
        bot.amend(turn, says.say(rest, "language_set"))
    elif kind == "join":
        text = "" if linking.confirmed(turn, rest) else says.say(bot.language_of(turn), "gone")
    elif kind in ("rate", "unsolved", "enough"):
        ticket = _rating(turn, kind, rest)
        text = "" if ticket else says.say(bot.language_of(turn), "gone")
    else:
        text = says.say(bot.language_of(turn), "gone")
    bot.queue(turn, "ack", f"ack:{turn.update.query}", {"query": turn.update.query, "text": text})
    return bot.applied(turn, ticket)


def _choose(turn: Turn) -> None:
    language = bot.language_of(turn)
    if turn.update.data == menu.PREFIX:
        bot.amend(turn, says.say(language, "what_about"), menu.top(turn.channel.menu, language))
        return
    found = menu.chosen(turn.channel.menu, turn.update.data, language)
    if found is None:
        bot.amend(turn, says.say(language, "gone"), menu.top(turn.channel.menu, language))
        return
    if found.below:
        bot.amend(turn, found.title, found.below)
        return
    back = [[Button(menu.PREFIX, says.say(language, "back"), "")]]
    article = _article(turn.settings, found.article, language) if found.article else ""
    memory = bot.memory(turn)
    bot.remember(turn, replace(memory, fresh=True, tags=found.tags, commenting=0))
    if article:
        bot.amend(turn, f"{article}\n\n{says.say(language, 'not_answered')}", back)
    else:
        bot.amend(turn, says.say(language, "write_about", title=found.title), back)


def _article(settings: Settings, name: str, language: str) -> str:
    pieces = shelves.pieces(settings, "knowledge")
    piece = next((one for one in pieces if one.name == name.casefold()), None)
    if piece is None:
        return ""
    text = piece.text_in((language, *settings.desk.languages, "en"))
    return "\n\n".join(part for part in (piece.title, text, piece.link) if part)


def _speak(turn: Turn, language: str) -> None:
    """From now on the customer is answered in this language, wherever they write."""
    memory = bot.memory(turn)
    bot.remember(turn, replace(memory, language=language))
    contact = contacts.find_or_add(turn.work, turn.person, turn.update.name, turn.now)
    chats.set_language(turn.work, contact.id, language)


def _rating(turn: Turn, kind: str, rest: str) -> int | None:
    """How it was: the ticket it is about, if it is this chat's. The stars may be followed by a comment, or by word that it isn't solved."""
    number, _, stars = rest.partition(":")
    theirs = {one.ticket: one for one in bot.tickets_of(turn)}
    ticket = theirs.get(int(number)) if number.isdecimal() and len(number) < 19 else None
    if ticket is None:
        return None
    memory = bot.memory(turn)
    language = bot.language_of(turn)
    if kind == "rate" and stars.isdecimal() and 1 <= int(stars[:2]) <= STARS:
        bot.done(turn.work, turn.settings, ticket.ticket, Rated(turn.actor, int(stars)), turn.now)
        until = (turn.now + COMMENT_WITHIN).timestamp()
        memory = replace(memory, commenting=ticket.ticket, commenting_until=until)
        buttons = [
            [Button(f"unsolved:{ticket.ticket}", says.say(language, "not_solved"), "")],
            [Button(f"enough:{ticket.ticket}", says.say(language, "no_comment"), "")],
        ]
        bot.amend(turn, says.say(language, "rated", stars=stars), buttons)
    else:
        memory = replace(memory, commenting=0)
        if kind == "unsolved" and ticket.status == "resolved":
            bot.carried(turn, ticket.ticket, SetStatus(turn.actor, "open", "the customer says so"))
            bot.amend(turn, says.say(language, "reopened", ref=ticket.ref))
        else:
            bot.amend(turn, says.say(language, "thanks"))
    bot.remember(turn, memory)
    return ticket.ticket
