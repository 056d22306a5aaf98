"""Lists in one place: `lists:` names them, and `{list: NAME}` stands for one wherever rules and tests take a list or a text. Documents in, plain data out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from deskd.config.nearest import did_you_mean, one_of
from deskd.errors import Problem
from deskd.yamlfile import Document, Path

NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,59}")
MAX_ITEMS: Final = 10_000  # of all lists, written out in one file


@dataclass(slots=True)
class Lists:
    """The lists of all files of a folder. `used` gathers those that were asked for."""

    items: dict[str, list[Any]] = field(default_factory=dict)
    places: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def gather(self, document: Document, problems: list[Problem]) -> None:
        """The lists of one file; what is no list of texts is left to the schema to tell."""
        found = document.data.get("lists") if isinstance(document.data, dict) else None
        for name, items in found.items() if isinstance(found, dict) else ():
            place = (document.name, *document.place(("lists", name), key=True))
            if name in self.items:
                at = "{}:{}".format(*self.places[name])
                message = (
                    f"found the list {name!r} a second time, the first is at {at}, expected each name once"
                )
                problems.append(Problem(*place, message, "rename one of the two"))
            elif isinstance(items, list):
                self.items[name], self.places[name] = items, place

    def written_out(self, document: Document, problems: list[Problem]) -> Any:
        """The file's data with each `{list: NAME}` as what it stands for; among other items, as several of them."""
        if not isinstance(document.data, dict):
            return document.data
        writing = _Writing(self, document, problems)
        return {
            key: writing.out(value, (key,)) if key in ("rules", "tests") else value
            for key, value in document.data.items()
        }


class _Writing:
    def __init__(self, lists: Lists, document: Document, problems: list[Problem]) -> None:
        self._lists = lists
        self._document = document
        self._problems = problems
        self._room = MAX_ITEMS

    def out(self, value: Any, path: Path) -> Any:
        if isinstance(value, dict):
            if value.keys() == {"list"} and isinstance(value["list"], str):
                return self._items(value["list"], path)
            return {key: self.out(inner, (*path, key)) for key, inner in value.items()}
        if isinstance(value, list):
            made: list[Any] = []
            for at, inner in enumerate(value):
                written = self.out(inner, (*path, at))
                named = isinstance(inner, dict) and isinstance(written, list)
                made += written if named else [written]
            return made
        return value

    def _items(self, name: str, path: Path) -> list[Any]:
        known: Mapping[str, Sequence[Any]] = self._lists.items
        place = self._document.place((*path, "list"))
        if name not in known:
            expected = one_of(sorted(known)) if known else "one that stands under `lists:`"
            message = f"found the list {name!r:.80}, expected {expected}"
            self._problems.append(
                Problem(self._document.name, *place, message, did_you_mean(name, list(known)))
            )
            return [name]
        self._lists.used.add(name)
        self._room -= len(known[name])
        if self._room < 0:
            message = f"found more than {MAX_ITEMS:,} items of lists in one file, expected fewer"
            self._problems.append(Problem(self._document.name, *place, message, "split the file"))
            return [name]
        return list(known[name])
