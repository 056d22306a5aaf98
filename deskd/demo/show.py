"""The whole demo as one thing that starts and stops: the stand-ins, the ordinary daemon between them, and the page.

Start: the page's port, the stand-ins, the daemon, then the customers' first mails. Stop: the daemon first, so that it says what it has to say.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web

from connectors.smtp import SmtpListener
from connectors.standins.slack import SlackError, SlackStandIn
from connectors.standins.smtp import SmtpStandIn
from connectors.standins.telegram import TelegramStandIn
from deskd.app import Daemon
from deskd.demo import keeping, story, telegram, workspace
from deskd.demo.clock import MovableClock
from deskd.demo.deeds import Deeds
from deskd.demo.desk import load_desk, write_desk
from deskd.demo.first_mails import FIRST_MAILS
from deskd.demo.inside import Inside, plain
from deskd.demo.live import Live
from deskd.demo.log import PageLog
from deskd.demo.mailboxes import Mailboxes
from deskd.demo.mails import File, file_of
from deskd.demo.once import Folder, listen
from deskd.demo.page import Page
from deskd.errors import Problem, UsageError
from deskd.events import Events

LOOK_EVERY = 1.0  # seconds between looks at what moves without a sign: held replies, retries, clocks
SAVE_AFTER = 0.5  # seconds after a change, so that one save holds many
INSIDE = ("desk", "clocks", "traces", "story", "time")


class Demo:
    """`await start()`, then it is at `url`; `await stop()`. `folder` holds the desk; `keep` says whether the stand-ins' memory stays too.

    `port` 0 takes a free one. `language`: what agents read, where the folder has no desk yet. `failed` is set when a daemon died of something.
    """

    def __init__(self, folder: Path, *, port: int = 0, keep: bool = False, language: str = "en") -> None:
        self.folder = folder.absolute()
        self.url = ""
        self.clock = MovableClock()
        self.daemon: Daemon | None = None
        self.failed = asyncio.Event()
        self.slack = SlackStandIn(clock=self.clock.seconds)
        self.smtp = SmtpStandIn(clock=self.clock.seconds)
        self.telegram = TelegramStandIn(clock=self.clock.seconds)
        self.mailboxes = Mailboxes(lambda: self._changed("customers"))
        self._kept = keeping.Kept(self.clock, self.slack, self.telegram, self.mailboxes)
        self.story_mail: str | None = None
        """The Message-ID of the mail that the guided story began with."""
        log = structlog.get_logger("deskd.demo")
        self.log = PageLog(self.clock.now, lambda: self._live.touch("desk"), log)
        self.inside = Inside(lambda: self.running, self.log)
        self._port = port
        self._language = language
        self._keep = keep
        self._lock = Folder(self.folder)
        self._live = Live(
            {
                "about": self._about,
                "time": self._time,
                "customers": self._customers,
                "slack": self._slack,
                "telegram": self._telegram,
                "desk": self.inside.desk,
                "clocks": self.inside.clocks,
                "traces": self.inside.traces,
                "story": self._story,
            },
            self.inside.still,
        )
        self._save_wanted = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._runner: web.AppRunner | None = None

    @property
    def running(self) -> Daemon:
        """The daemon, once it was started."""
        assert self.daemon is not None
        return self.daemon

    # ── its life ─────────────────────────────────────────────────────────────────────────────────────────────────────

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
        write_desk(self.folder, self._language)
        await self._start_stand_ins()
        known = self._keep and keeping.load(self.folder, self._kept)
        page = Page(self._live, Deeds(self).by_area, self._find_file, self.folder)
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
        await self.telegram.start()
        workspace.furnish(self.slack)
        telegram.furnish(self.telegram)
        self.slack.subscribe(lambda change: self._changed("slack"))
        self.telegram.subscribe(lambda change: self._changed("telegram"))
        self.smtp.subscribe(lambda change: self.mailboxes.receive(self.smtp.mails[-1], self.clock.now()))

    async def _start_daemon(self) -> None:
        settings = load_desk(self.folder, self.given())
        daemon = Daemon(settings, clock=self.clock, events=Events(log=self.log), upgrade=True)
        await daemon.start()
        self.daemon = daemon
        self.mailboxes.port = _smtp_port(daemon)
        self._run(self._watch(daemon))

    async def _watch(self, daemon: Daemon) -> None:
        await daemon.failed.wait()
        self.failed.set()

    def given(self) -> Mapping[str, str]:
        """What deskd.yaml's ${…} stand for in this start."""
        return {
            "DEMO_MAIL_PORT": str(self.smtp.port),
            "DEMO_TELEGRAM_API": self.telegram.api,
            "DEMO_TELEGRAM_TOKEN": self.telegram.token,
            "DEMO_SLACK_API": self.slack.api,
            "DEMO_SLACK_APP_TOKEN": self.slack.app_token,
            "DEMO_SLACK_BOT_TOKEN": self.slack.bot_token,
        }

    async def load(self, *, anew: bool) -> tuple[Problem, ...]:
        """Have the daemon take what its files say now; `anew`: by a restart, as a change of deskd.yaml asks for. What was wrong, if anything."""
        if not anew:
            return await self.running.reload()
        async with self.inside.still:
            await self.inside.rest()
            await self.running.stop()
            await self._start_daemon()
        self.touch("about")
        return ()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work))

    async def stop(self) -> None:
        """End everything; may be called at any stage of a start."""
        self._live.end()
        if self._runner is not None:
            await self._runner.cleanup()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.inside.rest()
        if self.daemon is not None:
            await self.daemon.stop()
        await self.slack.stop()
        await self.smtp.stop()
        await self.telegram.stop()
        if self._keep and self.daemon is not None:
            keeping.save(self.folder, self._kept)
        self._lock.release()

    # ── what goes on by itself ───────────────────────────────────────────────────────────────────────────────────────

    async def _send_first_mails(self) -> None:
        for mail in FIRST_MAILS:
            written = self.clock.now() - timedelta(minutes=mail.minutes_ago)
            await self.mailboxes.write(mail.customer, mail.subject, mail.text, written)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            self.touch(*INSIDE)

    async def _saving(self) -> None:
        while True:
            await self._save_wanted.wait()
            await asyncio.sleep(SAVE_AFTER)
            self._save_wanted.clear()
            keeping.save(self.folder, self._kept)

    def touch(self, *parts: str) -> None:
        """These parts of the page may have changed."""
        for part in parts:
            self._live.touch(part)

    def _changed(self, part: str) -> None:
        self.touch(part, *INSIDE)
        self._save_wanted.set()

    # ── what the page shows ──────────────────────────────────────────────────────────────────────────────────────────

    async def _about(self) -> Any:
        settings = self.running.settings
        return {
            "folder": str(self.folder),
            "kept": self._keep,
            "agent_language": settings.desk.agent_language,
            "channels": sorted({channel.type for channel in settings.channels.values()}),
            "customers_in_slack": any(channel.customers for channel in settings.slack_channels().values()),
        }

    async def _time(self) -> Any:
        deadline = await self.inside.next_deadline()
        zone = str(self.running.settings.desk.timezone)
        return {"ahead": self.clock.ahead.total_seconds(), "zone": zone, "deadline": plain(deadline)}

    async def _customers(self) -> Any:
        return self.mailboxes.shown()

    async def _slack(self) -> Any:
        return workspace.shown(self.slack)

    async def _telegram(self) -> Any:
        return telegram.shown(self.telegram)

    async def _story(self) -> Any:
        ticket = await self.inside.ticket_of_mail(self.story_mail) if self.story_mail else None
        if ticket is None:
            return {"ticket": None, "steps": story.told(None)}
        named = {name: ticket[name] for name in ("ref", "subject", "thread")}
        return {
            "ticket": {**named, "customer": self.mailboxes.whose(self.story_mail or "")},
            "steps": story.told(ticket),
        }

    def _find_file(self, whose: str, name: str) -> File:
        """`slack` or `telegram` and a file's id, or a mail's number and the attachment's."""
        if whose == "telegram":
            sent = self.telegram.file(name)
            return sent.name, sent.data
        if whose != "slack":
            return file_of(self.mailboxes.letter(int(whose)), int(name))
        try:
            file = self.slack.workspace.file(name)
        except SlackError as unknown:
            raise LookupError(name) from unknown
        return file.name, file.content


def _smtp_port(daemon: Daemon) -> int:
    """Where the daemon takes mail. Raises `UsageError` when deskd.yaml has no SMTP listener any more."""
    for receiver in daemon.receivers:
        if isinstance(receiver, SmtpListener):
            return receiver.port
    raise UsageError("the demo's deskd.yaml needs a mail channel with smtp: {listen: 127.0.0.1:0}")
