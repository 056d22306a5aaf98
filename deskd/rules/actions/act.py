"""What every action's value can do."""

from __future__ import annotations

from typing import Annotated, Protocol

from pydantic import AfterValidator

from deskd.config.expected import expected
from deskd.rules.view import State


class Effect(Protocol):
    """A frozen value: what is to be done, for the desk to do."""

    def change(self, state: State) -> State:
        """What the rules behind see once it is done."""
        ...

    def __str__(self) -> str:
        """For people: `tag billing`."""
        ...


def _tag(value: str) -> str:
    if (
        not value.strip()
        or len(value) > 60
        or not value.isprintable()
        or value != value.strip()
        or value.startswith("-")
    ):
        raise expected("a tag: 1 to 60 characters on one line, no '-' before it")
    return value


def _line(value: str) -> str:
    if not value.strip() or len(value) > 4_000:
        raise expected("a text of 1 to 4,000 characters")
    return value


TagText = Annotated[str, AfterValidator(_tag)]
Wording = Annotated[str, AfterValidator(_line)]


def with_tags(tags: tuple[str, ...], added: tuple[str, ...]) -> tuple[str, ...]:
    """`tags` and those of `added` that aren't among them yet, case aside."""
    kept: dict[str, str] = {}
    for tag in (*tags, *added):
        kept.setdefault(tag.casefold(), tag)
    return tuple(kept.values())


def without_tags(tags: tuple[str, ...], removed: tuple[str, ...]) -> tuple[str, ...]:
    gone = {tag.casefold() for tag in removed}
    return tuple(tag for tag in tags if tag.casefold() not in gone)
