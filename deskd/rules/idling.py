"""When rules of the event `idle` are to be asked: a rule waits for moments, and these are the ones it may wait for. Rules in, moments out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import BaseModel

from deskd.rules.conditions.ticket import TicketSpec
from deskd.rules.conditions.when import When
from deskd.rules.operators.number import DurationSpec
from deskd.rules.schema import RuleSpec

OPENING: Final = timedelta(minutes=15)
"""How often a rule is asked again that waits for a calendar to open or close as well."""


@dataclass(frozen=True, slots=True)
class IdleTimes:
    """`idle`, `age`: the spans that rules of the event compare with, shortest first. `by_hours`: those that ask for the hour besides, by name."""

    idle: tuple[timedelta, ...] = ()
    age: tuple[timedelta, ...] = ()
    by_hours: frozenset[str] = frozenset()

    def first_after(self, since: datetime, created: datetime, now: datetime) -> datetime | None:
        """The next moment after `now` at which a rule may hold that didn't before; `since`: when anyone last did anything."""
        moments = [*(since + span for span in self.idle), *(created + span for span in self.age)]
        return min((moment for moment in moments if moment > now), default=None)

    def next_look(
        self, since: datetime, created: datetime, now: datetime, done: frozenset[str]
    ) -> datetime | None:
        """The same, and no later than `OPENING` while a rule that hasn't fired waits for the hour."""
        first = self.first_after(since, created, now)
        waiting = bool(self.by_hours - done) and any(since + span <= now for span in self.idle)
        return min(first or now + OPENING, now + OPENING) if waiting else first


def idle_times(specs: Iterable[RuleSpec]) -> IdleTimes:
    """The moments that the rules of the event `idle` among `specs` wait for."""
    idle: set[timedelta] = set()
    age: set[timedelta] = set()
    by_hours: set[str] = set()
    for spec in specs:
        if spec.event != "idle" or spec.when is None:
            continue
        for ticket in _within(spec.when, TicketSpec):
            idle.update(_spans(ticket.idle))
            age.update(_spans(ticket.age))
        if any(when.hours is not None for when in _within(spec.when, When)):
            by_hours.add(spec.name)
    return IdleTimes(tuple(sorted(idle)), tuple(sorted(age)), frozenset(by_hours))


def _within(node: Any, kind: type[Any]) -> Iterator[Any]:
    """All models of `kind` in `node`."""
    if isinstance(node, kind):
        yield node
    if isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from _within(getattr(node, name), kind)
    elif isinstance(node, list):
        for item in node:
            yield from _within(item, kind)


def _spans(wanted: DurationSpec | None) -> Iterator[timedelta]:
    if wanted is None:
        return
    yield from (*wanted.is_, *wanted.in_)
    yield from (span for span in (wanted.over, wanted.under) if span is not None)
    yield from _spans(wanted.not_)
