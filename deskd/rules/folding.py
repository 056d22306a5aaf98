"""Text -> whole words with case and accents folded, so that PERCHÉ, perche and a decomposed é are one word.

Words are runs of letters and digits of any script, as UTF-8; all else, the apostrophe and the underscore too, stands between
words. Time is linear in the text, whatever it holds.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]+")

# One byte to one byte, for what Latin-1 can write: letters without case and accent, digits, and spaces for all else.
_KEEP: Final = 0x80  # UTF-8 beyond ASCII: folded already


def _ascii_byte(byte: int) -> int:
    char = chr(byte)
    return ord(char.lower()) if char.isascii() and char.isalnum() else byte if byte >= _KEEP else 0x20


_TO_WORDS: Final = bytes(_ascii_byte(byte) for byte in range(256))


class _Folded(dict[str, str]):
    """Folded forms of characters and runs of them beyond ASCII, kept because a language has few.

    Each character by itself: to normalise a long run at once takes the square of its length where its accents are out of order.
    """

    _LIMIT: Final = 50_000  # some 10 MB, if someone sends all of them

    def __missing__(self, run: str) -> str:
        if len(run) == 1:
            folded = "".join(map(_fold_char, unicodedata.normalize("NFKD", run.casefold()).casefold()))
        else:
            folded = "".join(self[char] for char in run)
        if len(run) <= 4 and len(self) < self._LIMIT:
            self[run] = folded
        return folded


def _fold_char(char: str) -> str:
    category = unicodedata.category(char)[0]
    if category == "M":
        return ""
    return char if category in "LN" else " "


_RUNS: Final = _Folded()


def _latin_byte(byte: int) -> int:
    folded = _RUNS[chr(byte)] if byte >= _KEEP else chr(_ascii_byte(byte))
    return ord(folded) if len(folded) == 1 and folded.isascii() else 0x20


_EXPANDING: Final = bytes(
    byte for byte in range(0x80, 0x100) if len(_RUNS[chr(byte)]) > 1 or not _RUNS[chr(byte)].isascii()
)
_LATIN_TO_WORDS: Final = bytes(_latin_byte(byte) for byte in range(256))
_TYPOGRAPHY: Final = "’‘“”–—…€\u200b"


def folded(text: str) -> bytes:
    """`text` with case and accents folded and blanks for all that is no letter or digit, UTF-8."""
    latin = _as_latin(text)
    if latin is not None:
        return latin.translate(_LATIN_TO_WORDS)
    return _BEYOND_ASCII.sub(lambda run: _RUNS[run[0]], text).encode("utf-8", "replace").translate(_TO_WORDS)


def _as_latin(text: str) -> bytes | None:
    """`text` in Latin-1 where one byte can stand for each folded character: nearly every mail in Europe's west, at memory's speed."""
    if text.isascii():
        return text.encode("ascii")
    for char in _TYPOGRAPHY:
        if char in text:
            text = text.replace(char, " ")
    try:
        latin = text.encode("latin-1")
    except UnicodeEncodeError:
        return None
    return latin if len(latin.translate(None, _EXPANDING)) == len(latin) else None


def words(text: str) -> list[bytes]:
    """The words of `text`, folded, in order."""
    return folded(text).split()
