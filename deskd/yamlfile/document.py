"""A YAML file once read: its data, and where in the file each part of it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

Path = tuple[str | int, ...]
"""The way to a part of a file from its top: keys of maps and indexes of lists, ("channels", "support-mail", "aliases", 0)."""


class Entry(NamedTuple):
    """One key of a map with its value. `line` and `column` are the key's, from 1."""

    line: int
    column: int
    node: Node


class Node(NamedTuple):
    """One value and where it begins, from 1. What an alias (`*name`) stands for keeps the place where it was written."""

    value: Any
    line: int
    column: int
    source: str | None = None
    """A scalar as the admin wrote it, without quotes (`012`, where value is 12); None for maps and lists."""
    entries: Mapping[str, Entry] | None = None
    """A map's keys; None for all else."""
    items: Sequence[Node] | None = None
    """A list's values; None for all else."""
    size: int = 1
    """How many nodes this one is when all its aliases are written out."""

    def child(self, step: str | int) -> Node | None:
        if self.entries is not None and isinstance(step, str):
            entry = self.entries.get(step)
            return entry.node if entry else None
        if self.items is not None and isinstance(step, int) and 0 <= step < len(self.items):
            return self.items[step]
        return None


@dataclass(frozen=True, slots=True)
class Document:
    """One file. `name` is what messages call it; an empty file has the data None."""

    name: str
    root: Node

    @property
    def data(self) -> Any:
        return self.root.value

    def node(self, path: Path) -> Node | None:
        """The part at `path`, or None where there is none."""
        node: Node | None = self.root
        for step in path:
            if node is None:
                return None
            node = node.child(step)
        return node

    def place(self, path: Path, key: bool = False) -> tuple[int, int]:
        """Line and column, from 1, of the value at `path`, or of its key. Where there is none: of the key nearest around it."""
        node, value, name = self.root, (self.root.line, self.root.column), (self.root.line, self.root.column)
        for step in path:
            child = node.child(step)
            if child is None:
                return name
            value = name = (child.line, child.column)
            if node.entries is not None:
                entry = node.entries[str(step)]
                name = (entry.line, entry.column)
                if child.value is None and not child.source:
                    value = name  # nothing stands behind the key
            node = child
        return name if key else value

    def source(self, path: Path) -> str | None:
        """The scalar at `path` as it was written, without quotes; None for maps, lists and what isn't there."""
        node = self.node(path)
        return node.source if node else None
