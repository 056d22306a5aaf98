"""A ticket in a team's group: from views to words with their formatting, and to buttons. Pure.

What customers wrote stands there as it is: only the spans that are made here format anything. Telegram by itself makes a mention of @name and a command of /word,
which a tap would send in the agent's name: an invisible sign behind the first one keeps both from it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Final

from connectors.words import words
from deskd.model import Button, CardView, Post
from deskd.model.outgoing import Span, Words
from deskd.model.parting import split, units

MOST_NAME: Final = 128  # characters of a topic's name
MOST_SHOWN: Final = 12_000  # characters of one post: a group takes twenty messages a minute
MOST_DATA: Final = 64  # bytes that a button carries
_IN_A_ROW: Final = 30  # characters of the buttons that stand in one row
_PRIORITY_MARK = {"urgent": "🔴 ", "high": "🟠 ", "normal": "", "low": ""}
_LIVE = re.compile(r"(?<!\w)@(?=[A-Za-z])|(?<![\w/])/(?=[A-Za-z0-9_]{1,64}(?![\w/]))")
_JOINER: Final = "\u2060"  # WORD JOINER
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def topic_name(card: CardView) -> str:
    """`ACME-1042 · subject`, on one line."""
    return _cut(_headline(card), MOST_NAME)


def card(view: CardView, zone: tzinfo) -> Words:
    """What a ticket is, whose, and where it stands; times in `zone`."""
    say, text = words(view.language), _Text()
    text.add(_cut(_headline(view), 300), "bold")
    team = f"{view.team} · " if view.team else ""
    rows = [
        (say.contact, _cut(_one_line(view.contact), 500) or "?"),
        (say.status, say.statuses[view.status]),
        (say.priority, _PRIORITY_MARK[view.priority] + say.priorities[view.priority]),
        (say.team, team + say.level.format(level=view.level)),
        (say.assignee, view.assignee or say.nobody),
        (say.tags, ", ".join(view.tags)),
        (say.due, _time(view.due, zone)),
        (say.channel, view.channel),
        (say.opened, _time(view.created_at, zone)),
    ]
    for label, value in rows:
        if value:
            text.add("\n")
            text.add(f"{label}:", "bold")
            text.add(f" {_cut(_one_line(value), 500)}")
    if view.warning:
        text.add("\n⚠️ ")
        text.add(_cut(_one_line(view.warning), 800), "bold")
    return text.words()


def post(content: Post, language: str) -> tuple[Words, ...]:
    """Who wrote it, whom it calls, the text as it was written, and the names of its files; in several messages where it is long."""
    text = _Text()
    if content.author:
        text.add(_cut(_one_line(content.author), 80), "bold")
        text.add("\n")
    _call(text, content.mentions)
    _say(text, Words(content.text, content.spans), content.most or MOST_SHOWN, language)
    for name in content.attachments:
        text.add(f"\n📎 {_one_line(name)}")
    return split(text.words()) or (Words("—"),)


def to_one(user: str, name: str, said: str, language: str) -> tuple[Words, ...]:
    """An answer to one person, who is called by name: nobody else need look. To whom, nobody may know ("")."""
    text = _Text()
    if user:
        _call(text, (f"{user}:{name}",))
    _say(text, Words(said), MOST_SHOWN, language)
    return split(text.words())


def rows(buttons: Sequence[Button]) -> tuple[tuple[Button, ...], ...]:
    """The buttons in rows that a phone shows whole, each with all that its press says; one that can't carry that is left out."""
    found: list[list[Button]] = []
    for button in buttons:
        data = f"{button.action}:{button.value}" if button.value else button.action
        if len(data.encode()) > MOST_DATA:
            continue
        drawn = Button(data, _one_line(button.label), "")
        if found and sum(len(one.label) for one in (*found[-1], drawn)) <= _IN_A_ROW:
            found[-1].append(drawn)
        else:
            found.append([drawn])
    return tuple(tuple(row) for row in found)


def inert(text: str) -> str:
    """The same to the eye, with nothing in it that Telegram makes a mention or a command of."""
    return _LIVE.sub(lambda found: found.group() + _JOINER, text)


class _Text:
    """A text on its way, with its length so far in UTF-16 units."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._spans: list[Span] = []
        self._at = 0

    def add(self, text: str, *kinds: str, url: str = "") -> None:
        text = inert(text)
        length = units(text)
        self._spans += [Span(kind, self._at, length, url) for kind in kinds if length]  # type: ignore[arg-type]
        self._parts.append(text)
        self._at += length

    def add_formatted(self, words: Words) -> None:
        most = units(words.text)
        for span in words.spans if inert(words.text) == words.text else ():
            length = min(span.offset + span.length, most) - span.offset
            if length > 0:
                self._spans.append(Span(span.kind, self._at + span.offset, length, span.url))
        self.add(words.text)

    def words(self) -> Words:
        return Words("".join(self._parts), tuple(self._spans))


def _call(text: _Text, mentions: Sequence[str]) -> None:
    """People, as ID:NAME, and names alone of whoever has no id there."""
    for mention in mentions:
        user, _, name = mention.partition(":")
        if user.isdigit():
            text.add(_cut(_one_line(name), 64) or user, "text_mention", url=user)
        else:
            text.add(_cut(_one_line(mention), 64))
        text.add(" ")


def _say(text: _Text, said: Words, most: int, language: str) -> None:
    """The words, at most so many characters of them; a line says how much is left out."""
    whole = _clean(said.text).strip("\n")
    shown = whole[: min(most, MOST_SHOWN)]
    text.add_formatted(Words(shown, said.spans if whole == said.text else ()))
    if len(whole) > len(shown):
        text.add("\n")
        text.add(words(language).more.format(count=len(whole) - len(shown)), "italic")


def _headline(view: CardView) -> str:
    subject = _one_line(view.subject)
    return f"{view.ref} · {subject}" if subject else view.ref


def _time(moment: datetime | None, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment is not None else ""


def _clean(text: str) -> str:
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _one_line(text: str) -> str:
    return " ".join(_clean(text).split())


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
