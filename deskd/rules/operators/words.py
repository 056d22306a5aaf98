"""`words`: whole words or phrases, case and accents folded. A list is any of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from deskd.rules.checks import Needs
from deskd.rules.folding import words
from deskd.rules.text import Text


@dataclass(frozen=True, slots=True)
class HasWords:
    """`single` are the folded words, `phrases` the folded runs of several (each between blanks), both with the form the admin wrote."""

    single: Mapping[bytes, str]
    phrases: Mapping[bytes, str]

    @classmethod
    def among(cls, wanted: Sequence[str]) -> Self:
        single: dict[bytes, str] = {}
        phrases: dict[bytes, str] = {}
        for written in wanted:
            parts = words(written)
            if len(parts) == 1:
                single.setdefault(parts[0], written)
            else:
                phrases.setdefault(b" " + b" ".join(parts) + b" ", written)
        return cls(single, phrases)

    def holds(self, subject: Text) -> bool:
        if self.single and not subject.words.isdisjoint(self.single):
            return True
        return any(phrase in subject.phrases for phrase in self.phrases)

    def why(self, subject: Text) -> str:
        found = [written for word, written in self.single.items() if word in subject.words]
        found += [written for phrase, written in self.phrases.items() if phrase in subject.phrases]
        if found:
            return f'has the word "{found[0]}"'
        wanted = [*self.single.values(), *self.phrases.values()]
        return (
            f'doesn\'t have the word "{wanted[0]}"'
            if len(wanted) == 1
            else f"has none of the words {', '.join(wanted)}"
        )

    def captures(self, subject: Text) -> Mapping[str, str]:
        return {}

    def needs(self, field: str) -> Needs:
        """Each word, and the first of each phrase."""
        first = (phrase.split(maxsplit=1)[0] for phrase in self.phrases)
        return frozenset((field, word) for word in (*self.single, *first))
