"""How the rules have done: how often each fired, when last, and how often an agent changed afterwards what it had set. Reads only."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, or_, select

from deskd.store.tables import events
from deskd.store.times import micros, moment
from deskd.store.work import Row, Statement, Work

PAGE: Final = 5_000
_EVENTS = Statement(
    select(events.c.id, events.c.ticket_id, events.c.at, events.c.actor, events.c.type, events.c.data)
    .where(
        events.c.id > bindparam("last"),
        events.c.at >= bindparam("since"),
        or_(events.c.type == "rule", events.c.actor.startswith("agent:")),
    )
    .order_by(events.c.id)
    .limit(PAGE)
)
_SETS: Final[Mapping[str, frozenset[str]]] = {
    "status": frozenset({"status", "spam"}),
    "assigned": frozenset({"assign", "escalate"}),
    "released": frozenset({"assign"}),
    "tags": frozenset({"tag", "untag"}),
    "classified": frozenset({"priority", "urgency", "impact"}),
}
"""An agent's event -> the actions of rules that set what it changes."""


@dataclass(slots=True)
class _Counted:
    fired: int = 0
    last: int = 0
    changed_later: int = 0


def rule_stats(work: Work, names: Sequence[str], since: datetime) -> list[dict[str, Any]]:
    """A line a rule: `rule fired last changed_later in_force`. First those of `names`, in their order, then those that fired and are no more."""
    counted = {name: _Counted() for name in names}
    waiting: dict[int, dict[str, frozenset[str]]] = {}  # ticket -> rule -> what it set, not changed yet
    for row in _events(work, since):
        if row["type"] == "rule":
            _fired(row, counted, waiting)
        else:
            _changed(row, counted, waiting)
    return [
        {
            "rule": name,
            "fired": one.fired,
            "last": moment(one.last) if one.fired else None,
            "changed_later": one.changed_later,
            "in_force": name in names,
        }
        for name, one in counted.items()
    ]


def _events(work: Work, since: datetime) -> Iterator[Row]:
    last = 0
    while True:
        page = work.rows(_EVENTS, last=last, since=micros(since))
        yield from page
        if len(page) < PAGE:
            return
        last = page[-1]["id"]


def _fired(row: Row, counted: dict[str, _Counted], waiting: dict[int, dict[str, frozenset[str]]]) -> None:
    name = row["actor"].removeprefix("rule:")
    one = counted.setdefault(name, _Counted())
    one.fired += 1
    one.last = max(one.last, row["at"])
    waiting.setdefault(row["ticket_id"], {})[name] = frozenset(json.loads(row["data"]).get("did", ()))


def _changed(row: Row, counted: dict[str, _Counted], waiting: dict[int, dict[str, frozenset[str]]]) -> None:
    """An agent's change counts once for a rule and ticket, whatever they change after."""
    rules = waiting.get(row["ticket_id"])
    wanted = _SETS.get(row["type"])
    if not rules or wanted is None:
        return
    data = json.loads(row["data"])
    if row["type"] == "classified":
        wanted = wanted & (
            {*data.get("to", ())} | ({"urgency", "impact"} if "priority" in data.get("to", ()) else set())
        )
    for name in [name for name, did in rules.items() if did & wanted]:
        counted[name].changed_later += 1
        del rules[name]
