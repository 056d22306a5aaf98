"""Texts that admins keep ready: canned replies and knowledge articles. A Markdown file with a header in, a piece or all that is wrong with it out. Pure.

    ---
    name: refund
    languages: [en, it]
    tags: [billing]
    ---
    # en
    Dear {{ contact.name }}, …
    # it
    Gentile {{ contact.name }}, …

With one language, or none named, the whole text is of that language and no heading parts it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from deskd.errors import ConfigError, Problem
from deskd.templates import faults
from deskd.typed.markup import folded
from deskd.yamlfile import Document, read_yaml_text

Kind = Literal["canned", "knowledge"]

MAX_TEXT: Final = 20_000  # characters of one language's text
_KEYS: Final = ("name", "title", "languages", "tags", "link")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_CODE: Final = re.compile(r"[a-z]{2}(?:-[A-Z]{2})?")
_WORD: Final = re.compile(r"\w{2,}")
_HEADER: Final = re.compile(r"---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Piece:
    """`texts`: language -> its text; "" is the language of a text that names none."""

    name: str
    title: str
    texts: Mapping[str, str]
    tags: tuple[str, ...] = ()
    link: str = ""

    def text_in(self, wanted: Sequence[str]) -> str:
        """In the first of the languages that there is; of `pt-BR`, `pt` counts; else in its own first."""
        for language in (*wanted, ""):
            for each in (language, language.partition("-")[0]):
                if each in self.texts:
                    return self.texts[each]
        return next(iter(self.texts.values()))


@dataclass(slots=True)
class _Reading:
    file: str
    problems: list[Problem] = field(default_factory=list)

    def note(self, line: int, message: str, remedy: str = "") -> None:
        self.problems.append(Problem(self.file, line, None, message, remedy))


def read_piece(text: str, file: str, kind: Kind) -> Piece:
    """Raises `ConfigError` with all that is wrong, each with its line."""
    text = text.removeprefix("\ufeff")
    header = _HEADER.match(text)
    if header is None:
        raise ConfigError(Problem(file, 1, None, "found no header, expected one between two lines of ---"))
    document = read_yaml_text("\n" + header.group(1), file)
    reading = _Reading(file)
    data = document.data if isinstance(document.data, dict) else {}
    for key in data:
        if key not in _KEYS:
            line = document.place((str(key),), key=True)[0]
            reading.note(line, f"found the key {key!r}, expected one of {', '.join(_KEYS)}")
    name = _name(reading, document, data)
    languages = _words(reading, document, data, "languages", _CODE, "a language such as it or pt-BR")
    tags = _words(reading, document, data, "tags", re.compile(r"\S{1,60}"), "a tag without blanks")
    link = _link(reading, document, data)
    first = text[: header.end()].count("\n") + 1
    texts = _texts(reading, text[header.end() :], first, languages)
    for line, source in texts.values():
        _judge(reading, kind, line, source)
    if reading.problems:
        raise ConfigError(sorted(reading.problems, key=lambda one: one.line or 0))
    title = str(data.get("title") or name)
    return Piece(name, title, {code: source.strip() for code, (_, source) in texts.items()}, tags, link)


def _name(reading: _Reading, document: Document, data: Mapping[str, Any]) -> str:
    name = data.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        line = document.place(("name",))[0] if "name" in data else 1
        reading.note(line, f"found the name {name!r}, expected small letters, digits, - and _, at most 60")
        return ""
    return name


def _words(
    reading: _Reading, document: Document, data: Mapping[str, Any], key: str, form: re.Pattern[str], what: str
) -> tuple[str, ...]:
    found = data.get(key) or []
    listed = found if isinstance(found, list) else [found]
    for each in listed:
        if not isinstance(each, str) or not form.fullmatch(each):
            reading.note(document.place((key,))[0], f"found {each!r} among {key}, expected {what}")
    return tuple(dict.fromkeys(str(each) for each in listed))


def _link(reading: _Reading, document: Document, data: Mapping[str, Any]) -> str:
    link = data.get("link") or ""
    if link and not re.fullmatch(r"https?://\S{1,500}", str(link)):
        reading.note(document.place(("link",))[0], f"found the link {link!r}, expected https://…")
    return str(link)


def _texts(reading: _Reading, body: str, first: int, languages: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Language -> the line its text begins on, and the text."""
    if len(languages) < 2:
        return {languages[0] if languages else "": (first, body)}
    parts: dict[str, tuple[int, list[str]]] = {}
    current: list[str] | None = None
    for number, line in enumerate(body.splitlines(), first):
        heading = line[1:].strip() if line.startswith("# ") else ""
        if heading in languages and heading not in parts:
            current = []
            parts[heading] = (number + 1, current)
        elif current is not None:
            current.append(line)
        elif line.strip():
            reading.note(number, "found text before the first language", f"begin with # {languages[0]}")
            break
    for missing in (code for code in languages if code not in parts):
        reading.note(first, f"found no text in {missing!r}", f"add it below a line # {missing}")
    return {code: (line, "\n".join(lines)) for code, (line, lines) in parts.items()}


def _judge(reading: _Reading, kind: Kind, line: int, source: str) -> None:
    if not source.strip():
        reading.note(line, "found no text, expected one")
    elif len(source) > MAX_TEXT:
        reading.note(line, f"found {len(source)} characters, expected at most {MAX_TEXT}")
    elif kind == "canned":
        for fault in faults(source):
            reading.note(line + fault.line - 1, fault.message, fault.remedy)


# ── finding ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def fitting(pieces: Sequence[Piece], tags: Sequence[str]) -> list[Piece]:
    """All of them, those first that share the most tags with the ticket."""
    wanted = {folded(tag) for tag in tags}
    return sorted(pieces, key=lambda piece: (-len(wanted & {folded(tag) for tag in piece.tags}), piece.name))


def suggested(
    pieces: Sequence[Piece], tags: Sequence[str], languages: Sequence[str]
) -> tuple[list[Piece], int]:
    """All of them, the best for a ticket first, and how many of them are made for it: by its tags, then by its customer's language."""
    wanted = {folded(tag) for tag in tags}
    shared = {piece.name: len(wanted & {folded(tag) for tag in piece.tags}) for piece in pieces}
    spoken = languages[0] if languages else ""
    ordered = sorted(
        pieces, key=lambda piece: (-shared[piece.name], not _is_in(piece, spoken), folded(piece.title))
    )
    return ordered, sum(1 for count in shared.values() if count)


def _is_in(piece: Piece, language: str) -> bool:
    return any(each in piece.texts for each in (language, language.partition("-")[0], ""))


def search(pieces: Sequence[Piece], typed: str, most: int = 3) -> list[Piece]:
    """The best for these words, the best one first: a word in the title or a tag counts more than one in the text, rare ones more than common ones."""
    words = list(dict.fromkeys(_WORD.findall(folded(typed))))[:20]
    shelved = [(piece, _indexed(piece)) for piece in pieces]
    scores: dict[str, float] = {}
    for word in words:
        weights = {piece.name: _weight(word, *index) for piece, index in shelved}
        hits = sum(weight > 0 for weight in weights.values())
        for name, weight in weights.items():
            scores[name] = scores.get(name, 0.0) + (weight / hits if hits else 0.0)
    found = [piece for piece in pieces if scores.get(piece.name)]
    return sorted(found, key=lambda piece: (-scores[piece.name], piece.name))[:most]


def _indexed(piece: Piece) -> tuple[set[str], set[str]]:
    title = set(_WORD.findall(folded(" ".join([piece.name, piece.title, *piece.tags]))))
    return title, set(_WORD.findall(folded(" ".join(piece.texts.values()))))


def _weight(word: str, title: set[str], text: set[str]) -> float:
    stem = word[:-1] if len(word) > 4 else word  # fattura, fatture; factura, facturas
    if any(each.startswith(stem) for each in title):
        return 3.0
    return 1.0 if any(each.startswith(stem) for each in text) else 0.0
