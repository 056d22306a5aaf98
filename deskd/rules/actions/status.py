"""`status`, `spam`: where the ticket stands. `spam` is `status: spam` under a name of its own."""

from __future__ import annotations

from dataclasses import dataclass

from deskd.model import Status
from deskd.rules.view import State


@dataclass(frozen=True, slots=True)
class SetStatus:
    status: Status

    def change(self, state: State) -> State:
        return state.with_ticket(status=self.status)

    def __str__(self) -> str:
        return f"status {self.status}"


@dataclass(frozen=True, slots=True)
class Spam:
    def change(self, state: State) -> State:
        return state.with_ticket(status="spam")

    def __str__(self) -> str:
        return "spam"
