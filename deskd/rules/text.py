"""A text that rules look at, with the forms they need of it made when first asked for, once."""

from __future__ import annotations

from typing import Final

from deskd.rules.folding import words
from deskd.rules.patterns import Pattern, PatternSet

MAX_TEXT: Final = 256 * 1024
"""Characters of a text that rules see: what comes after costs time and decides nothing."""

_SHOWN: Final = 60


class Text:
    """One value: a subject, an address, a tag. `raw` is as it came, cut at `MAX_TEXT` characters."""

    __slots__ = ("_folded", "_matching", "_phrases", "_set", "_utf8", "_words", "raw")

    def __init__(self, raw: str, patterns: PatternSet | None = None) -> None:
        self.raw = raw if len(raw) <= MAX_TEXT else raw[:MAX_TEXT]
        self._set = patterns
        self._folded: str | None = None
        self._utf8: bytes | None = None
        self._words: frozenset[bytes] | None = None
        self._phrases: bytes | None = None
        self._matching: frozenset[Pattern] | None = None

    @property
    def folded(self) -> str:
        """Without regard to case (not accents): what equality, `contains`, `starts` and `ends` compare."""
        if self._folded is None:
            self._folded = self.raw.casefold()
        return self._folded

    @property
    def utf8(self) -> bytes:
        """What patterns search: at most `MAX_TEXT` bytes, so that all but the heaviest see as much by themselves as in a set."""
        if self._utf8 is None:
            self._utf8 = self.raw.encode("utf-8", "replace")[:MAX_TEXT]
        return self._utf8

    @property
    def words(self) -> frozenset[bytes]:
        """Its words, case and accents folded."""
        if self._words is None:
            self._words = frozenset(words(self.raw))
        return self._words

    @property
    def phrases(self) -> bytes:
        """Its words in order with one blank before and after each, to find several in a row."""
        if self._phrases is None:
            self._phrases = b" " + b" ".join(words(self.raw)) + b" "
        return self._phrases

    @property
    def matching(self) -> frozenset[Pattern]:
        """Those of its field's patterns that match in it."""
        if self._matching is None:
            self._matching = self._set.matching(self.utf8) if self._set is not None else frozenset()
        return self._matching

    def matches(self, pattern: Pattern) -> bool:
        if self._set is None or pattern not in self._set.members:
            return pattern.holds(self.utf8)
        return pattern in self.matching

    def shown(self) -> str:
        """For people: its beginning, on one line."""
        return one_line(self.raw[: _SHOWN + 1])

    def around(self, start: int, end: int) -> str:
        """For people: the bytes from `start` to `end` of its UTF-8 and some of what stands around them."""
        if len(self.utf8) <= _SHOWN:
            return one_line(self.raw)
        margin = max(_SHOWN - (end - start), 0) // 2
        before = self.utf8[max(start - margin, 0) : start].decode("utf-8", "ignore")
        inside = self.utf8[start : min(end, start + _SHOWN)].decode("utf-8", "ignore")
        after = self.utf8[end : end + margin].decode("utf-8", "ignore")
        left = "…" if start > margin else ""
        right = "…" if end + margin < len(self.utf8) else ""
        return left + " ".join(f"{before}{inside}{after}".split()) + right


def one_line(text: str) -> str:
    """`text` with its line breaks and runs of blanks as one blank, at most 60 characters."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
