"""One line of Slack's mrkdwn -> a row of spans. Pure, total, linear in the line's length.

Slack escapes exactly three characters (&amp; &lt; &gt;), so that a bare `<` always begins a link or a mention of its own making.
Bold, italic and strike are marked by one character at the edge of a word.
https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from deskd.compose.emoji import EMOJI

Style = Literal["bold", "italic", "strike"]

_STYLES: Mapping[str, Style] = {"*": "bold", "_": "italic", "~": "strike"}
_ENTITY = re.compile("&(amp|lt|gt|#42|#58|#62|#95|#96|#126);")
_CHARACTERS = {"amp": "&", "lt": "<", "gt": ">"}
_TOKEN = re.compile(r"<([^<>\n]*)>|`([^`\n]+)`|[*_~]")
_EMOJI = re.compile(r":([a-z0-9_+'-]{1,60}):(?::skin-tone-[2-6]:)?")
_FOLLOWED = re.compile(r"(?i)(?:https?://|mailto:|tel:)[^\x00-\x20\x7f<>\"\\^`{|}]+")
"""Where a link may lead; anything else is shown as text."""


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Code:
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Styled:
    style: Style
    spans: tuple[Span, ...]


Span = Text | Code | Link | Styled


@dataclass(frozen=True, slots=True)
class _Mark:
    """A character that may begin or end a style."""

    character: str
    opens: bool
    closes: bool


def unescape(text: str) -> str:
    """Slack's three entities, each undone once: `&amp;lt;` is `&lt;`. And those by which `deskd.parse.telegram_markup` writes what would be a mark."""
    return _ENTITY.sub(lambda found: _character(found.group(1)), text)


def _character(name: str) -> str:
    return chr(int(name[1:])) if name.startswith("#") else _CHARACTERS[name]


def spans(line: str, names: Mapping[str, str]) -> tuple[Span, ...]:
    """The line's spans. `names` are people's and groups' names by Slack id."""
    rows: list[list[Span]] = [[]]  # one for each style that is open, and the line itself
    opened: list[str] = []
    for token in _tokens(line, names):
        if not isinstance(token, _Mark):
            rows[-1].append(token)
        elif token.closes and token.character in opened:
            while (closed := opened.pop()) != token.character:
                _give_up(rows, closed)
            inner = tuple(rows.pop())
            rows[-1].append(Styled(_STYLES[token.character], inner))
        elif token.opens and token.character not in opened:
            opened.append(token.character)
            rows.append([])
        else:
            rows[-1].append(Text(token.character))
    while opened:
        _give_up(rows, opened.pop())
    return tuple(rows[0])


def _give_up(rows: list[list[Span]], character: str) -> None:
    """A style that was opened and never closed is its character and what follows."""
    inner = rows.pop()
    rows[-1] += [Text(character), *inner]


def _tokens(line: str, names: Mapping[str, str]) -> Iterator[Span | _Mark]:
    at = 0
    for found in _TOKEN.finditer(line):
        if found.start() > at:
            yield Text(_plain(line[at : found.start()]))
        at = found.end()
        if found.group(1) is not None:
            yield _reference(found.group(1), names)
        elif found.group(2) is not None:
            yield Code(unescape(flat(found.group(2), names)))
        else:
            yield _mark(line, found.start())
    if at < len(line):
        yield Text(_plain(line[at:]))


def _plain(text: str) -> str:
    return unescape(_EMOJI.sub(lambda found: EMOJI.get(found.group(1), found.group()), text))


def _mark(line: str, at: int) -> _Mark:
    """Whether this character stands where Slack lets it begin or end a style: at the outside edge of a word."""
    before, after = line[at - 1 : at], line[at + 1 : at + 2]
    inside = _in_word(before) and _in_word(after)
    opens = bool(after) and not after.isspace() and after != line[at] and not _in_word(before)
    closes = bool(before) and not before.isspace() and before != line[at] and not _in_word(after)
    return _Mark(line[at], opens and not inside, closes and not inside)


def _in_word(character: str) -> bool:
    return character.isalnum()


def _reference(inside: str, names: Mapping[str, str]) -> Span:
    """What stood between < and >: a mention, a channel, a special word or a link."""
    target, _, given = inside.partition("|")
    label = unescape(given)
    kind, rest = target[:1], target[1:]
    if kind == "@":
        return Text(names.get(rest) or label.removeprefix("@") or f"@{rest}")
    if kind == "#":
        return Text(f"#{label or names.get(rest, rest).removeprefix('#')}")
    if kind == "!":
        return Text(_special(rest, label, names))
    url = unescape(target)
    if not _FOLLOWED.fullmatch(url):
        return Text(f"{label} ({url})" if label and label != url else url)
    return Link(url, label or _bare(url))


def _special(word: str, label: str, names: Mapping[str, str]) -> str:
    """`!here`, `!subteam^S1|@team`, `!date^1392734382^{date}|2014-02-18`."""
    name, _, argument = word.partition("^")
    if name == "subteam":
        return names.get(argument) or label or f"@{argument}"
    return label or f"@{name}"


def _bare(url: str) -> str:
    scheme, _, rest = url.partition(":")
    return rest if scheme.lower() in ("mailto", "tel") else url


def flat(text: str, names: Mapping[str, str]) -> str:
    """Code's text, still escaped, with the links and mentions that Slack puts even there as what they show."""

    def shown(found: re.Match[str]) -> str:
        span = _reference(found.group(1), names)
        text = span.label if isinstance(span, Link) else span.text if isinstance(span, Text) else ""
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    return re.sub(r"<([^<>\n]*)>", shown, text)
