"""Header values: unfolding, 8-bit bytes and encoded words (RFC 2047). One pass; never raises."""

from __future__ import annotations

import binascii
import re

from deskd.parse import charsets

_FOLD = re.compile(r"[ \t]*\r?[\n\r][ \t]*")
_OPENING = re.compile(r"=\?([^?\s]{1,60}?)(?:\*[^?\s]{0,40})?\?([bBqQ])\?")
_CLOSING = ("]", "}", ":")  # after these a program that tags subjects forgot the space before an encoded word
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")


def to_text(raw: bytes, charset: str | None = None) -> str:
    """A raw header value as text: 8-bit bytes as UTF-8, else as `charset`, else as Windows-1252. Still folded and encoded."""
    if raw.isascii():
        return raw.decode("ascii")
    return charsets.decode(raw, None, charset)[0]


def unfold(value: str) -> str:
    """RFC 5322 2.2.3, a run of white space around a line break becoming one space."""
    if "\n" in value or "\r" in value:
        value = _FOLD.sub(" ", value)
    return value.strip()


def decode_header(raw: bytes, charset: str | None = None) -> str:
    """A whole unstructured header value for people to read, on one line."""
    return one_line(decode_words(unfold(to_text(raw, charset)), charset))


def one_line(value: str) -> str:
    """No controls at all, no line breaks of any kind: safe as a header, a log line, a database text."""
    if value.isprintable():
        return value
    return "".join(
        c if c.isprintable() or c == "\u200d" else " " if c.isspace() else "" for c in charsets.clean(value)
    ).strip()


def decode_words(value: str, charset: str | None = None) -> str:
    """Every encoded word in `value` decoded; white space between two of them vanishes (RFC 2047 6.2).

    Neighbours in one charset and encoding are joined as bytes first: many programs cut in the middle of a character.
    A word that can't be decoded stays as it was written.
    """
    if "=?" not in value:
        return value
    out: list[str] = []
    pending: tuple[str, bytes] | None = None  # charset and bytes of words not yet decoded
    pos = 0
    while (start := value.find("=?", pos)) >= 0:
        opening = _OPENING.match(value, start)
        end = value.find("?=", opening.end()) if opening else -1
        if opening is None or end < 0:
            if value.find("?=", start) < 0:
                break
            _put(out, pending, charset)
            pending = None
            out.append(value[pos : start + 2])
            pos = start + 2
            continue
        between = value[pos:start]
        if pending is None or between.strip():
            _put(out, pending, charset)
            pending = None
            out.append(between)
            if between[-1:] in _CLOSING:
                out.append(" ")
        data = _word_bytes(opening[2], value[opening.end() : end])
        if pending and pending[0].lower() == opening[1].lower():
            pending = (pending[0], pending[1] + data)
        else:
            _put(out, pending, charset)
            pending = (opening[1], data)
        pos = end + 2
    _put(out, pending, charset)
    out.append(value[pos:])
    return "".join(out)


def _put(out: list[str], pending: tuple[str, bytes] | None, charset: str | None) -> None:
    if pending is not None:
        out.append(charsets.decode(pending[1], pending[0], charset)[0])


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "ignore")
    if encoding in "qQ":
        return _HEX.sub(lambda found: bytes((int(found[1], 16),)), data.replace(b"_", b" "))
    return base64_bytes(data)


_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


def base64_bytes(data: bytes) -> bytes:
    """Base64 (RFC 2045 6.8) as forgiving as can be: foreign characters skipped, missing padding added."""
    letters = _NOT_BASE64.sub(b"", data)
    rest = len(letters) % 4
    if rest == 1:  # one letter too many says nothing
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
