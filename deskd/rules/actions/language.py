"""`language`: the ticket's language, as two letters: it decides in which one templates are sent."""

from __future__ import annotations

from dataclasses import dataclass, replace

from deskd.rules.view import State


@dataclass(frozen=True, slots=True)
class SetLanguage:
    language: str

    def change(self, state: State) -> State:
        return replace(state, language=self.language)

    def __str__(self) -> str:
        return f"language {self.language}"
