"""What every action's value can do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Protocol, runtime_checkable

from pydantic import AfterValidator

from deskd.config.expected import expected
from deskd.rules.names import Names
from deskd.rules.spec import fault
from deskd.rules.view import State
from deskd.templates import faults

Fill = Callable[[str], str]
"""A text with names in it -> what it says with what the rules captured."""


class Effect(Protocol):
    """A frozen value: what is to be done, for the desk to do."""

    def change(self, state: State) -> State:
        """What the rules behind see once it is done."""
        ...

    def __str__(self) -> str:
        """For people: `tag billing`."""
        ...


@runtime_checkable
class Worded(Protocol):
    """An effect whose texts may hold names, such as `{{ match.invoice }}`."""

    def filled(self, fill: Fill, names: Names) -> Effect | None:
        """The same with its texts filled in; None where nothing is left to do."""
        ...

    def wordings(self) -> tuple[str, ...]:
        """Its texts, as written."""
        ...


def is_template(text: str) -> bool:
    return "{{" in text or "{%" in text


def a_template(value: str) -> str:
    """The text, if what stands in it in braces can be worked out."""
    if is_template(value):
        for wrong in faults(value):
            raise fault(f"{wrong.message} in the text {value!r:.80}", wrong.remedy)
    return value


def is_tag(value: str) -> bool:
    return (
        bool(value.strip())
        and len(value) <= 60
        and value.isprintable()
        and value == value.strip()
        and not value.startswith("-")
    )


def _tag(value: str) -> str:
    if not is_tag(value) and not (is_template(value) and len(value) <= 200):
        raise expected("a tag: 1 to 60 characters on one line, no '-' before it")
    return a_template(value)


def _line(value: str) -> str:
    if not value.strip() or len(value) > 4_000:
        raise expected("a text of 1 to 4,000 characters")
    return a_template(value)


def _short_line(value: str) -> str:
    if len(value) > 4_000:
        raise expected("a text of at most 4,000 characters")
    return a_template(value)


TagText = Annotated[str, AfterValidator(_tag)]
Wording = Annotated[str, AfterValidator(_line)]
Reason = Annotated[str, AfterValidator(_short_line)]


def filled_tags(tags: tuple[str, ...], fill: Fill) -> tuple[str, ...]:
    """What was caught makes a tag only where it could be written as one."""
    return tuple(tag for tag in map(fill, tags) if is_tag(tag))


def with_tags(tags: tuple[str, ...], added: tuple[str, ...]) -> tuple[str, ...]:
    """`tags` and those of `added` that aren't among them yet, case aside."""
    kept: dict[str, str] = {}
    for tag in (*tags, *added):
        kept.setdefault(tag.casefold(), tag)
    return tuple(kept.values())


def without_tags(tags: tuple[str, ...], removed: tuple[str, ...]) -> tuple[str, ...]:
    gone = {tag.casefold() for tag in removed}
    return tuple(tag for tag in tags if tag.casefold() not in gone)
