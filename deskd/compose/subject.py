"""Header texts made of what people wrote: subjects and names in which nothing is left that a header could be broken with. No I/O."""

from __future__ import annotations

import re
import unicodedata

_PREFIXES = "re|r|fw|fwd|i|rif|aw|wg|antw|antwort|tr|rv|res|enc|sv|vs|vb|odp|ynt|ref|回复|答复|转发"  # en it de fr es pt sv nl pl tr zh
_PREFIX = re.compile(rf"(?:{_PREFIXES})(?:\s?\[\d+\]|\s?\(\d+\)|\^\d+)?\s?[:：]\s*", re.IGNORECASE)
_LONGEST_SUBJECT = 200  # characters; more is a letter
_LONGEST_NAME = 100
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # they can turn an address round
_SEPARATORS = ("Cc", "Cs", "Zl", "Zp")


def reply_subject(subject: str, ref: str) -> str:
    """`Re: Fattura 118 [ACME-1042]`, however many prefixes and tags the subject already has."""
    bare = one_line(re.sub(re.escape(f"[{ref}]"), " ", subject, flags=re.IGNORECASE))
    while (found := _PREFIX.match(bare)) is not None:
        bare = bare[found.end() :]
    return " ".join(part for part in ("Re:", _shortened(bare, _LONGEST_SUBJECT), f"[{ref}]") if part)


def display_name(name: str) -> str:
    """A person's name as it may stand in an address header."""
    return _shortened(one_line(name), _LONGEST_NAME)


def file_name(name: str) -> str:
    """An attachment's name as it may stand in a header's parameter: without what ends a quoted string, its ending kept."""
    plain = one_line(name).replace('"', "'").replace("\\", "_")
    if len(plain) > _LONGEST_NAME:
        stem, dot, ending = plain.rpartition(".")
        plain = f"{stem[: _LONGEST_NAME - 20]}…{dot}{ending[:16]}"
    return plain or "file"


def one_line(text: str) -> str:
    """Printable text on one line: controls, line and paragraph separators and lone surrogates become spaces, direction marks go.

    `=?` is taken apart: it would be read as the beginning of an encoded word (RFC 2047), which can hold anything, line ends too.
    """
    kept = "".join(" " if unicodedata.category(c) in _SEPARATORS else c for c in text if c not in _BIDI)
    return " ".join(kept.replace("=?", "= ?").split())


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
