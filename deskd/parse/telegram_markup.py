"""What an agent wrote in Telegram -> the markup of agents' messages (Slack's mrkdwn), so that all behind it reads one form. Pure and total.

Telegram says apart from the text how it looks; what its author typed is never markup there. So characters that would be are written as entities which Slack
never sends (`&#42;`), and formatting that the markup can't express (in the middle of a word) is left out: the words always stay what they are.
https://core.telegram.org/bots/api#messageentity
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

from deskd.compose.chat import plain, to_words
from deskd.compose.emoji import EMOJI
from deskd.compose.front import front
from deskd.model.parting import trimmed
from deskd.parse.telegram import end_of, number_at, object_at, text_at

Json = Mapping[str, Any]

_STYLES: Final = {"bold": "*", "italic": "_", "strikethrough": "~"}
_ESCAPED: Final = re.compile(r"[&<>`]|(?<![^\W_])[*_~]|[*_~](?![^\W_])|:(?=([a-z0-9_+'-]{1,60}):)")
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;"}
_DEEPEST: Final = 8
_SLASH: Final = re.compile(r"[/／](\w+)(?:@\w+)?")


@dataclass(frozen=True, slots=True)
class _Mark:
    """How `text[start:end]` looks, or whom it calls."""

    start: int
    end: int
    before: str
    after: str


def to_markup(text: str, entities: Sequence[Json], known: Collection[str] = ()) -> str:
    """`known`: names, folded, that are understood where they are typed behind an @; another @name is marked as a mention of somebody unknown."""
    command = _command(entities)
    if command is not None:  # formatting around a command is no part of what was meant
        entities = [one for one in entities if number_at(one, "offset") >= end_of(command)]
    marks = _nested(_marks(text, entities, known))
    drawn = _drawn(text, marks)
    if to_words(drawn, {}).text != trimmed(plain(text)).text:
        drawn = _drawn(text, [mark for mark in marks if mark.before.startswith("<@")])
    return _as_command(drawn, chosen=command is not None)


def escaped(text: str) -> str:
    """A text that reads as itself in the markup."""

    def entity(found: re.Match[str]) -> str:
        sign = found.group()
        if sign == ":" and found.group(1) not in EMOJI:
            return sign
        return _ENTITIES.get(sign) or f"&#{ord(sign)};"

    return _ESCAPED.sub(entity, text)


def _command(entities: Sequence[Json]) -> Json | None:
    """What Telegram itself marks as a command, where the text begins with it; other entities may begin there too."""
    return next(
        (one for one in entities if text_at(one, "type") == "bot_command" and not number_at(one, "offset")),
        None,
    )


def _as_command(markup: str, *, chosen: bool) -> str:
    """`/claim@AcmeBot now` is `!claim now`, behind marks and unmarked too: what begins so is meant for the desk, and never for a customer."""
    at, _ = front(markup)
    found = _SLASH.match(markup, at)
    if found is None or not (chosen or found.group(1)[0].isalpha()):
        return markup
    return f"{markup[:at]}!{found.group(1)}{markup[found.end() :]}"


def _marks(text: str, entities: Sequence[Json], known: Collection[str]) -> Iterator[_Mark]:
    offsets = [0, *accumulate(2 if ord(character) > 0xFFFF else 1 for character in text)]
    for entity in entities:
        start, length = number_at(entity, "offset"), number_at(entity, "length")
        at, end = bisect_left(offsets, start), bisect_left(offsets, start + length)
        if at < end <= len(text):
            yield from _mark(text, at, end, entity, known)


def _mark(text: str, at: int, end: int, entity: Json, known: Collection[str]) -> Iterator[_Mark]:
    kind = text_at(entity, "type")
    match kind:
        case "text_mention":
            person = text_at(object_at(entity, "user"), "id")
            if person.isdecimal():
                yield _Mark(at, end, f"<@{person}|", ">")
        case "mention" if text[at:end].removeprefix("@").casefold() not in known:
            yield _Mark(at, end, "<@0|@", ">")
        case "bold" | "italic" | "strikethrough" | "code":
            sign = _STYLES.get(kind, "`")
            for start, stop in _pieces(text, at, end):
                if kind == "code" or not (
                    _in_word(text[start - 1 : start]) or _in_word(text[stop : stop + 1])
                ):
                    yield _Mark(start, stop, sign, sign)
        case "text_link":
            url = text_at(entity, "url").replace("|", "%7C").replace("<", "%3C").replace(">", "%3E")
            yield from (_Mark(*piece, f"<{escaped(url)}|", ">") for piece in _pieces(text, at, end))
        case "pre":
            yield _Mark(at, end, "```\n", "\n```")
        case "blockquote" | "expandable_blockquote":
            yield from (_Mark(*line, "&gt; ", "") for line in _lines(text, at, end))


def _in_word(character: str) -> bool:
    return character.isalnum()


def _lines(text: str, at: int, end: int) -> Iterator[tuple[int, int]]:
    for line in text[at:end].split("\n"):
        yield at, at + len(line)
        at += len(line) + 1


def _pieces(text: str, at: int, end: int) -> Iterator[tuple[int, int]]:
    """A mark ends with its line, and stands at the edge of a word."""
    for start, stop in _lines(text, at, end):
        line = text[start:stop]
        if line.strip():
            yield start + len(line) - len(line.lstrip()), stop - len(line) + len(line.rstrip())


def _nested(marks: Iterator[_Mark]) -> list[_Mark]:
    """Outer marks first; one that crosses another's edge is left out, and so is what lies too deep."""
    kept: list[_Mark] = []
    open_: list[_Mark] = []
    for mark in sorted(marks, key=lambda one: (one.start, -one.end)):
        open_ = [one for one in open_ if one.end > mark.start]
        if len(open_) < _DEEPEST and all(mark.end <= one.end for one in open_):
            kept.append(mark)
            open_.append(mark)
    return kept


def _drawn(text: str, marks: Sequence[_Mark]) -> str:
    """`marks` are nested, outer ones first."""
    drawn: list[str] = []
    open_: list[_Mark] = []
    at = 0
    for mark in (*marks, _Mark(len(text), len(text), "", "")):
        while open_ and open_[-1].end <= mark.start:
            ended = open_.pop()
            drawn += [escaped(text[at : ended.end]), ended.after]
            at = ended.end
        drawn += [escaped(text[at : mark.start]), mark.before]
        at = mark.start
        open_.append(mark)
    return "".join(drawn)
