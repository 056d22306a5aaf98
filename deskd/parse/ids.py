"""Message-ID, In-Reply-To and References (RFC 5322 3.6.4): ids without <>, each once, loops and rubbish left out."""

from __future__ import annotations

import re

from deskd.parse import limits
from deskd.parse.words import one_line, unfold

_ID = re.compile(r"<([^<>]{1,2000})>")
_MAX_LENGTH = 998  # RFC 5322 2.1.1: it has to fit a line


def parse_ids(value: str) -> tuple[str, ...]:
    """The ids of one field in the order written. Without any <…>, each word that has an @ counts, or the only word there is."""
    value = unfold(value)
    found = [_clean(each) for each in _ID.findall(value)]
    if not found:
        words = [word.strip("<>\"'(),;") for word in value.split()]
        found = [word for word in words if "@" in word] or (words if len(words) == 1 else [])
        found = [_clean(each) for each in found]
    return tuple(dict.fromkeys(each for each in found if each and len(each) <= _MAX_LENGTH))


def parse_references(value: str) -> tuple[str, ...]:
    """The same for References, bounded: the oldest and the newest of a very long list."""
    found = parse_ids(value)
    return found if len(found) <= limits.REFERENCES else found[:1] + found[1 - limits.REFERENCES :]


def _clean(text: str) -> str:
    return one_line("".join(text.split()))
