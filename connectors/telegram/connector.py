"""The Telegram connector: one bot, its parts joined (`deskd.ports.Connector`)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from connectors.telegram import check, check_groups, check_heard
from connectors.telegram.api import CUSTOMERS_KINDS, TEAMS_KINDS, TelegramApi
from connectors.telegram.closed import ClosedTopics
from connectors.telegram.groups import Groups
from connectors.telegram.introducing import Commands, describe, learn_name
from connectors.telegram.messages import Messages
from connectors.telegram.pace import Pace
from connectors.telegram.receive import LONGEST, SHORTEST, Hook, Poller
from connectors.telegram.send import Sender
from connectors.telegram.topics import Reading, Topics
from deskd.config import TelegramChannel
from deskd.errors import (
    BrokenInvariant,
    DeskdError,
    PermanentFailure,
    TemporaryFailure,
    Throttled,
    UnknownOutcome,
)
from deskd.model import Delivery, Receipt
from deskd.ports import Accept, Clock, ConnectorHealth, Finding, HeldReply, Polling, Settlement

log = logging.getLogger(__name__)

_PASSING = 30.0  # seconds of trouble that are no alarm


class TelegramConnector:
    """`commands`: what the bot's menu offers, by language; "" is what other languages see. `reading`: how agents read what is shown in their groups."""

    settlement: Settlement = "ask"

    def __init__(
        self,
        key: str,
        settings: TelegramChannel,
        clock: Clock,
        commands: Commands | None = None,
        polling: Polling | None = None,
        reading: Reading | None = None,
    ) -> None:
        self.channel = key
        self._settings = settings
        self._clock = clock
        self._commands = commands or {}
        self._polling = polling
        self._closed = ClosedTopics(key, polling if settings.topics else None)
        hook = settings.webhook
        secret = hook.secret.get_secret_value() if hook is not None else ""
        self._hook = Hook(key, secret, self._closed.heard) if hook is not None else None
        self._reading = reading or Reading()
        self._groups = Groups()
        self._api: TelegramApi | None = None
        self._sender: Sender | None = None
        self._poller: Poller | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._receiving = "not started"
        self._since: float | None = None
        self._calling = ""
        self._last_ok: datetime | None = None
        self._stopped = False
        self.deaf: Callable[[], None] | None = None

    @property
    def hears(self) -> bool:
        """Whether what agents do in its groups comes in now."""
        return not self._settings.topics or not self._receiving

    @property
    def path(self) -> str | None:
        """Where on the desk's own HTTP server Telegram calls; None where it is asked instead."""
        hook = self._settings.webhook
        return (urlsplit(hook.url).path or "/") if hook is not None else None

    async def start(self, accept: Accept) -> None:
        api = await self._opened()
        self._told("connecting")
        if self._hook is not None:
            self._hook.open(accept)
            self._begin(lambda: self._set_webhook(api))
        else:
            self._begin(lambda: self._poll(api))
        self._begin(lambda: self._introduce(api))

    async def stop_receiving(self) -> None:
        if self._hook is not None:
            self._hook.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    async def stop(self) -> None:
        await self.stop_receiving()
        self._stopped = True
        if self._api is not None:
            await self._api.close()
            self._api = None

    async def deliver(self, delivery: Delivery) -> Receipt:
        await self._opened()
        assert self._sender is not None
        try:
            receipt = await self._sender.send(delivery)
        except Throttled:
            raise
        except (TemporaryFailure, UnknownOutcome) as error:
            self._calling = str(error)
            raise
        self._calling = ""
        self._last_ok = self._clock.now()
        return receipt

    async def look_up(self, delivery: Delivery) -> Receipt | None:
        """Never asked: a bot can't read its own messages back."""
        raise BrokenInvariant("what became of a message in Telegram can't be looked up")

    async def recheck(self, held: Sequence[HeldReply]) -> None:
        """Telegram keeps what happened while nobody listened: once it has been taken, nothing more is to be asked."""
        if self._poller is not None and self._poller.caught_up:
            return
        try:
            left = await self.waiting()
        except PermanentFailure as failure:
            raise TemporaryFailure(str(failure)) from failure
        if left:
            raise TemporaryFailure(f"{left} updates of the time when deskd was away are still to come")

    async def answer(self, headers: Mapping[str, str], body: bytes) -> int:
        """A call at `path`: the HTTP status for it."""
        status = await self._hook.answer(headers, body) if self._hook is not None else 404
        if status == 200:
            self._told("")
        return status

    async def check(self, groups: Sequence[check_groups.TeamsGroup] = ()) -> list[Finding]:
        """Log in once, and look at the webhook, the clock and the teams' groups; nothing is sent or changed."""
        api = await self._opened()
        found = await check.check(self.channel, api, self._settings, self._clock)
        found += await check_groups.check(self.channel, api, groups)
        if self._settings.topics:
            found += await check_heard.check(self.channel, api, {group.id for group in groups})
        return found

    async def waiting(self) -> int:
        """How many updates wait at Telegram. Raises `TemporaryFailure` and `PermanentFailure`."""
        api = await self._opened()
        return (await api.call(api.bot.get_webhook_info, "getWebhookInfo")).pending_update_count

    def health(self) -> ConnectorHealth:
        if self._stopped:
            return ConnectorHealth("stopped", self._last_ok)
        if self._receiving:
            since = self._since
            passing = since is not None and self._clock.monotonic() - since < _PASSING
            return ConnectorHealth("degraded" if passing else "failing", self._last_ok, self._receiving)
        if trouble := self._groups.trouble or self._calling:
            return ConnectorHealth("degraded", self._last_ok, trouble)
        return ConnectorHealth("ok", self._last_ok)

    # ── what runs beside ─────────────────────────────────────────────────────────────────────────────────────────────

    async def _poll(self, api: TelegramApi) -> None:
        """A webhook of an earlier setting is taken back where it is in the way; what waits stays waiting."""
        if self._polling is None:
            raise BrokenInvariant("an account that polls needs a memory")
        self._poller = Poller(
            self.channel, api, self._polling, self._told, lambda: self._no_webhook(api), self._closed.heard
        )
        await self._poller.run()

    async def _no_webhook(self, api: TelegramApi) -> None:
        found = await api.call(api.bot.get_webhook_info, "getWebhookInfo")
        if found.url:
            await api.call(lambda: api.bot.delete_webhook(drop_pending_updates=False), "deleteWebhook")

    async def _set_webhook(self, api: TelegramApi) -> None:
        hook = self._settings.webhook
        assert hook is not None

        async def set_it() -> None:
            secret = hook.secret.get_secret_value()
            await api.call(
                lambda: api.bot.set_webhook(hook.url, secret_token=secret, allowed_updates=api.kinds),
                "setWebhook",
            )
            self._told("")

        await self._until_done(set_it, "setWebhook")

    async def _introduce(self, api: TelegramApi) -> None:
        """Learn the bot's name, and describe its commands in the desk's languages."""
        await self._until_done(lambda: learn_name(api, self.channel, self._polling), "getMe")
        await self._until_done(lambda: describe(api, self._commands), "setMyCommands")

    async def _until_done(self, what: Callable[[], Awaitable[None]], name: str) -> None:
        pause = SHORTEST
        while True:
            try:
                return await what()
            except TemporaryFailure as failure:
                self._told(str(failure))
            except DeskdError as failure:
                log.warning("%s: %s failed: %s", self.channel, name, failure)
                return None
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST)

    def _begin(self, work: Callable[[], Awaitable[None]]) -> None:
        async def run() -> None:
            await work()

        self._tasks.append(asyncio.create_task(run(), name=f"deskd-{self.channel}"))

    async def _opened(self) -> TelegramApi:
        if self._stopped:
            raise TemporaryFailure("the Telegram connector has stopped")
        if self._api is None:
            kinds = TEAMS_KINDS if self._settings.topics else CUSTOMERS_KINDS
            self._api = api = TelegramApi(self._settings.token.get_secret_value(), self._settings.api, kinds)
            messages = Messages(api, Pace(), self._clock)
            self._sender = Sender(
                api, messages, Topics(api, messages, self._groups, self._closed, self._reading)
            )
            await api.open()
        return self._api

    def _told(self, trouble: str) -> None:
        if not trouble:
            self._last_ok = self._clock.now()
            self._since = None
        elif self._since is None:
            self._since = self._clock.monotonic()
        went_deaf = bool(trouble) and self._settings.topics and self.hears
        self._receiving = trouble
        if trouble and self._poller is not None:
            self._poller.caught_up = False
        if went_deaf and self.deaf is not None:
            self.deaf()
