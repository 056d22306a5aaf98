"""The daemon: builds everything, runs the tasks, stops them in order.

Start: the store is opened and made fit, what a dead daemon left is picked up, then the workers run, and only then the doors open. Stop: the doors close, what
is under way comes to its end, and whatever is not done stays in its row for the next start.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping

from connectors.web import Answer, Asked, Page, WebServer
from deskd import queueing, roster, sending
from deskd.app import doors
from deskd.app.held import Held, held_replies
from deskd.clock.system import SystemClock
from deskd.clock.timekeeper import Timekeeper
from deskd.config import Settings
from deskd.control import ControlServer
from deskd.errors import ConfigError, DeskdError, Problem, TemporaryFailure
from deskd.events import Events
from deskd.following import StoredFollowing
from deskd.outbox import Outbox
from deskd.panels import Panels
from deskd.pipeline import Pipeline
from deskd.polling import StoredPolling
from deskd.ports import Authenticator, Clock, Connector, Mailbox, Receiver
from deskd.reloading import RulesInForce, load_and_test, stamp
from deskd.rostering import Rostering
from deskd.rules import RuleSet
from deskd.serving import serve
from deskd.shadow import Shadow
from deskd.store import Store, Work, idling, inbox, leases, rule_sets, schema
from deskd.store import outbox as delivery
from deskd.systemd import listening_sockets, share_out
from deskd.watch import pages
from deskd.watch.alerting import Alerting
from deskd.watch.alerts import Alert
from deskd.watch.gauges import Gauges
from deskd.watch.watching import Watch

STOP_WITHIN = 8.0  # seconds for what is under way; SIGTERM promises 10
RELEASE_WITHIN = 1.0
RECHECK_EVERY = 2.0


class Daemon:
    """One running desk. `start`, then `stop`; what it runs on is given from outside, so that a test or the demo can give its own."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        events: Events | None = None,
        upgrade: bool = False,
        sockets: Mapping[str, list[socket.socket]] | None = None,
    ) -> None:
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.events = events or Events(now=self.clock.now)
        self.worker = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._upgrade = upgrade
        self._sockets = sockets or {}
        self._tasks: list[asyncio.Task[None]] = []
        self.receivers: list[Receiver] = []
        self.mailboxes: list[Mailbox] = []
        self.connectors: dict[str, Connector] = {}
        self.authenticators: dict[str, Authenticator] = {}
        self.web: WebServer | None = None
        self.started = False
        self._dead: list[str] = []
        self.failed = asyncio.Event()

    # ── starting ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def start(self) -> None:
        """Raises `ConfigError` or `UsageError` when it can't start; nothing is left running then."""
        self._rules_as_of = stamp(self.settings.desk.rules)
        ruleset, failed = load_and_test(self.settings)
        if failed:  # whole or not at all: there are no rules from before that could stay
            raise ConfigError(failed)
        self.store = Store.open(self.settings.desk.database)
        try:
            await asyncio.to_thread(schema.prepare, self.store, upgrade=self._upgrade)
            await self._pick_up(ruleset)
            await self._build(ruleset)
            await self._open()
        except BaseException:
            await self.stop()
            raise

    async def _pick_up(self, ruleset: RuleSet) -> None:
        """On SQLite this is the only daemon: whatever is marked as under way is nobody's."""
        alone = self.store.dialect == "sqlite"

        def unit(work: Work) -> None:
            rule_sets.keep(work, ruleset.hash, json.dumps(dict(ruleset.source)), self.clock.now())
            if "idle" in ruleset.events:
                idling.look_at_all(work, ruleset.hash, self.clock.now())
            if alone:
                leases.forget_all(work)
            leases.alive(work, self.worker)
            leases.take_over(work)

        await self.store.write(unit)

    async def _build(self, ruleset: RuleSet) -> None:
        settings, clock = self.settings, self.clock
        self.polling = StoredPolling(self.store, clock, self.worker, lambda: self.pipeline)
        tokens = doors.token_sources(clock, self.polling)
        self.connectors = doors.connectors(settings, clock, self.polling, StoredFollowing(self.store), tokens)
        self.mailboxes = doors.mailboxes(settings, clock, self.polling, tokens, self._tell)
        self.authenticators = doors.authenticators(settings, clock)
        self.receivers = doors.receivers(settings, clock)
        known = doors.directories(self.connectors, lambda: self.rostering.wake())
        doors.tell_of_deafness(self.connectors, self._went_deaf)
        self.rostering = Rostering(settings, self.store, known, clock, self.events, self._go_on_with)
        self.settings = await self.rostering.begin()
        people = roster.people(self.settings)
        self.pipeline = Pipeline(
            self.settings,
            self.store,
            ruleset,
            clock,
            self.events,
            self.worker,
            people,
            self.authenticators,
        )
        panels = Panels(self.store, clock, lambda: (self.pipeline.settings, self.pipeline.people))
        doors.show(self.connectors, panels)
        self.outbox = Outbox(self.settings, self.store, self.connectors, clock, self.events, self.worker)
        self.shadow = Shadow(self.settings, self.events)
        self.pipeline.candidate = lambda: self.shadow.ruleset
        self.pipeline.called = doors.names(self.connectors)
        self.timekeeper = Timekeeper(
            self.settings, self.store, clock, self.events, self.worker, lambda: self.pipeline.ruleset
        )
        self.rules = RulesInForce(
            self.settings, self.store, clock, self.events, ruleset, self._rules_as_of, self._put_in_force
        )
        self.watch = Watch(
            self.store, clock, self._accounts(), self._listeners, lambda: self.rules.found, lambda: self._dead
        )
        self.alerting = Alerting(self.settings, self.store, self.connectors, self.watch, clock, self.events)
        self.rules.changed = self.alerting.wake
        if settings.desk.http is not None:
            self.web = WebServer(settings.desk.http.listen, self._routes(), clock)
        loop = asyncio.get_running_loop()
        self.store.on_commit(lambda woken: _call_soon(loop, self._woken, woken))

    async def _open(self) -> None:
        await self._control_socket()
        held = await self.store.read(lambda work: held_replies(work, self.settings))
        self.outbox.unsure = {message_id for message_id, _, _ in held}
        await self.alerting.begin()
        self._run("pipeline", self.pipeline.run)
        await self.timekeeper.start()
        for connector in self.connectors.values():
            await connector.start(self.pipeline.accept)
        for mailbox in self.mailboxes:
            await mailbox.start()
        self._run("outbox", self.outbox.run)
        self._run("recheck", lambda: self._recheck(held))
        self._run("roster", self.rostering.run)
        self._run("rules", self.rules.watch)
        self._run("shadow", self.shadow.watch)
        await self._open_listeners()

    async def _open_listeners(self) -> None:
        names = list(self._listeners())
        sockets, unused = share_out(names, self._sockets)
        if unused:
            self.events.sockets_unused(unused)
        for receiver in self.receivers:
            await receiver.start(self.pipeline.accept, sockets[receiver.name])
        if self.web is not None:
            await self.web.start(sockets[self.web.name])
        self._run("alerting", self.alerting.run)
        self.started = True
        self.events.started(database=self.store.dialect, listening=names)

    def _accounts(self) -> dict[str, Connector | Mailbox]:
        """All that logs in somewhere, by name: a channel's key, and support-mail.imap."""
        return {**self.connectors, **{mailbox.name: mailbox for mailbox in self.mailboxes}}

    def _listeners(self) -> dict[str, Receiver | WebServer]:
        """All that waits for connections, by name (smtp:127.0.0.1:8025)."""
        doors: list[Receiver | WebServer] = [*self.receivers, *([self.web] if self.web else [])]
        return {door.name: door for door in doors}

    def _routes(self) -> dict[tuple[str, str], Page]:
        registry = self.events.registry
        gauges = Gauges(registry)

        async def health(asked: Asked) -> Answer:
            status, kind, body = await pages.health_page(self.watch.findings)
            return Answer(status, body, kind)

        async def metrics(asked: Asked) -> Answer:
            status, kind, body = await pages.metrics_page(self.watch.findings, gauges, registry)
            return Answer(status, body, kind)

        routes: dict[tuple[str, str], Page] = {("GET", "/health"): health, ("GET", "/metrics"): metrics}
        if (slack := doors.slack_page(self.connectors)) is not None:
            routes["POST", "/slack/events"] = slack
        return {**routes, **doors.telegram_pages(self.connectors)}

    async def _control_socket(self) -> None:
        self._control: ControlServer | None = None
        if self.store.path is not None:
            self._control = ControlServer(self.store.path, self)
            await self._control.start()

    def _run(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        async def guarded() -> None:
            try:
                await work()
            except asyncio.CancelledError:
                raise
            except BaseException as failure:
                self.events.task_failed(name, failure)
                self._dead.append(name)
                with contextlib.suppress(Exception):
                    await self.alerting.died(name, failure)
                self.failed.set()

        self._tasks.append(asyncio.create_task(guarded(), name=f"deskd-{name}"))

    def _woken(self, woken: set[str]) -> None:
        if "inbox" in woken:
            self.pipeline.wake()
        if "outbox" in woken:
            self.outbox.wake()
        if "clock" in woken:
            self._run("clock", self.timekeeper.tick)
        self._tasks = [task for task in self._tasks if not task.done()]

    async def _recheck(self, waiting: list[Held]) -> None:
        """Held replies from before the start go, each, only when Slack has said what became of it meanwhile."""
        while waiting:
            still: list[Held] = []
            for message_id, account, reply in waiting:
                try:
                    await self.connectors[account].recheck([reply])
                    await self._worked_off()
                    # Not heard of and not due, it may still be changed, and nobody would tell.
                    surely = doors.hears(self.connectors[account]) or await self._is_due(message_id)
                except TemporaryFailure as failure:
                    self.events.receiver_failed("recheck", failure)
                    surely = False
                if not surely:
                    still.append((message_id, account, reply))
                    continue
                self.outbox.unsure.discard(message_id)
                self.outbox.wake()
            waiting = still
            if waiting:
                await asyncio.sleep(RECHECK_EVERY)

    async def _is_due(self, message_id: int) -> bool:
        """Or put back, for a moment, because it is unsure."""
        until = await self.store.read(lambda work: delivery.held_until(work, message_id))
        return until <= self.clock.now() + 2 * sending.NOT_YET

    def _went_deaf(self) -> None:
        """The line to Slack is lost: who changes or stops a reply now isn't heard."""

        async def ask() -> None:
            try:
                held = await self.store.read(lambda work: held_replies(work, self.settings))
            except TemporaryFailure as failure:  # then nothing is sent either
                self.events.store_trouble(failure)
                return
            new = [one for one in held if one[0] not in self.outbox.unsure]
            self.outbox.unsure |= {message_id for message_id, _, _ in new}
            await self._recheck(new)

        self._run("recheck-again", ask)

    async def _worked_off(self) -> None:
        """Wait until all that is in the inbox by now has come to its end."""
        newest = await self.store.read(inbox.newest)
        while True:
            if not await self.store.read(lambda work: inbox.is_waiting(work, newest)):
                return
            await asyncio.sleep(0.05)

    # ── stopping ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def stop(self) -> None:
        """Close the doors, bring what is under way to its end within `STOP_WITHIN` seconds, let go. May be called at any stage of a start."""
        doors: list[Receiver | Connector] = [*self.receivers, *self.connectors.values()]
        await asyncio.gather(*[mailbox.stop() for mailbox in self.mailboxes], return_exceptions=True)
        for door in doors:
            with contextlib.suppress(Exception):
                await door.stop_receiving()
        if self.web is not None:
            with contextlib.suppress(Exception):
                await self.web.stop()
        if hasattr(self, "watch"):
            self.rules.stop()
            self.shadow.stop()
            self.alerting.stop()
            self.rostering.stop()
            self.timekeeper.stop()
            self.pipeline.stop()
            self.outbox.stop()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=STOP_WITHIN)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        if getattr(self, "_control", None) is not None:
            await self._control.stop()  # type: ignore[union-attr]
        for door in doors:
            with contextlib.suppress(Exception):
                await door.stop()
        for authenticator in self.authenticators.values():
            authenticator.close()
        if hasattr(self, "pipeline"):
            self.pipeline.close()
            await self._give_back()
        if hasattr(self, "store"):
            await asyncio.to_thread(self.store.close)

    async def _give_back(self) -> None:
        """Nobody needs to wait until this worker counts as dead. A database that is away learns it by then."""
        with contextlib.suppress(DeskdError, TimeoutError):
            release = self.store.write(lambda work: leases.release_all(work, self.worker))
            await asyncio.wait_for(release, RELEASE_WITHIN)

    # ── while it runs ────────────────────────────────────────────────────────────────────────────────────────────────

    async def reload(self) -> tuple[Problem, ...]:
        """Load the rules anew, whole or not at all (invariant I8): what was wrong, if anything, and then the running ones stay."""
        for mailbox in self.mailboxes:
            mailbox.try_again()
        await self.shadow.load()
        return await self.rules.reload()

    async def pulse(self) -> None:
        """Returns when the database's threads have answered. Raises `StoreAway` where they could only say that it is away."""
        await self.store.read(lambda work: None)

    def _tell(self, key: str, text: str) -> None:
        """An alert of a single thing that happened."""

        async def told() -> None:
            with contextlib.suppress(TemporaryFailure):  # the database is away: that is told by itself
                await self.alerting.tell(Alert(key, text), await self.watch.findings())

        self._run(f"alert:{key}", told)

    def _go_on_with(self, settings: Settings) -> None:
        """The roster is another one: whoever asks from now on is told of that."""
        self.settings = settings
        self.pipeline.settings = self.outbox.settings = self.timekeeper.settings = settings
        self.pipeline.people = roster.people(settings)

        async def look_after_tickets() -> None:
            now = self.clock.now()
            await self.store.write(lambda work: queueing.roster_changed(work, settings, now))

        self._run("roster-changed", look_after_tickets)

    def _put_in_force(self, ruleset: RuleSet) -> None:
        self.pipeline.ruleset = ruleset


def _call_soon(loop: asyncio.AbstractEventLoop, told: Callable[[set[str]], None], woken: set[str]) -> None:
    """From a thread of the store's into the loop; one that is closed already has nobody to wake."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(told, woken)


def run(settings: Settings, *, upgrade: bool = False) -> int:
    """`deskd run`: until SIGTERM or SIGINT. The exit status: 0, or 1 when a part of it died and it stopped for that."""
    return asyncio.run(
        serve(Daemon(settings, upgrade=upgrade, sockets=listening_sockets(os.environ, os.getpid())))
    )
