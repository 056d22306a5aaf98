"""Content-Type and Content-Disposition: the value and its parameters (RFC 2045 5.1, RFC 2183, RFC 2231).

Forgiving where programs sin: missing semicolons, spaces in unquoted file names, encoded words where RFC 2231 belongs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from deskd.parse import charsets
from deskd.parse.words import decode_words, unfold

_MAX_PARAMETERS = 200
_PARAMETER = re.compile(r"[;\s]*([^=;\s\"]{1,100})\s*=[ \t]*", re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)("?)', re.DOTALL)
_NEXT = re.compile(
    r"\s[A-Za-z][\w-]{0,40}(?:\*\d{0,3}\*?)?\s{0,3}=(?![?=])"
)  # another parameter, its semicolon forgotten
_ESCAPED = re.compile(r'\\(["\\])')
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)
_COMMENT = re.compile(r"\([^()]*\)")
_NAMES = ("name", "filename")


@dataclass(frozen=True, slots=True)
class ContentType:
    """`type` is lower case (`text/plain`); parameters by lower-case name, decoded."""

    type: str
    parameters: dict[str, str]

    @property
    def charset(self) -> str | None:
        return self.parameters.get("charset")

    @property
    def boundary(self) -> bytes:
        return self.parameters.get("boundary", "").rstrip().encode("utf-8", "surrogateescape")


def parse_content_type(value: str, default: str = "text/plain") -> ContentType:
    """A Content-Type field. What is no type at all gives `default`, with the parameters still read."""
    kind, parameters = parse_parameters(value)
    main, _, sub = kind.partition("/")
    main, sub = main.strip(), sub.strip()
    if not main or (not sub and main not in ("text", "multipart")):
        return ContentType(default, parameters)
    if not sub:
        sub = "plain" if main == "text" else "mixed"
    return ContentType(f"{main}/{sub}", parameters)


def parse_parameters(value: str) -> tuple[str, dict[str, str]]:
    """`value; name=…` -> (value in lower case without comments and white space, parameters by lower-case name)."""
    if "\n" in value or "\r" in value:
        value = unfold(value)
    head, _, rest = value.partition(";")
    if "=" in head and (found := _NEXT.search(head)):
        head, rest = head[: found.start()], head[found.start() :] + ";" + rest
    kind = "".join(_COMMENT.sub("", head[:1000]).split()).lower() if "(" in head else head.strip().lower()
    if " " in kind:
        kind = "".join(kind.split()) if "/" in kind and kind.count(" ") <= 3 else kind.split()[0]
    if "=" not in rest:
        return kind, {}
    return kind, _join_continuations(_read_pairs(rest))


def _read_pairs(text: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    pos = 0
    while len(pairs) < _MAX_PARAMETERS:
        found = _PARAMETER.match(text, pos)
        if found is None:
            pos = text.find(";", pos) + 1
            if not pos:
                break
            continue
        name, pos = found[1].lower(), found.end()
        if text.startswith('"', pos) and (quoted := _QUOTED.match(text, pos)):
            pos = quoted.end()
            # A backslash in a plain file name is a Windows path, not an escape, unless a quote or another follows it.
            pairs.append((name, (_QUOTED_PAIR if "*" in name else _ESCAPED).sub(r"\1", quoted[1])))
            continue
        stop = text.find(";", pos)
        stop = len(text) if stop < 0 else stop
        if another := _NEXT.search(text, pos, stop):
            stop = another.start()
        written = text[pos:stop].strip()
        pos = stop
        if "(" in written and not name.startswith(_NAMES):
            written = _COMMENT.sub("", written[:1000]).strip()
        if written:
            pairs.append((name, written))
    return pairs


def _join_continuations(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """RFC 2231 3 and 4: `name*0*=…; name*1=…` and `name*=utf-8''…` become one value; they win over a plain `name`."""
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for name, value in pairs:
        base, star, index = name.partition("*")
        if not star:
            plain.setdefault(name, decode_words(value) if "=?" in value else value)
        elif base:
            number = index.rstrip("*")
            order = int(number) if number.isdigit() and len(number) < 6 else 0
            pieces.setdefault(base, []).append((order, name.endswith("*"), value))
    for base, found in pieces.items():
        plain[base] = _decode_pieces(sorted(found, key=lambda piece: piece[0]))
    return plain


def _decode_pieces(pieces: list[tuple[int, bool, str]]) -> str:
    charset = ""
    data = b""
    for number, (_, encoded, value) in enumerate(pieces):
        if encoded and number == 0 and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
        elif encoded and charset:  # some repeat the charset in each piece
            value = value.removeprefix(f"{charset}''").removeprefix(f"{charset}'")
        data += unquote_to_bytes(value) if encoded else value.encode("utf-8", "ignore")
    text = charsets.decode(data, charset or None)[0]
    return decode_words(text) if "=?" in text else text
