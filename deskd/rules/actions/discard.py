"""`discard`: the message makes no ticket; it is kept, and the audit trail says which rule it was."""

from __future__ import annotations

from dataclasses import dataclass

from deskd.rules.view import State


@dataclass(frozen=True, slots=True)
class Discard:
    def change(self, state: State) -> State:
        return state

    def __str__(self) -> str:
        return "discard"
