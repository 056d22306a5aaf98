"""What would become of a ticket if nobody did anything: the desk's own clock, run ahead on a copy that is thrown away.

Nothing is computed here that the daemon doesn't compute the same way: its `Timekeeper` acts on one deadline after the other, by the settings and rules given,
and what it does to the copy is read from the copy's trail. Nothing is sent.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from deskd.clock import slaclock
from deskd.clock.timekeeper import Timekeeper, next_at
from deskd.config import Settings
from deskd.errors import BrokenInvariant
from deskd.events import Events
from deskd.rules import RuleSet
from deskd.store import Store, Work, clocked, idling, schema, trail

MOST: Final = 10_000
"""Deadlines that one ticket may meet in a simulation; more is a loop, and a defect of ours."""


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
    seen = store.read_now(trail.last)

    def begin(work: Work) -> None:
        clocked.look_at_all(work, slaclock.mark_of(settings))
        if "idle" in ruleset.events:
            idling.look_at_all(work, ruleset.hash, clock.at)

    store.write_now(begin)
    for _ in range(MOST):
        due = store.read_now(next_at)
        if due is None or due > until:
            return
        clock.at = max(clock.at, due)
        store.write_now(lambda work: keeper.act_on_due(work, clock.at))
        happened, told, seen = store.read_now(partial(trail.since, seen=seen))
        for number, line in enumerate(happened, 1):
            yield Step(
                line.at, line.actor, line.type, dict(line.data), told if number == len(happened) else ()
            )
    raise BrokenInvariant(f"more than {MOST} deadlines: the clock goes round in a circle")
