"""The header lines of an outgoing mail, as bytes that hold what was given and nothing else (RFC 5322 2.2, RFC 2047). No I/O.

Not done by `EmailMessage`: it reads each value again before it writes it, and so turns an id like `<=?utf-8?q?a=0D=0ABcc:…?=>` into a
second header (Python 3.11), and it loses the quotes of long names. Here a value is made of tokens that are each ASCII without spaces
or line ends; lines are folded between tokens only, so that an id is never broken.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence

from deskd.compose.subject import display_name, one_line
from deskd.model import Address

_WIDTH = 76  # characters a line, where tokens allow
_WORD = 45  # bytes of UTF-8 in an encoded word: 60 as base64, 72 with its frame; RFC 2047 2 allows 75
_TOKEN = re.compile(r"[!-~\x80-\U0010ffff]+")
_ATOM = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")  # RFC 5322 3.2.3, RFC 6532 3.2


def header(name: str, tokens: Iterable[str]) -> bytes:
    """`Name: token token…` with CRLF. Raises ValueError for a token that could end the header."""
    lines, line = [], f"{name}:"
    for token in tokens:
        if not _TOKEN.fullmatch(token):
            raise ValueError(f"a {name} header can't hold {token!r}")
        if len(line) + 1 + len(token) > _WIDTH and not line.endswith(":"):
            lines.append(line)
            line = ""
        line += f" {token}"
    return "\r\n".join([*lines, line, ""]).encode()


def text_tokens(text: str) -> list[str]:
    """Unstructured text, such as a subject: its words, or encoded words for all of it if there is a letter beyond ASCII."""
    plain = one_line(text)
    return plain.split() if plain.isascii() else _encoded_words(plain)


def address_tokens(people: Sequence[Address]) -> list[str]:
    """An address list: each name as a quoted string or encoded words, each address in angle brackets."""
    tokens: list[str] = []
    for number, person in enumerate(people):
        comma = "," if number < len(people) - 1 else ""
        tokens += [*_name_tokens(display_name(person.name)), f"<{_addr_spec(person.address)}>{comma}"]
    return tokens


def _name_tokens(name: str) -> list[str]:
    if not name.isascii():
        return _encoded_words(name)
    if all(_ATOM.fullmatch(word) for word in name.split()) and "." not in name:
        return name.split()
    return ('"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"').split()


def _addr_spec(address: str) -> str:
    """The address with its local part quoted where it must be (RFC 5321 4.1.2)."""
    local, _, domain = one_line(address).rpartition("@")
    if _ATOM.fullmatch(local):
        return f"{local}@{domain}"
    bare = local[1:-1] if len(local) > 2 and local[0] == local[-1] == '"' else local
    bare = re.sub(r"\\(.)", r"\1", bare).replace(" ", "_")
    return '"' + bare.replace("\\", "\\\\").replace('"', '\\"') + f'"@{domain}'


def _encoded_words(text: str) -> list[str]:
    """RFC 2047 in base64, cut between characters: the spaces between the words don't count, those inside do."""
    words, piece = [], b""
    for character in text:
        encoded = character.encode()
        if len(piece) + len(encoded) > _WORD:
            words.append(piece)
            piece = b""
        piece += encoded
    return [f"=?utf-8?b?{base64.b64encode(word).decode('ascii')}?=" for word in (*words, piece) if word]
