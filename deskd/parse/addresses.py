"""Address lists (RFC 5322 3.4, 4.4): groups are flattened, comments kept with the name, encoded words decoded.

One pass over the tokens, whatever comes; what holds no address is left out.
"""

from __future__ import annotations

import re

from deskd.errors import MalformedMessage
from deskd.model import Address
from deskd.parse import limits
from deskd.parse.words import decode_words, one_line, unfold

_ENCODED = r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?]{0,1000}\?="
_TOKEN = re.compile(
    rf"""(?P<word>{_ENCODED}) | (?P<quoted>"(?:[^"\\]|\\.)*+") | (?P<open>\() | <(?P<angle>(?:"[^"\\]{{0,200}}"|[^<>"])*+)>
       | (?P<mark>[,;:<>]) | (?P<escape>\\.) | (?P<space>\s+) | (?P<atom>[^"(<>,;:\\\s=]+|=) | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_QUOTED_LOCAL = re.compile(r'"[^"]{0,200}"@[^\s"]+')
_AROUND = re.compile(
    r"[ \t]{0,20}([@.])[ \t]{0,20}"
)  # white space that RFC 5322 4.4 allowed within an address
_PARENS = re.compile(r"[()\\]")
_SIMPLE = re.compile(r"(?:\"([^\"\\<>=]*)\"|((?!')[\w .'&+-]*?))\s*<([\w.+=/-]+@[\w.-]+)>\Z")
_BARE = re.compile(r"[\w.+=/-]+@[\w.-]+\Z")
_MAX_LENGTH = 500  # of one address; RFC 5321 allows 254


def parse_addresses(value: str, charset: str | None = None) -> tuple[Address, ...]:
    """All the mail addresses of one field's value. Raises `MalformedMessage` beyond `limits.ADDRESSES`."""
    value = unfold(value)
    if _BARE.match(value):
        return (Address("", value),)
    if (simple := _SIMPLE.match(value)) and "=?" not in value:
        return (Address((simple[1] or simple[2] or "").strip(), simple[3]),)
    found = _mail_only(parse_mailboxes(value, charset))
    if not found and "=?" in value:  # the whole field, address included, in encoded words
        decoded = decode_words(value, charset)
        if "@" in decoded and decoded != value:
            found = _mail_only(parse_mailboxes(decoded, charset))
    return found


def parse_mailboxes(value: str, charset: str | None = None) -> tuple[Address, ...]:
    """What stands between commas or in <>, mail address or not: List-* fields hold URLs there (RFC 2369 2)."""
    return tuple(_Reader(charset).read(unfold(value)))


def _mail_only(found: tuple[Address, ...]) -> tuple[Address, ...]:
    kept = []
    for each in found:
        address = each.address[7:] if each.address.lower().startswith("mailto:") else each.address
        if address.startswith("@") and ":" in address:  # a source route (RFC 5322 4.4)
            address = address.rpartition(":")[2]
        if "@" in address.strip("@") and "://" not in address:
            kept.append(Address(each.name, address))
    return tuple(kept)


class _Reader:
    """Collects the pieces of one mailbox until a comma, a semicolon or the end."""

    def __init__(self, charset: str | None) -> None:
        self.charset = charset
        self.found: list[Address] = []
        self._begin()

    def _begin(self) -> None:
        self.phrase: list[str] = []  # words before (or after) the address, white space among them
        self.comments: list[str] = []
        self.angle: str | None = None

    def read(self, value: str) -> list[Address]:
        last_semicolon = value.rfind(";")
        pos, end = 0, len(value)
        while pos < end:
            token = _TOKEN.match(value, pos)
            if token is None:
                break
            kind, text, pos = token.lastgroup, token[0], token.end()
            if kind == "open":
                text, pos = _comment(value, pos)
                self.comments.append(text)
            elif kind == "angle":
                if self.angle is not None and "@" in self.angle:
                    self._finish()  # the comma between two was forgotten
                self.angle = token["angle"]
            elif kind == "mark":
                self._mark(text, pos <= last_semicolon)
            elif kind == "quoted":
                local_part = value.startswith("@", pos)
                self.phrase.append(text if local_part else _unquote(text))
            else:
                self.phrase.append(text[1:] if kind == "escape" else text)
        self._finish()
        return self.found

    def _mark(self, mark: str, group_may_end: bool) -> None:
        if mark == ":" and group_may_end and self.angle is None:
            self._begin()  # what came before is a group's name (RFC 5322 3.4)
        elif mark == "," and self._is_surname():
            self.phrase.append(", ")  # Rossi, Maria <maria@…>, its quotes forgotten
        elif mark in ",;":
            self._finish()
        elif mark == ":":
            self.phrase.append(mark)
        else:
            self.phrase.append(" ")

    def _is_surname(self) -> bool:
        words = "".join(self.phrase)
        return (
            self.angle is None
            and not self.comments
            and bool(words.strip())
            and "@" not in words
            and "," not in words
        )

    def _finish(self) -> None:
        address = self.angle
        words = "".join(self.phrase)
        if address is None or (not address.strip() and "@" in words):
            address, words = _split_bare(words)
        address, within = _clean_address(address)
        self.comments.extend(within)
        if address:
            name = self._text(words)
            comment = " ".join(part for part in map(self._text, self.comments) if part)
            if comment:
                name = f"{name} ({comment})" if name else comment
            if len(self.found) >= limits.ADDRESSES:
                raise MalformedMessage(f"more than {limits.ADDRESSES} addresses in one field")
            self.found.append(Address(name, address))
        self._begin()

    def _text(self, words: str) -> str:
        text = one_line(" ".join(decode_words(words, self.charset).split()))
        return (
            text[1:-1] if len(text) > 2 and text[0] == text[-1] == "'" else text
        )  # as Outlook quotes a name


def _comment(value: str, pos: int) -> tuple[str, int]:
    """What stands between parentheses, nested or not, from just after the first. One that is never closed ends with the value."""
    depth, start = 1, pos
    for found in _PARENS.finditer(value, pos):
        if found.start() < pos:
            continue  # an escaped one
        if found[0] == "\\":
            pos = found.end() + 1
        else:
            depth += 1 if found[0] == "(" else -1
            if depth == 0:
                return value[start : found.start()].replace("\\", ""), found.end()
    return value[start:].replace("\\", ""), len(value)


def _unquote(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL) if "\\" in text else text[1:-1]


def _split_bare(words: str) -> tuple[str, str]:
    """`name user@host`, without <>: the address, and the rest as the name."""
    if "@" not in words:
        return "", words
    if quoted := _QUOTED_LOCAL.search(words):
        return quoted[0], words[: quoted.start()] + words[quoted.end() :]
    words = _AROUND.sub(r"\1", words) if " " in words.strip() else words
    pieces = words.split()
    at = next((i for i, piece in enumerate(pieces) if "@" in piece and not piece.startswith("=?")), -1)
    if at < 0:
        return "", words
    return pieces[at], " ".join(pieces[:at] + pieces[at + 1 :])


def _clean_address(address: str) -> tuple[str, list[str]]:
    """The address alone, or ""; and the comments that stood in it."""
    comments: list[str] = []
    if "(" in address:
        kept, pos = [], 0
        while (opened := address.find("(", pos)) >= 0:
            kept.append(address[pos:opened])
            comment, pos = _comment(address, opened + 1)
            comments.append(comment)
        address = "".join(kept) + address[pos:]
    if "=?" in address:
        address = decode_words(address)
    address = one_line("".join(address.split()) if '"' not in address else address.strip())
    return (address if len(address) <= _MAX_LENGTH else ""), comments
