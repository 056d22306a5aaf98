"""Two rule sets on one message: in which fields their verdicts differ, and which rules make the difference. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from deskd.rules.facts import Facts
from deskd.rules.testing import outcome
from deskd.rules.verdict import Verdict

FIELDS: Final = (
    "status",
    "priority",
    "urgency",
    "impact",
    "level",
    "team",
    "assignee",
    "tags",
    "language",
    "contact_tags",
    "replies",
    "notes",
    "notifies",
    "escalated",
    "discard",
)
"""What verdicts are compared by, as the tests' `expect` calls it."""
_OF_TICKET: Final = ("status", "priority", "urgency", "impact", "level", "team", "assignee")


@dataclass(frozen=True, slots=True)
class Change:
    """A field that would be otherwise. Lists are lists, what isn't there is None."""

    field: str
    before: Any
    after: Any
    because: str


def compared(before: Verdict, after: Verdict) -> Iterator[Change]:
    """The fields in which `after` differs."""
    old, new = outcome(before), outcome(after)
    because = _because(before, after)
    for field in FIELDS:
        was, now = _plain(field, old[field]), _plain(field, new[field])
        if was != now:
            yield Change(field, was, now, because)


def _plain(field: str, value: Any) -> Any:
    if isinstance(value, list | tuple):
        return sorted(value) if field in ("tags", "contact_tags") else list(value)
    return value


def _because(before: Verdict, after: Verdict) -> str:
    """Which rules fire in one of the two alone; or that the same do, and do something else."""
    old, new = [rule.name for rule in before.fired], [rule.name for rule in after.fired]
    told = [f"{rule.name!r} fires: {rule.because}" for rule in after.fired if rule.name not in old]
    told += [f"{rule.name!r} doesn't fire any more" for rule in before.fired if rule.name not in new]
    return "; ".join(told) or f"{', '.join(map(repr, new)) or 'no rule'} fires in both, and does otherwise"


class Carried:
    """What the other rules would have made of a ticket so far, for its next message: what agents did since stands in both."""

    def __init__(self) -> None:
        self._fields: dict[str, dict[str, tuple[Any, Any]]] = {}

    def keep(self, ticket: str, before: Verdict, after: Verdict) -> None:
        pairs = {field: (getattr(before.ticket, field), getattr(after.ticket, field)) for field in _OF_TICKET}
        pairs["tags"] = (before.ticket.tags, after.ticket.tags)
        differing = {field: pair for field, pair in pairs.items() if pair[0] != pair[1]}
        if differing:
            self._fields[ticket] = differing
        else:
            self._fields.pop(ticket, None)

    def put_on(self, ticket: str, facts: Facts) -> Facts:
        """The facts as they would have been."""
        known: Mapping[str, tuple[Any, Any]] = self._fields.get(ticket, {})
        values: dict[str, Any] = {}
        for field, (was, now) in known.items():
            found = getattr(facts.ticket, field)
            if field == "tags":
                values[field] = _tags(found, was, now)
            elif found == was:
                values[field] = now
        return replace(facts, ticket=replace(facts.ticket, **values)) if values else facts


def _tags(found: Sequence[str], was: Sequence[str], now: Sequence[str]) -> tuple[str, ...]:
    kept = [tag for tag in found if tag not in was or tag in now]
    return (*kept, *(tag for tag in now if tag not in was and tag not in kept))
