"""`tag`, `untag`: tags the ticket gets or loses; a tag it has already, case aside, isn't given twice."""

from __future__ import annotations

from dataclasses import dataclass

from deskd.rules.actions.act import Effect, Fill, filled_tags, with_tags, without_tags
from deskd.rules.names import Names
from deskd.rules.view import State


@dataclass(frozen=True, slots=True)
class Tag:
    tags: tuple[str, ...]

    def change(self, state: State) -> State:
        return state.with_ticket(tags=with_tags(state.ticket.tags, self.tags))

    def filled(self, fill: Fill, names: Names) -> Effect | None:
        tags = filled_tags(self.tags, fill)
        return Tag(tags) if tags else None

    def wordings(self) -> tuple[str, ...]:
        return self.tags

    def __str__(self) -> str:
        return f"tag {', '.join(self.tags)}"


@dataclass(frozen=True, slots=True)
class Untag:
    tags: tuple[str, ...]

    def change(self, state: State) -> State:
        return state.with_ticket(tags=without_tags(state.ticket.tags, self.tags))

    def filled(self, fill: Fill, names: Names) -> Effect | None:
        tags = filled_tags(self.tags, fill)
        return Untag(tags) if tags else None

    def wordings(self) -> tuple[str, ...]:
        return self.tags

    def __str__(self) -> str:
        return f"untag {', '.join(self.tags)}"
