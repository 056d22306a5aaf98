"""A daemon in this process that reads a mailbox of a real IMAP server; without Slack, so that nothing but the mail is in play.

desk = MailboxDesk(tmp_path, desk_url, dovecot, after={"move": "Processed"})
async with desk.running():
    dovecot.deliver(mail(1).data)
    await desk.has(mail(1))
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Table
from structlog.testing import CapturingLogger

from connectors.imap.account import ImapMailbox, Pace
from connectors.smtp.listener import SmtpListener
from connectors.standins.smtp import send_mail
from deskd.app import Daemon
from deskd.config import load_config
from deskd.events import Events
from deskd.ports import ConnectorHealth
from deskd.store import Row, Store, listing
from deskd.watch.health import Findings
from tests.support.daemon import until
from tests.support.dovecot import PASSWORD, Dovecot
from tests.support.installed import Mail
from tests.support.store import rows

PATIENCE = 60.0
BRISK = Pace(renew=0.2, sweep=0.2, retry=0.05, retry_most=0.2, refused=0.2, refused_most=0.4)
"""Nobody is spared here: a test waits for what comes next."""


class MailboxDesk:
    """`account`: keys of `imap` in deskd.yaml that differ from a mailbox in clear with short polls; `channel` and `desk`: further ones of those."""

    def __init__(
        self,
        home: Path,
        database: str,
        server: Dovecot,
        *,
        pace: Pace = BRISK,
        channel: dict[str, Any] | None = None,
        desk: dict[str, Any] | None = None,
        **account: Any,
    ) -> None:
        imap = {
            "host": "127.0.0.1",
            "port": server.port,
            "tls": "none",
            "username": "support",
            "password": PASSWORD,
            "poll": "1s",
            **account,
        }
        self.database = database
        self.pace = pace
        self.logged = CapturingLogger()
        self.daemon: Daemon | None = None
        self.config = home / "deskd.yaml"
        (home / "rules").mkdir(exist_ok=True)
        mail = {
            "type": "mail",
            "address": "support@acme.example",
            "smtp": {"listen": "127.0.0.1:0"},
            "send": {"host": "127.0.0.1", "port": 1, "tls": "none"},
            "imap": {name: value for name, value in imap.items() if value is not None},
            **(channel or {}),
        }
        about = {"name": "Acme Support", "prefix": "ACME", "database": database, **(desk or {})}
        whole = {
            "desk": about,
            "channels": {"support-mail": mail},
            "agents": {"anna": {"name": "Anna Rossi", "email": "anna@acme.example"}},
            "teams": {"front-desk": {"level": 1, "members": ["anna"]}},
        }
        self.config.write_text(json.dumps(whole))

    # ── its life ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def start(self) -> None:
        self.daemon = _Daemon(
            load_config(self.config, {}), self.pace, Events(structlog.wrap_logger(self.logged))
        )
        await self.daemon.start()

    async def stop(self) -> None:
        if self.daemon is not None:
            daemon, self.daemon = self.daemon, None
            await asyncio.wait_for(daemon.stop(), PATIENCE)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Daemon]:
        await self.start()
        try:
            assert self.daemon is not None
            yield self.daemon
        finally:
            await self.stop()

    # ── what happens ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def by_smtp(self, one: Mail) -> None:
        assert self.daemon is not None
        listener = self.daemon.receivers[0]
        assert isinstance(listener, SmtpListener)
        await send_mail("127.0.0.1", listener.port, one.data, one.sender, ["support@acme.example"])

    async def has(self, *mails: Mail) -> None:
        """Wait until each of these is in a ticket."""
        wanted = {one.rfc_id for one in mails}
        await until(lambda: wanted <= set(self.taken()), PATIENCE)

    async def health_is(self, state: str, words: str = "") -> ConnectorHealth:
        """Wait until the mailbox stands so, and says that; "ok": and was looked at."""

        def found() -> ConnectorHealth | None:
            health = self.mailbox.health()
            told = health.state == state and words in (health.error or "")
            return health if told and (state != "ok" or health.last_ok is not None) else None

        health: ConnectorHealth = await until(found, PATIENCE)
        return health

    # ── what is there then ───────────────────────────────────────────────────────────────────────────────────────────

    @property
    def mailbox(self) -> ImapMailbox:
        assert self.daemon is not None
        (found,) = self.daemon.mailboxes
        assert isinstance(found, ImapMailbox)
        return found

    async def findings(self) -> Findings:
        assert self.daemon is not None
        return await self.daemon.watch.findings()

    def taken(self) -> list[str]:
        """The Message-IDs of all that customers wrote, as often as it is in a ticket."""
        return [
            str(message["message_id"])
            for ticket in self.tickets()
            for message in ticket["messages"]
            if message["direction"] == "in"
        ]

    def tickets(self) -> list[dict[str, Any]]:
        with self.reading() as store:
            return list(listing.ticket_lines(store, listing.Filters(), whole=True))

    def rows(self, table: Table, **where: Any) -> Sequence[Row]:
        with self.reading() as store:
            return rows(store, table, **where)

    @contextlib.contextmanager
    def reading(self) -> Any:
        store = Store.open(self.database, write=False)
        try:
            yield store
        finally:
            store.close()


class _Daemon(Daemon):
    """One whose mailboxes don't take their time."""

    def __init__(self, settings: Any, pace: Pace, events: Events) -> None:
        super().__init__(settings, events=events)
        self._pace_of_mailboxes = pace

    async def _open(self) -> None:
        for mailbox in self.mailboxes:
            assert isinstance(mailbox, ImapMailbox)
            mailbox._pace = self._pace_of_mailboxes
        await super()._open()
