"""What conditions are made of: values that hold of a subject or don't, and say why.

Everything a rule asks is one `Check`, a tree of these. Verdict and trace come from the same tree: `holds` answers, and
`why` puts into words the answer that `holds` gave.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from deskd.rules.patterns import Pattern

T = TypeVar("T")
U = TypeVar("U")
Subject = TypeVar("Subject", contravariant=True)

_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Part:
    """A text, case folded, that another must hold."""

    text: str


Clue = tuple[str, bytes | str | Pattern | Part]
"""A field of the message and what must be in it: a folded word, a text equal to it case folded, a pattern that matches, or a part."""

INDEXED: Final = frozenset({"subject", "text", "body", "from address", "from domain"})
"""The fields that clues are looked up in, besides headers and tags: no rule changes them, and nearly every rule asks of one."""
HEADER: Final = "header "
TAGS: Final = frozenset({"ticket tag", "contact tag"})
"""Looked up as they are before the run; what rules themselves may add isn't (see `prefilter`)."""


def indexed(field: str) -> bool:
    return field in INDEXED or field in TAGS or field.startswith(HEADER)


Needs = frozenset[Clue] | None
"""Clues of which a message must show at least one for a check to hold at all; None: nothing is known."""


class Check(Protocol[Subject]):
    def holds(self, subject: Subject) -> bool: ...

    def why(self, subject: Subject) -> str:
        """Why it holds or doesn't, with the fact it saw: `subject contains "x"`, `level is 2, not 1`."""
        ...

    def captures(self, subject: Subject) -> Mapping[str, str]:
        """Named groups of the patterns that made it hold."""
        ...

    def needs(self, field: str) -> Needs:
        """What must be found in `field` for it to hold: what rules are left out by, unasked (see `prefilter`)."""
        ...


@dataclass(frozen=True, slots=True)
class AllOf(Generic[T]):
    """Holds when all its checks do; with none, always."""

    checks: tuple[Check[T], ...]

    def holds(self, subject: T) -> bool:
        for check in self.checks:  # noqa: SIM110 - on the way of every message; a generator doubles it
            if not check.holds(subject):
                return False
        return True

    def why(self, subject: T) -> str:
        for check in self.checks:
            if not check.holds(subject):
                return check.why(subject)
        return " and ".join(check.why(subject) for check in self.checks)

    def captures(self, subject: T) -> Mapping[str, str]:
        return {name: value for check in self.checks for name, value in check.captures(subject).items()}

    def needs(self, field: str) -> Needs:
        """Those of one of its checks are enough: the fewest."""
        known = [needs for check in self.checks if (needs := check.needs(field)) is not None]
        return min(known, key=len, default=None)


@dataclass(frozen=True, slots=True)
class AnyOf(Generic[T]):
    """Holds when one of its checks does; with none, never."""

    checks: tuple[Check[T], ...]

    def holds(self, subject: T) -> bool:
        for check in self.checks:  # noqa: SIM110 - on the way of every message; a generator doubles it
            if check.holds(subject):
                return True
        return False

    def why(self, subject: T) -> str:
        for check in self.checks:
            if check.holds(subject):
                return check.why(subject)
        return " and ".join(check.why(subject) for check in self.checks)

    def captures(self, subject: T) -> Mapping[str, str]:
        held = [check for check in self.checks if check.holds(subject)]
        return {name: value for check in reversed(held) for name, value in check.captures(subject).items()}

    def needs(self, field: str) -> Needs:
        every = [check.needs(field) for check in self.checks]
        known = [needs for needs in every if needs is not None]
        return frozenset().union(*known) if len(known) == len(every) else None


@dataclass(frozen=True, slots=True)
class Not(Generic[T]):
    """Holds when its check doesn't. Why the one doesn't is why the other does."""

    check: Check[T]

    def holds(self, subject: T) -> bool:
        return not self.check.holds(subject)

    def why(self, subject: T) -> str:
        return self.check.why(subject)

    def captures(self, subject: T) -> Mapping[str, str]:
        return _NOTHING

    def needs(self, field: str) -> Needs:
        return None


@dataclass(frozen=True, slots=True)
class Some(Generic[T, U]):
    """Holds when, of the values that `values` finds in the subject, at least one fulfils `check`: a fact that is missing never does."""

    label: str
    values: Callable[[T], Sequence[U]]
    check: Check[U]

    def holds(self, subject: T) -> bool:
        for value in self.values(subject):  # noqa: SIM110 - on the way of every message; a generator doubles it
            if self.check.holds(value):
                return True
        return False

    def why(self, subject: T) -> str:
        values = self.values(subject)
        if not values:
            return f"{self.label} is missing"
        held = next((value for value in values if self.check.holds(value)), None)
        if held is not None:
            return f"{self.label} {self.check.why(held)}"
        others = f" (nor do {len(values) - 1} more)" if len(values) > 1 else ""
        return f"{self.label} {self.check.why(values[0])}{others}"

    def captures(self, subject: T) -> Mapping[str, str]:
        held = next((value for value in self.values(subject) if self.check.holds(value)), None)
        return self.check.captures(held) if held is not None else _NOTHING

    def needs(self, field: str) -> Needs:
        needs = self.check.needs(f"{field} {self.label}" if field else self.label)
        return needs if needs is not None and all(indexed(name) for name, _ in needs) else None
