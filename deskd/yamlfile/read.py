"""Text -> Document, in one pass over the scanner's events.

ruamel.yaml scans: first in C where its `ruamel.yaml.clib` is installed, some 15 times as fast but of YAML 1.1, which refuses
`{listen: 127.0.0.1:8025}`; what it refuses is scanned in Python. The tree is built here, because the caps have to hold while it grows, not after:
an alias costs nothing to write and multiplies what stands behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from deskd.errors import ConfigError, Problem
from deskd.yamlfile.document import Document, Entry, Node
from deskd.yamlfile.scalars import resolve
from deskd.yamlfile.source import check_characters, decode, read_file
from deskd.yamlfile.syntax import syntax_problem

MAX_DEPTH = 50
MAX_NODES = 200_000  # aliases written out; a rule has some 30
MAX_ALIASES = 10_000
MAX_PROBLEMS = 100  # told at once; a file with more is not a slip

_ONLY_1_1_BREAKS = re.compile("[\x85\u2028\u2029]")  # YAML 1.2.2, 5.4: no line breaks any more
_TAG = "tag:yaml.org,2002:"
_MERGE = "<<"


def read_yaml(path: Path) -> Document:
    """The file at `path`. Raises ConfigError alone: unreadable, not UTF-8, not YAML, over a cap, duplicate keys."""
    return read_yaml_text(decode(read_file(path), str(path)), str(path))


def read_yaml_text(text: str, name: str) -> Document:
    """`text` as the file `name`. Raises ConfigError alone, with the fault of syntax, or else all that is wrong."""
    text = check_characters(text, name)
    try:
        return _compose(text, name, pure=bool(_ONLY_1_1_BREAKS.search(text)))
    except (
        YAMLError
    ):  # perhaps only YAML 1.2, which the scanner in C doesn't know: the one in Python has the last word
        pass
    try:
        return _compose(text, name, pure=True)
    except (
        YAMLError,
        ValueError,
        OverflowError,
        LookupError,
    ) as error:  # the scanner in Python lets slip more than YAMLError
        raise ConfigError(syntax_problem(error, text, name)) from error


def _compose(text: str, name: str, pure: bool) -> Document:
    composer = _Composer(YAML(typ="safe", pure=pure).parse(text), name)
    root = composer.document()
    if composer.problems:
        raise ConfigError(composer.problems)
    return Document(name, root)


class _Composer:
    """Builds nodes from events. Faults that leave the rest readable are gathered in `problems`."""

    def __init__(self, events: Iterator[Any], name: str) -> None:
        self._events = events
        self._name = name
        self._anchors: dict[str, Node] = {}
        self._aliases = 0
        self._nodes = 0
        self.problems: list[Problem] = []

    def document(self) -> Node:
        root = Node(None, 1, 1)
        documents = 0
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                self._check_start(event, documents)
            elif isinstance(event, StreamStartEvent | StreamEndEvent) or not hasattr(event, "anchor"):
                continue
            else:
                root = self._node(event, 0)
        return root

    def _check_start(self, event: DocumentStartEvent, documents: int) -> None:
        if documents > 1:
            raise self._stop(
                event, "found '---', the start of a second document, expected one", "split the file in two"
            )
        if event.version and tuple(event.version) != (1, 2):
            version = ".".join(str(part) for part in event.version)
            self._note(event, f"found %YAML {version}, expected YAML 1.2", "leave the line out")

    def _node(self, event: Any, depth: int) -> Node:
        if isinstance(event, AliasEvent):
            return self._alias(event)
        if depth > MAX_DEPTH:
            raise self._stop(event, f"found more than {MAX_DEPTH} maps and lists inside one another")
        if isinstance(event, ScalarEvent):
            node = self._scalar(event)
        elif isinstance(event, SequenceStartEvent):
            node = self._sequence(event, depth)
        else:
            node = self._mapping(event, depth)
        if event.anchor:
            self._anchors[event.anchor] = node
        self._count(event, 1)
        return node

    def _count(self, event: Any, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise self._stop(
                event,
                f"found more than {MAX_NODES:,} values, those that aliases repeat included",
                "split the file",
            )

    def _alias(self, event: Any) -> Node:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            raise self._stop(event, f"found more than {MAX_ALIASES:,} aliases")
        node = self._anchors.get(event.anchor)
        if node is None:
            self._note(event, f"found *{event.anchor}, but nothing before it is named &{event.anchor}")
            return Node(None, *_start(event), source="")
        self._count(event, node.size)
        return node

    def _scalar(self, event: Any) -> Node:
        line, column = _start(event)
        text = str(event.value)
        if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
            self._note(event, "found half of a UTF-16 pair written as an escape, expected whole characters")
        tag = str(event.tag) if event.tag is not None else ""
        try:
            if tag in ("!", f"{_TAG}str") or (not tag and event.style not in (None, "")):
                return Node(text, line, column, text)
            value = resolve(text)
        except ValueError as error:
            self._note(event, f"found {error}", "put it in quotes if it is text")
            return Node(text, line, column, text)
        if tag and tag != f"{_TAG}{_type_name(value)}":
            self._note(event, f"found the tag {_written(tag)} before {text!r:.40}", "leave it out")
        return Node(value, line, column, text)

    def _sequence(self, event: Any, depth: int) -> Node:
        self._check_tag(event, "seq")
        items: list[Node] = []
        for inner in self._events:
            if isinstance(inner, SequenceEndEvent):
                break
            items.append(self._node(inner, depth + 1))
        size = 1 + sum(item.size for item in items)
        return Node([item.value for item in items], *_start(event), items=items, size=size)

    def _mapping(self, event: Any, depth: int) -> Node:
        self._check_tag(event, "map")
        entries: dict[str, Entry] = {}
        merged: list[Node] = []
        for inner in self._events:
            if isinstance(inner, MappingEndEvent):
                break
            key = self._node(inner, depth + 1)
            node = self._node(next(self._events), depth + 1)
            if key.source == _MERGE and not getattr(inner, "style", None):
                merged += self._merge_sources(inner, node)
            elif self._is_key(inner, key, entries):
                entries[key.value] = Entry(*_start(inner), node)
        for source in merged:
            for name, entry in (source.entries or {}).items():
                entries.setdefault(name, entry)
        size = 1 + sum(entry.node.size for entry in entries.values())
        return Node(
            {name: entry.node.value for name, entry in entries.items()},
            *_start(event),
            entries=entries,
            size=size,
        )

    def _is_key(self, event: Any, key: Node, entries: dict[str, Entry]) -> bool:
        if not isinstance(key.value, str):
            found = (
                "a map or list"
                if key.source is None
                else f"{key.source or 'nothing'} ({_type_name(key.value)})"
            )
            self._note(
                event, f"found {found} as a key, expected text", "put it in quotes" if key.source else ""
            )
            return False
        if key.value in entries:
            first = entries[key.value]
            message = f"found the key {key.value!r:.60} a second time, the first is at line {first.line}, column {first.column}"
            self._note(event, message, "keep one of the two")
            return False
        return True

    def _merge_sources(self, event: Any, node: Node) -> list[Node]:
        """What `<<: *name` or `<<: [*one, *two]` brings in (the YAML merge type; ruamel.yaml reads it in 1.2 too)."""
        sources = list(node.items) if node.items is not None else [node]
        if any(source.entries is None for source in sources):
            self._note(
                event,
                "found '<<' before something else than maps",
                "write `<<: *name`, where &name names a map",
            )
            return []
        for source in sources:
            self._count(event, source.size)
        return sources

    def _check_tag(self, event: Any, expected: str) -> None:
        tag = str(event.tag) if event.tag is not None else ""
        if tag and tag not in ("!", f"{_TAG}{expected}"):
            self._note(event, f"found the tag {_written(tag)}", "leave it out")

    def _note(self, event: Any, message: str, remedy: str = "") -> None:
        self.problems.append(Problem(self._name, *_start(event), message, remedy))
        if len(self.problems) >= MAX_PROBLEMS:
            raise ConfigError(self.problems)

    def _stop(self, event: Any, message: str, remedy: str = "") -> ConfigError:
        return ConfigError([*self.problems, Problem(self._name, *_start(event), message, remedy)])


def _start(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _type_name(value: object) -> str:
    return {str: "str", bool: "bool", int: "int", float: "float"}.get(type(value), "null")


def _written(tag: str) -> str:
    return f"!!{tag.removeprefix(_TAG)}" if tag.startswith(_TAG) else tag
