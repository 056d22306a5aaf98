"""`!canned` and `!kb`: what an agent is shown of the texts that lie ready, and how one of them goes to the customer. In the unit of work of the gesture."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from deskd import inviting, words
from deskd.config import Settings
from deskd.desk.answering import hold_of
from deskd.desk.commands import Reply, Tell
from deskd.desk.state import State
from deskd.desk.wider import Article, Canned, SendPiece
from deskd.errors import CommandRefused
from deskd.handoff import cut, name_of
from deskd.model import Ticket
from deskd.shelf import article as shelf
from deskd.shelf import shelves
from deskd.shelf.article import Piece
from deskd.store import Work, history
from deskd.templates.filling import fill, fixed_words

LISTED: Final = 15
_START: Final = 400  # characters of an article
_PREVIEW: Final = 6_000
TWICE: Final = timedelta(minutes=1)
"""One text pressed twice within this time goes once."""


def canned(work: Work, settings: Settings, state: State, command: Canned) -> Tell:
    """Without a name a list, those first that fit the ticket's tags; with one its text as the customer would get it."""
    ticket, language = _ticket(state), settings.desk.agent_language
    pieces = shelves.pieces(settings, "canned")
    if not pieces:
        raise CommandRefused(words.say(language, "no_canned"))
    if not command.name:
        lines = [
            f"• {piece.name} – {piece.title}" + (f" ({', '.join(piece.tags)})" if piece.tags else "")
            for piece in shelf.fitting(pieces, ticket.tags)[:LISTED]
        ]
        more = ["…"] if len(pieces) > LISTED else []
        return Tell(command.source, "\n".join([words.say(language, "canned_head"), *lines, *more]))
    piece = _named(settings, pieces, command.name)
    text = cut(filled(work, settings, state, ticket, piece, command.actor), _PREVIEW)
    label = words.say(language, "send_to_customer")
    button = ("send_canned", label, f"{ticket.ref}:{piece.name}")
    return Tell(
        command.source, f"{words.say(language, 'canned_preview', name=piece.name)}\n\n{text}", (button,)
    )


def article(settings: Settings, state: State, command: Article) -> Tell:
    """The best three articles for these words, each with a button that sends it."""
    ticket, language = _ticket(state), settings.desk.agent_language
    found = shelf.search(shelves.pieces(settings, "knowledge"), command.words)
    if not found:
        raise CommandRefused(words.say(language, "kb_nothing", words=command.words))
    wanted = (language, *settings.desk.languages)
    shown = [
        "\n".join(part for part in (f"📖 {one.title}", cut(one.text_in(wanted), _START), one.link) if part)
        for one in found
    ]
    buttons = tuple(
        (
            f"send_article_{number}",
            words.say(language, "send_article", title=words.start_of(one.title, 40)),
            f"{ticket.ref}:{one.name}",
        )
        for number, one in enumerate(found)
    )
    return Tell(command.source, "\n\n".join(shown), buttons)


def send(work: Work, settings: Settings, state: State, command: SendPiece, now: datetime) -> Reply:
    """The text for this customer, in their language, as it lies on the shelf now: held, shown and marked like a typed reply."""
    ticket = _ticket(state)
    piece = _named(settings, shelves.pieces(settings, command.kind), command.name)
    text = (
        filled(work, settings, state, ticket, piece, command.actor)
        if command.kind == "canned"
        else "\n\n".join(
            part for part in (piece.text_in(languages_of(settings, state, ticket)), piece.link) if part
        )
    )
    before = history.last_sent(work, ticket.id)
    if before is not None and before.text == text and now - before.at < TWICE:
        raise CommandRefused(words.say(settings.desk.agent_language, "already_sent"))
    hold = hold_of(settings, command.source)
    return Reply(
        command.actor, text, text, command.source, hold, shown=True, by=f"{command.kind} {piece.name}"
    )


def _named(settings: Settings, pieces: tuple[Piece, ...], name: str) -> Piece:
    found = next((piece for piece in pieces if piece.name == name.casefold()), None)
    if found is None:
        near = shelf.search(pieces, name.replace("-", " "))
        names = ", ".join(piece.name for piece in near or pieces[:LISTED])
        raise CommandRefused(words.say(settings.desk.agent_language, "no_such_text", name=name, names=names))
    return found


def filled(work: Work, settings: Settings, state: State, ticket: Ticket, piece: Piece, actor: str) -> str:
    """A canned reply as this customer would get it from this agent."""
    contact = state.contact
    source = piece.text_in(languages_of(settings, state, ticket))
    context = {
        "contact": {"name": contact.name, "address": contact.address} if contact else {},
        "ticket": {
            "ref": ticket.ref,
            "subject": ticket.subject,
            "status": ticket.status,
            "priority": ticket.priority,
        },
        "desk": {"name": settings.desk.name},
        "telegram_link": inviting.to_contact(work, settings, ticket, copied=True),
        "agent": {"name": name_of(settings, actor)},
    }
    made = fill(source, context)
    return fixed_words(source) if made is None else made


def languages_of(settings: Settings, state: State, ticket: Ticket) -> tuple[str, ...]:
    """What a customer is written in, the best first."""
    own = state.contact.language if state.contact else None
    return (*([own] if own else []), ticket.language, *settings.desk.languages, "en")


def _ticket(state: State) -> Ticket:
    if state.ticket is None:
        raise CommandRefused("there is no such ticket")
    return state.ticket
