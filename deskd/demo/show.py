"""The whole demo as one thing that starts and stops: the stand-ins, the ordinary daemon between them, and the page.

Start: the page's port, the stand-ins, the daemon, then the customers' first mails. Stop: the daemon first, so that it says what it has to say.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web

from connectors.smtp import SmtpListener
from connectors.standins.slack import SlackError, SlackStandIn
from connectors.standins.smtp import SmtpStandIn
from deskd.app import Daemon
from deskd.clock.system import SystemClock
from deskd.demo import keeping, workspace
from deskd.demo.desk import load_desk, write_desk
from deskd.demo.first_mails import FIRST_MAILS
from deskd.demo.live import Live
from deskd.demo.log import PageLog
from deskd.demo.mailboxes import Mailboxes
from deskd.demo.once import Folder, listen
from deskd.demo.page import Page
from deskd.errors import UsageError
from deskd.events import Events
from deskd.store import figures

LOOK_EVERY = 1.0  # seconds between looks at what moves without a sign: held replies, retries
SAVE_AFTER = 0.5  # seconds after a change, so that one save holds many


class Demo:
    """`await start()`, then it is at `url`; `await stop()`. `folder` holds the desk; `keep` says whether the stand-ins' memory stays too.

    `port` 0 takes a free one.
    """

    def __init__(self, folder: Path, *, port: int = 0, keep: bool = False) -> None:
        self.folder = folder.absolute()
        self.url = ""
        self._port = port
        self._keep = keep
        self._lock = Folder(self.folder)
        self._clock = SystemClock()
        parts = {"about": self._about, "customers": self._customers, "slack": self._slack, "desk": self._desk}
        self._live = Live(parts)
        self._save_wanted = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._runner: web.AppRunner | None = None
        self.daemon: Daemon | None = None
        self.slack = SlackStandIn()
        self.smtp = SmtpStandIn()
        self.mailboxes = Mailboxes(lambda: self._changed("customers"))
        self.log = PageLog(
            self._clock.now, lambda: self._live.touch("desk"), structlog.get_logger("deskd.demo")
        )

    async def start(self) -> None:
        """Raises `UsageError` when a demo runs here already or the folder can't be used, `ConfigError` for its configuration."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock.take()
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise

    async def _start(self) -> None:
        listener = await listen(self._port)
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        write_desk(self.folder)
        await self._start_stand_ins()
        known = keeping.load(self.folder, self.slack, self.mailboxes) if self._keep else False
        page = Page(self._live, self._in_slack, self._by_mail, self.folder)
        self._runner = web.AppRunner(page.app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.SockSite(self._runner, listener).start()
        self._lock.say(self.url)
        await self._start_daemon()
        self._run(self._live.run())
        self._run(self._look())
        if self._keep:
            self._run(self._saving())
        if not known:
            self._run(self._send_first_mails())

    async def _start_stand_ins(self) -> None:
        await self.slack.start()
        await self.smtp.start()
        workspace.furnish(self.slack)
        self.slack.subscribe(lambda change: self._changed("slack"))
        self.smtp.subscribe(lambda change: self.mailboxes.receive(self.smtp.mails[-1], self._clock.now()))

    async def _start_daemon(self) -> None:
        given = {
            "DEMO_MAIL_PORT": str(self.smtp.port),
            "DEMO_SLACK_API": self.slack.api,
            "DEMO_SLACK_APP_TOKEN": self.slack.app_token,
            "DEMO_SLACK_BOT_TOKEN": self.slack.bot_token,
        }
        settings = load_desk(self.folder, given)
        self.daemon = Daemon(settings, clock=self._clock, events=Events(log=self.log), upgrade=True)
        await self.daemon.start()
        self.mailboxes.port = _smtp_port(self.daemon)

    def _run(self, work: Any) -> None:
        self._tasks.append(asyncio.create_task(work))

    async def stop(self) -> None:
        """End everything; may be called at any stage of a start."""
        self._live.end()
        if self._runner is not None:
            await self._runner.cleanup()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.daemon is not None:
            await self.daemon.stop()
        await self.slack.stop()
        await self.smtp.stop()
        if self._keep and self.daemon is not None:
            keeping.save(self.folder, self.slack, self.mailboxes)
        self._lock.release()

    # ── what goes on by itself ───────────────────────────────────────────────────────────────────────────────────────

    async def _send_first_mails(self) -> None:
        for mail in FIRST_MAILS:
            written = self._clock.now() - timedelta(minutes=mail.minutes_ago)
            await self.mailboxes.write(mail.customer, mail.subject, mail.text, written)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            self._live.touch("desk")

    async def _saving(self) -> None:
        while True:
            await self._save_wanted.wait()
            await asyncio.sleep(SAVE_AFTER)
            self._save_wanted.clear()
            keeping.save(self.folder, self.slack, self.mailboxes)

    def _changed(self, part: str) -> None:
        self._live.touch(part)
        self._live.touch("desk")
        self._save_wanted.set()

    # ── what people do on the page ───────────────────────────────────────────────────────────────────────────────────

    async def _in_slack(self, deed: str, asked: dict[str, Any]) -> None:
        try:
            await workspace.act(self.slack, deed, asked)
        except SlackError as refused:
            raise LookupError(refused.code) from refused

    async def _by_mail(self, deed: str, asked: dict[str, Any]) -> None:
        text, now = str(asked["text"]), self._clock.now()
        if deed == "write":
            await self.mailboxes.write(asked["customer"], str(asked["subject"]), text, now)
        elif deed == "reply":
            await self.mailboxes.reply(asked["customer"], asked["to"], text, now)
        else:
            raise LookupError(f"nobody can {deed} here")

    # ── what the page shows ──────────────────────────────────────────────────────────────────────────────────────────

    async def _about(self) -> Any:
        return {"folder": str(self.folder), "kept": self._keep}

    async def _customers(self) -> Any:
        return self.mailboxes.shown()

    async def _slack(self) -> Any:
        return workspace.shown(self.slack)

    async def _desk(self) -> Any:
        assert self.daemon is not None
        return {**await self.daemon.store.read(figures.by_state), "log": self.log.shown()}


def _smtp_port(daemon: Daemon) -> int:
    """Where the daemon takes mail. Raises `UsageError` when deskd.yaml has no SMTP listener any more."""
    for receiver in daemon.receivers:
        if isinstance(receiver, SmtpListener):
            return receiver.port
    raise UsageError("the demo's deskd.yaml needs a mail channel with smtp: {listen: 127.0.0.1:0}")
