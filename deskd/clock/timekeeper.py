"""The clock that drives the desk: deadlines are rows, one APScheduler job stands at the earliest, and a due row becomes a command.

A daemon that was stopped catches up in order, once: what is due is whatever row's time has passed, however long ago. Other jobs sweep up what daemons
that died left behind.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from deskd import accepting, promising, queueing, ruling
from deskd.clock import absence_files, slaclock
from deskd.clock.absence_files import AbsenceFiles
from deskd.config import Settings
from deskd.desk import clocking, desk
from deskd.desk.commands import Due
from deskd.errors import TemporaryFailure
from deskd.events import Events
from deskd.ports import Clock
from deskd.rules import RuleSet
from deskd.store import Store, Work, absences, apply, clocked, deadlines, leases, outbox, tickets
from deskd.store.errors import passes

READ_EVERY = 30  # seconds between two looks at agents' calendar files
AT_ONCE = 25  # deadlines a transaction
SWEEP = timedelta(seconds=leases.SECONDS / 4)
JUMP = timedelta(seconds=5)
FARTHEST = timedelta(minutes=1)
NEAREST = timedelta(milliseconds=20)
"""The job is set anew at least this often: deadlines that another daemon kept, and then died, come due here."""

_LOOKS = ("idle", clocking.KIND, clocked.ANEW, "assign", "reassign", "accept", "task")
"""Deadlines at which a ticket is only looked at."""


def next_at(work: Work) -> datetime | None:
    """When the clock has something to do next."""
    coming = (deadlines.next_at(work), absences.next_begins(work))
    return min((at for at in coming if at is not None), default=None)


class Timekeeper:
    """`ruleset`: the rules in force, for those that wait for a time of idleness; None: there are none."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clock: Clock,
        events: Events,
        worker: str,
        ruleset: Callable[[], RuleSet] | None = None,
    ) -> None:
        self.settings = settings
        self._ruleset = ruleset
        self._store = store
        self._clock = clock
        self._events = events
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._worker = worker
        self._looked = (clock.now(), clock.monotonic())
        self._files = AbsenceFiles(settings)
        self._ticking = asyncio.Lock()
        self._again = False

    async def start(self) -> None:
        await self.sweep()
        await self._store.write(self._look_at_all)
        await self.read_absences()
        self._scheduler.start()
        if any(absence_files.named(self.settings)):
            self._scheduler.add_job(self.read_absences, IntervalTrigger(seconds=READ_EVERY), id="absences")
        self._scheduler.add_job(self.sweep, IntervalTrigger(seconds=int(SWEEP.total_seconds())), id="sweep")
        await self.tick()

    def _look_at_all(self, work: Work) -> None:
        queueing.roster_changed(work, self.settings, self._clock.now())
        clocked.look_at_all(work, slaclock.mark_of(self.settings))

    async def read_absences(self) -> None:
        """Agents' calendar files, where they have changed. A file that can't be read leaves what it said before."""
        now = self._clock.now()
        said, wrong = await asyncio.to_thread(self._files.changed, now)
        for told in wrong:
            self._events.absences_unread(told)
        if not said:
            return
        try:
            await self._store.write(lambda work: queueing.absences_said(work, self.settings, said, now))
        except TemporaryFailure as failure:
            self._events.store_trouble(failure)
            self._files.forget()

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def tick(self) -> None:
        """Act on all that has come due, then stand at the next deadline."""
        self._again = True
        if self._ticking.locked():
            return  # the one under way looks once more before it ends
        async with self._ticking:
            while self._again:
                self._again = False
                await self._act()

    async def _act(self) -> None:
        try:
            while await self._store.write(lambda work: self.act_on_due(work, self._clock.now())):
                pass
            at = await self._store.read(next_at)
        except TemporaryFailure as failure:
            self._events.store_trouble(failure)
            at = self._clock.now() + SWEEP
        except Exception as failure:  # ours: said loudly, and the clock goes on
            self._events.task_failed("clock", failure)
            at = self._clock.now() + SWEEP
        self._stand_at(at)

    def _stand_at(self, at: datetime | None) -> None:
        now = self._clock.now()
        # What is due by now is in another's hands: it is looked at again a little later, not at once and again.
        wait = FARTHEST if at is None else min(max(at - now, NEAREST), FARTHEST)
        # The scheduler counts in the machine's own time; the desk's clock may be another (a demo, a test).
        run_at = datetime.now(self._scheduler.timezone) + wait
        self._scheduler.add_job(self.tick, DateTrigger(run_at), id="deadlines", replace_existing=True)

    def act_on_due(self, work: Work, now: datetime) -> int:
        """One unit of work: the oldest due deadlines become commands. How many there were."""
        queueing.absent(work, now)
        found = deadlines.due(work, now, AT_ONCE)
        for ticket_id, kind in found:
            self._alone(work, kind, ticket_id, now)
        return len(found)

    def _alone(self, work: Work, kind: str, ticket_id: int, now: datetime) -> None:
        """One ticket on which deskd fails must not hold up all others' deadlines: it isn't looked at again before something happens."""
        try:
            with work.alone():
                self._come(work, kind, ticket_id, now)
        except Exception as failure:  # ours
            if passes(failure):
                raise
            self._events.task_failed(f"deadline {kind} of ticket {ticket_id}", failure)
            deadlines.drop(work, ticket_id, kind)
        else:
            if kind not in _LOOKS:
                self._events.came_due(kind, ticket_id)

    def _come(self, work: Work, kind: str, ticket_id: int, now: datetime) -> None:
        """What a deadline is for. Those that are only looks at a ticket set the next one themselves."""
        ruleset = self._ruleset() if self._ruleset else None
        if kind == "idle" and ruleset is not None:
            self._events.rules_slow(ruling.idle(work, self.settings, ruleset, ticket_id, now), ticket_id)
        elif kind in (clocking.KIND, clocked.ANEW):
            if kind == clocked.ANEW:
                deadlines.drop(work, ticket_id, kind)
            slaclock.look(work, self.settings, ruleset, ticket_id, now)
        elif kind == "assign":
            queueing.give_out(work, self.settings, ticket_id, now)
        elif kind == "accept":
            accepting.look(work, self.settings, ruleset, ticket_id, now)
        elif kind == "task":
            promising.remind(work, self.settings, ticket_id, now)
        elif kind == "reassign":
            queueing.take_over(work, self.settings, ticket_id, now)
        else:
            deadlines.drop(work, ticket_id, kind)  # whatever comes of it: a deadline comes due once
            state = tickets.state(work, ticket_id)
            apply.apply(work, state, desk(self.settings, state, Due(kind), now), now)

    def _jump(self) -> timedelta:
        """How much further the clock has gone than time has since the last look; less than nothing: it was put back."""
        now, passed = self._clock.now(), self._clock.monotonic()
        (was, then), self._looked = self._looked, (now, passed)
        return now - was - timedelta(seconds=passed - then)

    async def sweep(self) -> None:
        """Say that this worker lives, take over what the dead ones had begun, and notice that the clock was set."""

        def unit(work: Work) -> None:
            leases.alive(work, self._worker)
            leases.take_over(work)
            outbox.bring_back(work, self._clock.now())
            if work.dialect == "postgresql":  # what another daemon kept before it died woke nobody here
                for who in ("inbox", "outbox", "clock"):
                    work.wake(who)

        try:
            jump = self._jump()
            if abs(jump) > JUMP:
                self._events.clock_jumped(jump.total_seconds())
                await self.tick()
            await self._store.write(unit)
        except TemporaryFailure as failure:
            self._events.store_trouble(failure)
