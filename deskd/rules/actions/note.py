"""`note`: an internal note in the ticket's thread; customers never see it."""

from __future__ import annotations

from dataclasses import dataclass

from deskd.rules.view import State


@dataclass(frozen=True, slots=True)
class Note:
    text: str

    def change(self, state: State) -> State:
        return state

    def __str__(self) -> str:
        return f"note {self.text}"
