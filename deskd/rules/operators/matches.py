"""`matches`: an RE2 pattern, found anywhere in the text, case aside. A list is any of them; named groups are captured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deskd.rules.checks import Needs
from deskd.rules.patterns import Pattern
from deskd.rules.text import Text


@dataclass(frozen=True, slots=True)
class Matches:
    patterns: tuple[Pattern, ...]

    def holds(self, subject: Text) -> bool:
        for pattern in self.patterns:  # noqa: SIM110 - on the way of every message; a generator doubles it
            if subject.matches(pattern):
                return True
        return False

    def why(self, subject: Text) -> str:
        for pattern in self.patterns:
            found = pattern.find(subject.utf8) if subject.matches(pattern) else None
            if found is not None:
                return f"matches '{pattern.source}' (\"{subject.around(found.start, found.end)}\")"
        return "doesn't match " + " or ".join(f"'{pattern.source}'" for pattern in self.patterns)

    def captures(self, subject: Text) -> Mapping[str, str]:
        groups: dict[str, str] = {}
        for pattern in self.patterns:
            found = pattern.find(subject.utf8) if pattern.names and subject.matches(pattern) else None
            for name, value in found.groups.items() if found else ():
                groups.setdefault(name, value)
        return groups

    def needs(self, field: str) -> Needs:
        return frozenset((field, pattern) for pattern in self.patterns)
