"""`contains`, `starts`, `ends`: a part of a text, case aside. A list is any of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from deskd.rules.checks import Needs, Part
from deskd.rules.text import Text


def folded_parts(parts: Sequence[str]) -> tuple[str, ...]:
    return tuple(part.casefold() for part in parts)


@dataclass(frozen=True, slots=True)
class Contains:
    parts: tuple[str, ...]  # case folded

    def holds(self, subject: Text) -> bool:
        return any(part in subject.folded for part in self.parts)

    def why(self, subject: Text) -> str:
        held = next((part for part in self.parts if part in subject.folded), None)
        return f'contains "{held}"' if held is not None else f"doesn't contain {_quoted(self.parts)}"

    def captures(self, subject: Text) -> Mapping[str, str]:
        return {}

    def needs(self, field: str) -> Needs:
        return frozenset((field, Part(part)) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Starts:
    parts: tuple[str, ...]  # case folded

    def holds(self, subject: Text) -> bool:
        return subject.folded.startswith(self.parts)

    def why(self, subject: Text) -> str:
        held = next((part for part in self.parts if subject.folded.startswith(part)), None)
        return (
            f'starts with "{held}"'
            if held is not None
            else f'is "{subject.shown()}", which doesn\'t start with {_quoted(self.parts)}'
        )

    def captures(self, subject: Text) -> Mapping[str, str]:
        return {}

    def needs(self, field: str) -> Needs:
        return frozenset((field, Part(part)) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Ends:
    parts: tuple[str, ...]  # case folded

    def holds(self, subject: Text) -> bool:
        return subject.folded.endswith(self.parts)

    def why(self, subject: Text) -> str:
        held = next((part for part in self.parts if subject.folded.endswith(part)), None)
        return (
            f'ends with "{held}"'
            if held is not None
            else f'is "{subject.shown()}", which doesn\'t end with {_quoted(self.parts)}'
        )

    def captures(self, subject: Text) -> Mapping[str, str]:
        return {}

    def needs(self, field: str) -> Needs:
        return frozenset((field, Part(part)) for part in self.parts)


def _quoted(parts: tuple[str, ...]) -> str:
    return " or ".join(f'"{part}"' for part in parts)
