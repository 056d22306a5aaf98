"""What would become of a ticket if nobody did anything: the desk's own clock, run ahead on a copy that is thrown away.

Nothing is computed here that the daemon doesn't compute the same way: its `Timekeeper` acts on one deadline after the other, by the settings and rules given,
and what it does to the copy is read from the copy's trail. Nothing is sent.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select

from deskd.clock import slaclock
from deskd.clock.timekeeper import Timekeeper
from deskd.config import Settings
from deskd.errors import BrokenInvariant
from deskd.events import Events
from deskd.rules import RuleSet
from deskd.store import Store, Work, clocked, deadlines, idling, schema
from deskd.store.tables import events, outbox
from deskd.store.times import moment

MOST: Final = 10_000
"""Deadlines that one ticket may meet in a simulation; more is a loop, and a defect of ours."""
TOLD: Final = frozenset({"post", "mail", "text", "chat", "ephemeral"})


@dataclass(slots=True)
class MovedClock:
    """Stands where the simulation has put it."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that would happen: a line of the audit trail, and the texts that would go to people because of what happened at that moment."""

    at: datetime
    actor: str
    type: str
    data: dict[str, Any] = field(default_factory=dict)
    told: tuple[str, ...] = ()


@contextlib.contextmanager
def scratch() -> Iterator[Store]:
    """An empty desk in a folder of its own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="deskd-simulate-") as folder:
        store = Store.open(f"sqlite:///{Path(folder) / 'desk.db'}")
        try:
            schema.prepare(store, upgrade=True)
            yield store
        finally:
            store.close()


def simulate(
    store: Store, settings: Settings, ruleset: RuleSet, start: datetime, until: datetime
) -> Iterator[Step]:
    """What happens in this desk from `start` until `until`, in order. Deadlines that lie before `start` come due at `start`, as with a daemon that was away."""
    clock = MovedClock(start.astimezone(UTC))
    keeper = Timekeeper(settings, store, clock, Events(now=clock.now), "simulation", lambda: ruleset)
    seen = store.read_now(_last)

    def begin(work: Work) -> None:
        clocked.look_at_all(work, slaclock.mark_of(settings), clock.at)
        if "idle" in ruleset.events:
            idling.look_at_all(work, ruleset.hash, clock.at)

    store.write_now(begin)
    for _ in range(MOST):
        due = store.read_now(deadlines.next_at)
        if due is None or due > until:
            return
        clock.at = max(clock.at, due)
        store.write_now(lambda work: keeper.act_on_due(work, clock.at))
        steps, seen = store.read_now(lambda work, since=seen: _since(work, since))  # type: ignore[misc]
        yield from steps
    raise BrokenInvariant(f"more than {MOST} deadlines: the clock goes round in a circle")


Seen = tuple[int, int]
"""The newest line of the trail and the newest row of the outbox that were told of."""


def _last(work: Work) -> Seen:
    newest = [
        work.once(select(func.coalesce(func.max(table.c.id), 0).label("id")))[0]["id"]
        for table in (events, outbox)
    ]
    return newest[0], newest[1]


def _since(work: Work, seen: Seen) -> tuple[list[Step], Seen]:
    happened = work.once(select(events).where(events.c.id > seen[0]).order_by(events.c.id))
    queued = work.once(select(outbox).where(outbox.c.id > seen[1]).order_by(outbox.c.id))
    told = tuple(
        text
        for row in queued
        if row["kind"] in TOLD and (text := str(json.loads(row["payload"]).get("text") or ""))
    )
    steps = [Step(moment(row["at"]), row["actor"], row["type"], json.loads(row["data"])) for row in happened]
    if steps and told:
        steps[-1] = Step(steps[-1].at, steps[-1].actor, steps[-1].type, steps[-1].data, told)
    last = (happened[-1]["id"] if happened else seen[0], queued[-1]["id"] if queued else seen[1])
    return steps, last
