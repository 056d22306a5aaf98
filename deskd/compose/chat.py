"""An agent's Slack message -> what a chat's program takes: texts with spans that say how they look, split where one reads best. Pure and total.

No markup is ever written: what somebody typed stays literally what it is, whatever it looks like (THREATS, Telegram). Offsets count UTF-16 code units.
https://core.telegram.org/bots/api#messageentity
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from deskd.compose.mrkdwn import pieces, quoted_runs
from deskd.compose.slack_inline import Code, Link, Styled, Text, flat, spans, unescape
from deskd.compose.slack_inline import Span as Inline
from deskd.model.outgoing import Span, Words

MOST: Final = 4096  # UTF-16 units of one message's text
MOST_CAPTION: Final = 1024  # of a file's

_KINDS: Final = {"bold": "bold", "italic": "italic", "strike": "strikethrough"}
_SENSE = (re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"[.!?…;:]\s+"), re.compile(r"\s+"))
"""Where a text may be parted, the best way first: between paragraphs, lines, sentences, words."""
_EARLIEST = 0.5  # of a part's length, before which a better kind of place is not looked for


def units(text: str) -> int:
    """A text's length in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def plain(text: str) -> Words:
    return Words(text.strip())


def to_words(mrkdwn: str, names: Mapping[str, str]) -> Words:
    """The message with its formatting. `names`: people's and groups' names by Slack id."""
    drawn = _Drawn()
    for fenced, piece in pieces(mrkdwn):
        if not piece.strip("\n"):
            continue
        drawn.line_end()
        if fenced:
            start = drawn.at
            drawn.add(unescape(flat(piece, names)))
            drawn.mark("pre", start)
            continue
        for quoted, lines in quoted_runs(piece):
            drawn.line_end()
            start = drawn.at
            for number, line in enumerate(lines):
                drawn.add("\n" if number else "")
                drawn.draw(spans(line, names))
            if quoted:
                drawn.mark("blockquote", start)
    return _trimmed(Words("".join(drawn.parts), tuple(drawn.spans)))


class _Drawn:
    """A text on its way, with its length so far in UTF-16 units."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.spans: list[Span] = []
        self.at = 0

    def add(self, text: str) -> None:
        if text:
            self.parts.append(text)
            self.at += units(text)

    def line_end(self) -> None:
        if self.parts and not self.parts[-1].endswith("\n"):
            self.add("\n")

    def mark(self, kind: str, start: int, url: str = "") -> None:
        if self.at > start:
            self.spans.append(Span(kind, start, self.at - start, url))  # type: ignore[arg-type]

    def draw(self, row: Iterable[Inline]) -> None:
        for one in row:
            start = self.at
            match one:
                case Text(text):
                    self.add(text)
                case Code(text):
                    self.add(text)
                    self.mark("code", start)
                case Link(url, label) if label == url or not url.startswith(("http://", "https://")):
                    self.add(label)  # Telegram finds addresses and numbers by itself
                case Link(url, label):
                    self.add(label)
                    self.mark("text_link", start, url)
                case Styled(style, inner):
                    self.draw(inner)
                    self.mark(_KINDS[style], start)


def split(words: Words, most: int = MOST) -> tuple[Words, ...]:
    """In parts of at most `most` units, each with its share of the spans; nothing for an empty text."""
    left = _trimmed(words)
    found: list[Words] = []
    while units(left.text) > most:
        at = _cut(left.text, most)
        head, tail = left.text[:at], left.text[at:]
        found.append(_trimmed(Words(head, tuple(_within(left.spans, 0, units(head))))))
        skip = units(head)
        left = _trimmed(Words(tail, tuple(_within(left.spans, skip, skip + units(tail)))))
    return tuple(part for part in (*found, left) if part.text)


def _cut(text: str, most: int) -> int:
    """How many characters go into the first part."""
    longest = _characters(text, most)
    head = text[:longest]
    for places in _SENSE:
        ends = [found.end() for found in places.finditer(head)]
        if ends and ends[-1] >= longest * _EARLIEST:
            return ends[-1]
    return longest


def _characters(text: str, most: int) -> int:
    """How many characters fit into `most` units: never half a pair, nor a sign without what joins it to the next."""
    room = most
    for number, character in enumerate(text[:most]):
        room -= 2 if ord(character) > 0xFFFF else 1
        if room < 0:
            while number > 1 and (text[number] in _JOINS or text[number - 1] == "\u200d"):
                number -= 1
            return number
    return min(len(text), most)


_JOINS = frozenset("\u200d\ufe0f\u20e3" + "".join(map(chr, range(0x1F3FB, 0x1F400))))


def _within(found: Iterable[Span], start: int, end: int) -> Iterator[Span]:
    for span in found:
        low, high = max(span.offset, start), min(span.offset + span.length, end)
        if low < high:
            yield replace(span, offset=low - start, length=high - low)


def _trimmed(words: Words) -> Words:
    """Without blanks at its ends, as Telegram shows it anyway: else the spans would be off."""
    text = words.text.rstrip()
    start = len(text) - len(text.lstrip())
    skip = units(text[:start])
    text = text[start:]
    return Words(text, tuple(_within(words.spans, skip, skip + units(text))))
