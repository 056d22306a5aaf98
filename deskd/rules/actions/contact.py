"""`contact`: tags the customer gets or loses, for this ticket and all others of theirs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from pydantic import Field

from deskd.rules.actions.act import TagText, with_tags, without_tags
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

    def __str__(self) -> str:
        parts = [f"tag {', '.join(self.tags)}"] if self.tags else []
        parts += [f"untag {', '.join(self.removed)}"] if self.removed else []
        return f"contact {' and '.join(parts)}"
