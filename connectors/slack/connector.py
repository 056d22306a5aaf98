"""The Slack connector: one account, its parts joined (`deskd.ports.Connector`).

Events come over a socket into the inbox, deliveries go out through the Web API. Nothing optional is needed for that: without auth.test
our own bot is known by its app id, without conversations.list channels are known by their ids.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from slack_bolt.app.async_app import AsyncApp

from connectors.slack import check, lookup, members, shown
from connectors.slack.abreast import Abreast
from connectors.slack.api import SlackApi
from connectors.slack.catchup import CatchUp
from connectors.slack.circuit import LOOK_EVERY
from connectors.slack.filing import Filing
from connectors.slack.http import Answered, HttpDoor
from connectors.slack.places import Places
from connectors.slack.receive import Intake, bolt_app
from connectors.slack.recheck import changes
from connectors.slack.screening import Screening
from connectors.slack.send import Sender
from connectors.slack.socket import Socket
from connectors.slack.transfer import Transfer
from deskd.errors import DeskdError, PermanentFailure, TemporaryFailure, Throttled, UnknownOutcome
from deskd.model import Delivery, PostFiles, Receipt
from deskd.ports import (
    Accept,
    Clock,
    ConnectorHealth,
    Finding,
    Following,
    HeldReply,
    Member,
    Polling,
    Screens,
    Settlement,
    Shown,
)

log = logging.getLogger(__name__)

DEFAULT_API = "https://slack.com/api/"
PASSING = 30.0
"""Seconds without a line that are no alarm: Slack closes each one now and then."""
ASK_WHO_WE_ARE_EVERY = 5.0  # seconds, until Slack says it
NAME_WITHIN = 2.0  # seconds
CATCH_UP_WITHIN = 15.0
"""Seconds for which held replies wait until what was missed has been read back."""


class Secret(Protocol):
    def get_secret_value(self) -> str: ...


class SlackSettings(Protocol):
    """What this connector needs of a `type: slack` channel of deskd.yaml."""

    @property
    def app_token(self) -> Secret | None: ...
    @property
    def signing_secret(self) -> Secret | None: ...
    @property
    def bot_token(self) -> Secret: ...
    @property
    def api(self) -> str: ...
    @property
    def customers(self) -> Sequence[str]: ...


class SlackConnector:
    """One Slack workspace. `language` is what its agents read.

    `polling` and `following`: where it is kept how far Slack was heard, and where there is something to ask about after a time away; without
    them nothing is read back.
    """

    def __init__(
        self,
        key: str,
        settings: SlackSettings,
        clock: Clock,
        language: str = "en",
        chance: random.Random | None = None,
        polling: Polling | None = None,
        following: Following | None = None,
    ) -> None:
        self._key = key
        self._settings = settings
        self._clock = clock
        self._language = language
        self._chance = chance or random.Random()  # noqa: S311 - spreads reconnections, hides nothing
        self._polling = polling
        self._following = following
        self.members_changed: Callable[[], None] | None = None
        self.deaf: Callable[[], None] | None = None
        self._team_id = ""
        self._names: dict[str, str] = {}
        self._intake = Intake(key, self._own_ids, self._membership_changed)
        self._own: set[str] = set()
        self._parts: _Parts | None = None
        self._abreast: Abreast | None = None
        self._http: HttpDoor | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._socket_trouble = "not started"
        self._call_trouble = ""
        self._trouble_since: float | None = None  # monotonic seconds
        self._last_ok: datetime | None = None
        self._stopped = False

    @property
    def channel(self) -> str:
        return self._key

    @property
    def settlement(self) -> Settlement:
        return "look_up"

    async def start(self, accept: Accept) -> None:
        self._intake.open(accept)
        parts = self._opened()
        token = self._settings.app_token
        who = asyncio.create_task(self._learn_who_we_are(parts.api))
        self._tasks.append(who)
        self._tasks.append(asyncio.create_task(self._until_the_token_is_good(parts.api)))
        self._keep_abreast(parts, who, looks=token is None)
        if self._settings.signing_secret is not None:
            secret = self._settings.signing_secret.get_secret_value()
            self._http = HttpDoor(parts.app, secret, self._clock, self._came_over_http)
            self._socket_changed("")
            return
        if token is None:
            self._socket_changed(
                "without app_token Slack's events don't come in: set it, and switch on socket mode"
            )
            return
        self._socket_changed("connecting")
        socket = Socket(parts.app, token.get_secret_value(), parts.api, self._socket_changed, self._chance)
        self._tasks.append(asyncio.create_task(socket.run()))

    async def members(self, channel: str, known: Collection[Member]) -> Sequence[Member]:
        """`deskd.ports.Directory`."""
        parts = self._opened()
        if not self._team_id:
            self._team_id = str((await parts.api.call(parts.api.client.auth_test)).get("team_id") or "")
        return await members.members(parts.api, await parts.places.channel(channel), self._team_id, known)

    @property
    def hears(self) -> bool:
        """Whether a line stands, or Slack comes to us."""
        return not self._socket_trouble

    async def name_of(self, user: str) -> str:
        """What a person is called; empty where Slack doesn't tell. Raises nothing, and asks once for each."""
        if user not in self._names:
            try:
                parts = self._opened()
                self._names[user] = await asyncio.wait_for(members.name_of(parts.api, user), NAME_WITHIN)
            except PermanentFailure:
                self._names[user] = ""
            except (DeskdError, TimeoutError) as error:
                log.info("Slack doesn't tell who %s is: %s", user, error)
                return ""
        return self._names[user]

    def _membership_changed(self) -> None:
        if self.members_changed is not None:
            self.members_changed()

    def show(self, screens: Screens) -> None:
        """From now on what people ask to be shown is shown, as `screens` says."""
        self._opened().screening.screens = screens

    @property
    def over_http(self) -> bool:
        """Whether Slack posts to our address."""
        return self._settings.signing_secret is not None

    async def answer(self, headers: Mapping[str, str], body: bytes) -> Answered:
        """What Slack posted to `/slack/events`: status, body and media type of the answer. 401: it isn't signed for this account."""
        if self._http is None:
            return 503, "", "text/plain"
        return await self._http.answer(headers, body)

    def _came_over_http(self, again: bool) -> None:
        self._last_ok = self._clock.now()
        if again and self._abreast is not None:
            self._abreast.may_have_been_away()

    def _keep_abreast(self, parts: _Parts, who: asyncio.Task[None], *, looks: bool) -> None:
        if self._polling is None or self._following is None:
            return
        customers, clock = self._settings.customers, self._clock
        catch_up = CatchUp(
            self._key, parts.api, parts.places, self._intake, customers, self._polling, self._following, clock,
            asyncio.sleep,
        )  # fmt: skip
        self._abreast = Abreast(catch_up, looks=looks)

        async def run(abreast: Abreast) -> None:
            await asyncio.wait([who], timeout=ASK_WHO_WE_ARE_EVERY)  # or else our own marks come in
            await abreast.run()

        self._tasks.append(asyncio.create_task(run(self._abreast)))
        self._tasks.append(asyncio.create_task(self._abreast.remember()))

    async def stop_receiving(self) -> None:
        self._intake.close()
        if self._abreast is not None:
            await self._abreast.remember_now()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    async def stop(self) -> None:
        await self.stop_receiving()
        self._stopped = True
        if self._parts is not None:
            await self._parts.screening.close()
            await self._parts.api.close()
            await self._parts.transfer.close()
            self._parts = None

    async def deliver(self, delivery: Delivery) -> Receipt:
        parts = self._opened()
        try:
            receipt = await parts.sender.send(delivery)
        except Throttled:
            raise
        except (TemporaryFailure, UnknownOutcome) as error:
            self._call_trouble = str(error)
            raise
        self._worked()
        return receipt

    async def look_up(self, delivery: Delivery) -> Receipt | None:
        parts = self._opened()
        if isinstance(delivery.content, PostFiles):
            return await parts.filing.look_up(delivery, delivery.content)
        return await lookup.look_up(delivery, parts.api, parts.places)

    async def recheck(self, held: Sequence[HeldReply]) -> None:
        parts = self._opened()
        if self._abreast is not None:  # whoever wrote meanwhile comes first
            await self._abreast.until_there(CATCH_UP_WITHIN)
        failures: list[TemporaryFailure] = []
        for reply in held:
            try:
                for body in await changes(reply, parts.api):
                    await self._intake.take(body)
            except TemporaryFailure as error:  # one that can't be asked about doesn't keep the others
                failures.append(error)
        if failures:
            raise TemporaryFailure(
                f"{len(failures)} of {len(held)} held replies could not be asked about: {failures[0]}"
            ) from failures[0]

    async def resolve_people(self, references: Iterable[str]) -> dict[str, str]:
        """The Slack ids of people and channels given as id, e-mail address or `#name`; those not found are missing."""
        return await self._opened().places.people(references)

    async def check(self, channels: Mapping[str, str], people: Mapping[str, str]) -> list[Finding]:
        """Ask Slack once about all that this account needs; `channels` and `people` as deskd.yaml refers to them."""
        parts, token = self._opened(), self._settings.app_token
        secret = None if token is None else token.get_secret_value()
        return await check.check(
            self._key,
            parts.api,
            parts.places,
            self._clock,
            secret,
            channels,
            people,
            over_http=self.over_http,
        )

    async def shown(self, channel: str, thread: str | None = None, oldest: str = "0") -> list[Shown]:
        """All that a thread holds, its root among it; without `thread` the roots of a channel from the ts `oldest` on.

        Waits where Slack asks for a slower pace. Raises `TemporaryFailure` and `PermanentFailure`.
        """
        return await shown.shown(self._opened().api, channel, thread, oldest)

    def health(self) -> ConnectorHealth:
        if self._stopped:
            return ConnectorHealth("stopped", self._last_ok)
        if self._parts is not None and self._parts.api.trouble:
            return ConnectorHealth("failing", self._last_ok, self._parts.api.trouble)
        if self._socket_trouble:
            since = self._trouble_since
            passing = since is not None and self._clock.monotonic() - since < PASSING
            return ConnectorHealth("degraded" if passing else "failing", self._last_ok, self._socket_trouble)
        if self._call_trouble:
            return ConnectorHealth("degraded", self._last_ok, self._call_trouble)
        return ConnectorHealth("ok", self._last_ok)

    def _opened(self) -> _Parts:
        if self._stopped:
            raise TemporaryFailure("the Slack connector has stopped")
        if self._parts is None:
            self._parts = _Parts(self._key, self._settings, self._clock, self._intake, self._language)
        return self._parts

    def _own_ids(self) -> set[str]:
        return self._own

    def _socket_changed(self, trouble: str) -> None:
        if not trouble:
            self._last_ok = self._clock.now()
            self._trouble_since = None
            if self._abreast is not None:
                self._abreast.was_away()
        elif self._trouble_since is None:
            self._trouble_since = self._clock.monotonic()
            if self.hears and self.deaf is not None:
                self.deaf()
        if trouble and self._abreast is not None:
            self._abreast.is_away()
        self._socket_trouble = trouble

    def _worked(self) -> None:
        self._call_trouble = ""
        self._last_ok = self._clock.now()

    async def _until_the_token_is_good(self, api: SlackApi) -> None:
        """While Slack refuses it, it is asked now and then, also where nothing waits to be sent. For ever."""
        while True:
            await asyncio.sleep(LOOK_EVERY / 3)
            if api.trouble:
                with contextlib.suppress(DeskdError):
                    await api.call(api.client.auth_test)

    async def _learn_who_we_are(self, api: SlackApi) -> None:
        """auth.test, until it answers. Only echoes depend on it, and those are known by other marks too."""
        while True:
            try:
                found = await api.call(api.client.auth_test)
            except PermanentFailure as error:
                log.warning("Slack doesn't say who our bot is: %s", error)
                return
            except DeskdError as error:
                self._call_trouble = str(error)
                log.warning("Slack doesn't say who our bot is, asking again: %s", error)
                await asyncio.sleep(ASK_WHO_WE_ARE_EVERY)
                continue
            self._own |= {str(found[key]) for key in ("user_id", "bot_id") if found.get(key)}
            self._worked()
            return


class _Parts:
    """What exists only inside a running event loop."""

    def __init__(
        self, account: str, settings: SlackSettings, clock: Clock, intake: Intake, language: str
    ) -> None:
        base_url = settings.api or DEFAULT_API
        base_url = base_url if base_url.endswith("/") else base_url + "/"
        token = settings.bot_token.get_secret_value()
        self.api = SlackApi(token, base_url, clock)
        self.transfer = Transfer(token, base_url)
        self.places = Places(self.api, clock)
        self.filing = Filing(self.api, self.transfer, self.places)
        self.sender = Sender(self.api, self.places, self.filing, language)
        self.screening = Screening(account, self.api, language)
        self.app: AsyncApp = bolt_app(self.api.client, intake, self.screening)
