"""Conditions of one rule that can't hold together: a fact with one value that is asked to be two, a number over what it must be under. Model in, reasons out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from deskd.rules.conditions.when import When
from deskd.rules.operators.choice import ChoiceSpec
from deskd.rules.operators.number import AmountSpec
from deskd.rules.operators.text import TextSpec

_SINGLE: Final = ("channel", "subject", "text", "body", "language", "kind")
_OF_TICKET: Final = (
    *("status", "priority", "urgency", "impact", "team", "assignee"),
    *("level", "messages", "age", "idle"),
)
_OF_CONTACT: Final = ("address", "domain", "name", "language", "tickets")


@dataclass(slots=True)
class _Asked:
    """What one fact is asked to be, all of it together."""

    among: set[Any] | None = None  # None: anything
    not_among: set[Any] = field(default_factory=set)
    over: Any = None
    under: Any = None

    def impossible(self) -> str | None:
        if self.among is not None and not self.among - self.not_among:
            return "asked to be several things at once"
        if self.over is not None and self.under is not None and self.over >= self.under:
            return "asked to be over and under what leaves nothing between"
        return None


def contradictions(when: When) -> Iterator[str]:
    """Why the conditions can never hold, a reason a fact."""
    asked: dict[str, _Asked] = {}
    _gather(when, asked)
    for fact, wanted in asked.items():
        why = wanted.impossible()
        if why:
            yield f"{fact} is {why}"


def _gather(when: When, asked: dict[str, _Asked]) -> None:
    for fact, spec in _facts(when):
        _add(asked.setdefault(fact, _Asked()), spec)
    if when.new is not None:
        _narrow(asked.setdefault("new", _Asked()), {when.new})
    for inner in when.all:
        _gather(inner, asked)


def _facts(when: When) -> Iterator[tuple[str, Any]]:
    """The facts that have one value at most: of a recipient, a tag or an attachment there may be several."""
    for name in _SINGLE:
        if getattr(when, name) is not None:
            yield name, getattr(when, name)
    for label, part, names in (("ticket", when.ticket, _OF_TICKET), ("contact", when.contact, _OF_CONTACT)):
        for name in names if part is not None else ():
            if getattr(part, name) is not None:
                yield f"{label}.{name}", getattr(part, name)


def _add(wanted: _Asked, spec: Any) -> None:
    for values in (spec.is_, spec.in_):
        if values:
            _narrow(wanted, set(map(_folded, values)))
    if isinstance(spec, AmountSpec):
        wanted.over = spec.over if wanted.over is None else max(wanted.over, spec.over or wanted.over)
        wanted.under = spec.under if wanted.under is None else min(wanted.under, spec.under or wanted.under)
    if isinstance(spec.not_, ChoiceSpec | TextSpec) and spec.not_.model_fields_set <= {"is_", "in_"}:
        wanted.not_among |= set(map(_folded, (*spec.not_.is_, *spec.not_.in_)))


def _narrow(wanted: _Asked, values: set[Any]) -> None:
    wanted.among = values if wanted.among is None else wanted.among & values


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
