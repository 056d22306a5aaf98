"""`!contact`, `!history`, `!summary`: what an agent alone is shown; `!canned NAME`, `!kb words`; `!note text`."""

from __future__ import annotations

from collections.abc import Callable

from deskd.compose.mrkdwn import to_text
from deskd.desk.commands import Note
from deskd.desk.wider import Article, Canned, Look, Screen
from deskd.typed.asked import Asked
from deskd.typed.markup import literal
from deskd.typed.wrong import Wrong, quoted


def screen(which: Screen) -> Callable[[Asked], Look]:
    def read(asked: Asked) -> Look:
        if asked.rest:
            raise Wrong("takes_nothing", command=asked.name, found=quoted(literal(asked.rest)))
        return Look(asked.actor, which, asked.source)

    return read


def note(asked: Asked) -> Note:
    if not asked.rest:
        raise Wrong("needs_note")
    return Note(asked.actor, to_text(asked.rest, {}), asked.rest, asked.source)


def canned(asked: Asked) -> Canned:
    typed = literal(asked.rest).split()
    if len(typed) > 1:
        raise Wrong("one_name", found=quoted(" ".join(typed)))
    return Canned(asked.actor, typed[0].strip("`*_") if typed else "", asked.source)


def article(asked: Asked) -> Article:
    words = " ".join(literal(asked.rest).split())[:200]
    if not words:
        raise Wrong("needs_words")
    return Article(asked.actor, words, asked.source)
