"""Equality of texts, case aside: a scalar, a list (any of), `is` and `in`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from deskd.rules.checks import Needs
from deskd.rules.text import Text


@dataclass(frozen=True, slots=True)
class Equals:
    allowed: tuple[str, ...]
    folded: frozenset[str]

    @classmethod
    def to(cls, allowed: Sequence[str]) -> Self:
        return cls(tuple(allowed), frozenset(text.casefold() for text in allowed))

    def holds(self, subject: Text) -> bool:
        return subject.folded in self.folded

    def why(self, subject: Text) -> str:
        return f'is "{subject.shown()}"' + (
            "" if self.holds(subject) else f", not {' or '.join(self.allowed)}"
        )

    def captures(self, subject: Text) -> Mapping[str, str]:
        return {}

    def needs(self, field: str) -> Needs:
        return frozenset((field, text) for text in self.folded)
