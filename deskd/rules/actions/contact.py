"""`contact`: tags the customer gets or loses, for this ticket and all others of theirs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from pydantic import Field

from deskd.rules.actions.act import Effect, Fill, TagText, filled_tags, with_tags, without_tags
from deskd.rules.names import Names
from deskd.rules.spec import Listed, Spec
from deskd.rules.view import State


class ContactStep(Spec):
    """A map of `tag` and `untag`."""

    EXPECTED: ClassVar[str] = "a map of tag and untag"

    tag: Listed[TagText] = Field([], description="Tags the customer gets.")
    untag: Listed[TagText] = Field([], description="Tags the customer loses.")


@dataclass(frozen=True, slots=True)
class ContactTag:
    tags: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def change(self, state: State) -> State:
        tags = with_tags(without_tags(state.contact.tags, self.removed), self.tags)
        return replace(state, contact=replace(state.contact, tags=tags))

    def filled(self, fill: Fill, names: Names) -> Effect | None:
        tags, removed = filled_tags(self.tags, fill), filled_tags(self.removed, fill)
        return ContactTag(tags, removed) if tags or removed else None

    def wordings(self) -> tuple[str, ...]:
        return (*self.tags, *self.removed)

    def __str__(self) -> str:
        parts = [f"tag {', '.join(self.tags)}"] if self.tags else []
        parts += [f"untag {', '.join(self.removed)}"] if self.removed else []
        return f"contact {' and '.join(parts)}"
