"""A text with its formatting, parted where one reads best. Pure and total; lengths and offsets count UTF-16 code units.

https://core.telegram.org/bots/api#messageentity
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from deskd.model.outgoing import Span, Words

MOST: Final = 4096  # UTF-16 units of one message's text

_SENSE = (re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"[.!?…;:]\s+"), re.compile(r"\s+"))
"""Where a text may be parted, the best way first: between paragraphs, lines, sentences, words."""
_EARLIEST = 0.5  # of a part's length, before which a better kind of place is not looked for


def units(text: str) -> int:
    """A text's length in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(words: Words, most: int = MOST) -> tuple[Words, ...]:
    """In parts of at most `most` units, each with its share of the spans; nothing for an empty text."""
    left = trimmed(words)
    found: list[Words] = []
    while units(left.text) > most:
        at = _cut(left.text, most)
        head, tail = left.text[:at], left.text[at:]
        found.append(trimmed(Words(head, tuple(_within(left.spans, 0, units(head))))))
        skip = units(head)
        left = trimmed(Words(tail, tuple(_within(left.spans, skip, skip + units(tail)))))
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


def trimmed(words: Words) -> Words:
    """Without blanks at its ends, as Telegram shows it anyway: else the spans would be off."""
    text = words.text.rstrip()
    start = len(text) - len(text.lstrip())
    skip = units(text[:start])
    text = text[start:]
    return Words(text, tuple(_within(words.spans, skip, skip + units(text))))
