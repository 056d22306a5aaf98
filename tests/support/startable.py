"""What the desks whose daemon runs in this process have in common: it is started and stopped on one database, as often as wanted, and told what was found there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Table
from structlog.testing import CapturingLogger

from connectors.standins.slack import SlackStandIn
from deskd.app import Daemon
from deskd.config import load_config
from deskd.events import Events
from deskd.ports import Clock
from deskd.store import Row, Store, listing
from tests.support.store import rows

PATIENCE = 60.0  # seconds for anything that must come true
FRONT = "C0FRONT"


class Startable:
    """`lines`: what its daemons logged."""

    database: str
    clock: Clock
    daemon: Daemon | None
    lines: CapturingLogger

    def config(self) -> Path:
        """Write its deskd.yaml."""
        raise NotImplementedError

    async def start(self) -> Daemon:
        """A new daemon on the same database; its doors are open when this returns."""
        logger = structlog.wrap_logger(self.lines, processors=[])
        config = load_config(self.config(), {})
        self.daemon = Daemon(config, clock=self.clock, events=Events(logger), upgrade=True)
        await self.daemon.start()
        return self.daemon

    async def stop(self) -> None:
        """It ends as by SIGTERM."""
        if self.daemon is not None:
            await self.daemon.stop()
            self.daemon = None

    def tickets(self) -> list[dict[str, Any]]:
        """As `tickets export` tells of them."""
        with self._reading() as store:
            return list(listing.ticket_lines(store, listing.Filters(), whole=True))

    def rows(self, table: Table, **where: Any) -> list[Row]:
        """The database's rows with these values."""
        with self._reading() as store:
            return rows(store, table, **where)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Store]:
        store = Store.open(self.database, write=False)
        try:
            yield store
        finally:
            store.close()


class AnsweredInSlack:
    """Agents work in #front."""

    slack: SlackStandIn

    async def card(self, text: str, channel: str = FRONT) -> str:
        """The card of the ticket in whose thread these words stand; waits for it."""

        def found() -> str:
            for post in self.slack.channel_messages(channel):
                if text in str(post["text"]) and "thread_ts" in post and post["thread_ts"] != post["ts"]:
                    return str(post["thread_ts"])
            return ""

        return await self.slack.wait_for(found, PATIENCE)

    async def marked(self, ts: str, *marks: str, channel: str = FRONT) -> None:
        await self.slack.wait_for(lambda: set(marks) <= self.slack.reactions(channel, ts), PATIENCE)

    def thread(self, card: str, channel: str = FRONT) -> list[str]:
        """What stands in a thread, its root left out."""
        return [str(one["text"]) for one in self.slack.thread(channel, card)[1:]]
