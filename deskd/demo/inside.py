"""What goes on inside the daemon, as the page shows it: what waits, which clocks run, which rules fired and why, what the log says.

In: the running daemon, which is only read. Out: JSON values, one a part of the page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, TypeVar

from deskd.app import Daemon
from deskd.clock import sla
from deskd.config import Settings
from deskd.demo.log import PageLog
from deskd.store import Work, clocked, deadlines, figures, tickets
from deskd.store.judged import JudgedMessage, judged_since
from deskd.store.listing import Filters, inbox_lines, outbox_lines, ticket_lines
from deskd.why import why

TRACES_KEPT: Final = 12  # messages
ROWS_SHOWN: Final = 20
WAITING: Final = ("received", "working", "quarantined")
Json = dict[str, Any]
T = TypeVar("T")


class Inside:
    """`daemon` gives the one that runs now. While `still` is held nothing is read, so that a daemon can be stopped and another put in its place."""

    def __init__(self, daemon: Callable[[], Daemon], log: PageLog) -> None:
        self.still = asyncio.Lock()
        self._reading: set[asyncio.Future[Any]] = set()
        self._daemon = daemon
        self._log = log
        self._traces: list[Json] = []
        self._traced: set[int] = set()
        self._since = datetime.fromtimestamp(0, UTC)

    async def desk(self) -> Json:
        """Counts by state, what waits in inbox and outbox, and the log."""
        store = self._daemon().store
        counts = await store.read(figures.by_state)
        came = await self.listed(lambda: inbox_lines(store, WAITING)) if counts["inbox"] else []
        goes = await self.listed(lambda: outbox_lines(store)) if counts["outbox"] else []
        waiting = {"inbox": plain(came[-ROWS_SHOWN:]), "outbox": plain(goes[-ROWS_SHOWN:])}
        return {**counts, "waiting": waiting, "log": self._log.shown()}

    async def clocks(self) -> list[Json]:
        """Every clock that runs, the earliest deadline first: `ref subject clock since warn due`."""
        daemon = self._daemon()
        lines = await self.listed(lambda: ticket_lines(daemon.store, Filters()))
        due = [line for line in lines if line["due_at"] is not None]
        found = await daemon.store.read(lambda work: list(_clocks(work, daemon.settings, due)))
        return sorted(found, key=lambda one: str(one["due"]))

    async def next_deadline(self) -> datetime | None:
        return await self._daemon().store.read(deadlines.next_at)

    async def traces(self) -> list[Json]:
        """The last messages that rules have judged, the newest first: each rule with whether it fired and why."""
        daemon = self._daemon()
        since = self._since
        for judged in await self.listed(lambda: judged_since(daemon.store, since)):
            if judged.inbox_id not in self._traced:
                self._traced.add(judged.inbox_id)
                self._traces.insert(0, await _trace(daemon, judged))
                self._since = max(self._since, judged.received_at)
        del self._traces[TRACES_KEPT:]
        return self._traces

    async def listed(self, read: Callable[[], Iterable[T]]) -> list[T]:
        """Lines that are read page by page, in a thread: whoever stops waiting for them leaves it to `rest`."""
        work = asyncio.ensure_future(asyncio.to_thread(lambda: list(read())))
        self._reading.add(work)
        work.add_done_callback(self._reading.discard)
        return await asyncio.shield(work)

    async def rest(self) -> None:
        """Wait until no thread reads any more."""
        await asyncio.gather(*self._reading, return_exceptions=True)

    async def ticket_of_mail(self, rfc_id: str) -> Json | None:
        """The record of the ticket that holds the mail with this Message-ID, with the thread where agents see it."""
        daemon = self._daemon()
        lines = await self.listed(lambda: ticket_lines(daemon.store, Filters(), whole=True))
        for line in lines:
            if any(message["message_id"] == rfc_id for message in line["messages"]):
                where = await daemon.store.read(partial(_home, ref=line["ref"]))
                return {**line, "thread": where}
        return None


def _clocks(work: Work, settings: Settings, lines: Sequence[Json]) -> Iterator[Json]:
    for line in lines:
        ticket_id = tickets.by_ref(work, line["ref"])
        ticket = tickets.load(work, ticket_id) if ticket_id is not None else None
        if ticket_id is None or ticket is None:
            continue
        for clock in sla.clocks(settings, ticket, clocked.past(work, ticket_id)):
            if clock.due is not None:
                moments = {"since": clock.since, "warn": clock.warn, "due": clock.due}
                named = {name: line[name] for name in ("ref", "subject", "team", "level", "priority")}
                yield {**named, "clock": clock.name, **plain(moments)}


async def _trace(daemon: Daemon, judged: JudgedMessage) -> Json:
    rules = [{"name": name, "fired": True, "because": because} for name, because in judged.fired]
    if judged.ticket is not None and judged.stored is not None:
        ref, message = judged.ticket, judged.stored["id"]
        told = await daemon.store.read(lambda work: why(work, daemon.settings, ref, daemon.pipeline.ruleset))
        rules = next((one["traces"] for one in told if one["message"] == message), rules)
    stored = judged.stored or {}
    return {
        "inbox": judged.inbox_id,
        "ticket": judged.ticket,
        "at": judged.received_at.isoformat(),
        "author": stored.get("author_name") or stored.get("author"),
        "subject": stored.get("subject"),
        "rules": rules,
    }


def _home(work: Work, ref: str) -> Json | None:
    ticket_id = tickets.by_ref(work, ref)
    anchors = tickets.anchors_of(work, ticket_id) if ticket_id is not None else ()
    home = next((anchor for anchor in anchors if anchor.thread and anchor.role == "home"), None)
    return {"channel": home.channel, "ts": home.thread} if home else None


def plain(value: Any) -> Any:
    """Times as ISO 8601, within lists and maps too."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value
