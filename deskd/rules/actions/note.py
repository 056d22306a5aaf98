"""`note`: an internal note in the ticket's thread; customers never see it."""

from __future__ import annotations

from dataclasses import dataclass

from deskd.rules.actions.act import Effect, Fill
from deskd.rules.names import Names
from deskd.rules.view import State


@dataclass(frozen=True, slots=True)
class Note:
    text: str

    def change(self, state: State) -> State:
        return state

    def filled(self, fill: Fill, names: Names) -> Effect | None:
        text = fill(self.text)
        return Note(text) if text else None

    def wordings(self) -> tuple[str, ...]:
        return (self.text,)

    def __str__(self) -> str:
        return f"note {self.text}"
