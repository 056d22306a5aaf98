"""The line over which Slack speaks to us: one bolt socket at a time, opened again for as long as the desk runs.

The SDK's own reconnecting is replaced. It keeps trying a WebSocket address that Slack gives out for one use, so that a
connection refused at the wrong moment is never made again; and it closes the old line before the new one stands, with acks
still to be sent on it. Here each attempt asks for a new address, waits longer each time, and the old line goes last.
https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable

import aiohttp
from slack_bolt.adapter.socket_mode.async_base_handler import AsyncBaseSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from connectors.slack.api import SlackApi
from connectors.slack.proxy import proxy_for
from deskd.errors import DeskdError, TemporaryFailure

log = logging.getLogger(__name__)

OPEN_WITHIN = 10.0  # seconds
LOOK_EVERY = 1.0
PING_EVERY = 10.0  # half of it without an answer is a dead line
LONGEST_WAIT = 15.0
LINGER = 3.0  # for the acks of an old line
CLOSE_WITHIN = 2.0


class Line(SocketModeClient):
    """bolt's client for one connection. Where it would connect anew, it says that it is `lost`."""

    def __init__(self, app_token: str, api: SlackApi) -> None:
        self.lost = asyncio.Event()
        super().__init__(
            app_token=app_token,
            web_client=api.client,
            ping_interval=PING_EVERY,
            logger=logging.getLogger(f"{__name__}.sdk"),
        )

    async def open(self, uri: str) -> None:
        """Connect, once: what the SDK's `connect` does, without its loop. Raises aiohttp's errors, OSError or TimeoutError."""
        self.wss_uri = uri
        async with asyncio.timeout(OPEN_WITHIN):
            self.current_session = await self.aiohttp_client_session.ws_connect(
                uri,
                autoping=False,
                heartbeat=PING_EVERY,
                proxy=proxy_for(uri),
                ssl=self.web_client.ssl or True,
            )
        self.current_session_monitor = asyncio.ensure_future(self.monitor_current_session())
        self.message_receiver = asyncio.ensure_future(self.receive_messages())

    async def hang_up(self) -> None:
        """Close it, politely if the other side answers soon."""
        self.closed = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_WITHIN):
                await self.disconnect()  # type: ignore[no-untyped-call]
        await self.close()  # type: ignore[no-untyped-call]

    async def connect_to_new_endpoint(self, force: bool = False) -> None:
        self.lost.set()

    async def until_lost(self) -> None:
        """Returns when Slack asks for a new connection, or this one is dead."""
        while not self.lost.is_set() and self.current_session is not None and not self.current_session.closed:
            try:
                await asyncio.wait_for(self.lost.wait(), LOOK_EVERY)
            except TimeoutError:
                continue


class LineHandler(AsyncBaseSocketModeHandler):
    """bolt's adapter between a line and the app: an envelope is acked when the app answered 200, and not otherwise."""

    def __init__(self, app: AsyncApp, line: Line) -> None:
        self.app: AsyncApp = app
        self.client: Line = line
        self.under_way = 0
        line.socket_mode_request_listeners.append(self.handle)

    async def handle(self, client: AsyncBaseSocketModeClient, req: SocketModeRequest) -> None:
        self.under_way += 1
        try:
            answer = await run_async_bolt_app(self.app, req)
            if self.client.closed:
                log.info("an event was kept when its line had gone: Slack sends it again")
                return
            await send_async_response(client, req, answer, start_time=0.0)
        except (aiohttp.ClientError, OSError) as error:
            log.info("an event could not be acknowledged, and Slack sends it again: %s", error)
        finally:
            self.under_way -= 1

    async def hang_up(self) -> None:
        """Close the line when what came over it is answered, or after some seconds."""
        for _ in range(int(LINGER / 0.05)):
            if not self.under_way:
                break
            await asyncio.sleep(0.05)
        await self.client.hang_up()


class Socket:
    """Keeps a line open. `changed` is told each time it stands ("") or fails (why)."""

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        api: SlackApi,
        changed: Callable[[str], None],
        chance: random.Random,
    ) -> None:
        self._app = app
        self._token = app_token
        self._api = api
        self._changed = changed
        self._chance = chance
        self._current: LineHandler | None = None
        self._leaving: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """For ever; ends by being cancelled, and leaves nothing open then."""
        try:
            while True:
                line = await self._open_somehow()
                self._changed("")
                await line.until_lost()
                self._changed("Slack closed the connection; a new one is being opened")
        finally:
            await self._close()

    async def _open_somehow(self) -> Line:
        failed = 0
        while True:
            try:
                return await self._open()
            except (DeskdError, aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
                why = str(error) or "the WebSocket did not open in time"
                self._changed(why)
                failed += 1
                wait = self._wait(failed, error)
                log.warning("no connection to Slack (attempt %d, next in %.1f s): %s", failed, wait, why)
                await asyncio.sleep(wait)

    def _wait(self, failed: int, error: Exception) -> float:
        """Seconds: 1, 2, 4, 8, 15, 15… each shortened by chance, so that many desks don't come back at once; or what Slack asked for."""
        asked = error.retry_after if isinstance(error, TemporaryFailure) else None
        wait = min(2.0 ** (failed - 1), LONGEST_WAIT) * self._chance.uniform(0.5, 1.0)
        return max(wait, min(asked.total_seconds(), 2 * LONGEST_WAIT)) if asked else wait

    async def _open(self) -> Line:
        client = self._api.client
        answer = await self._api.call(client.apps_connections_open, app_token=self._token)
        line = Line(self._token, self._api)
        handler = LineHandler(self._app, line)
        try:
            await line.open(str(answer.get("url") or ""))
        except BaseException:
            await line.hang_up()
            raise
        old, self._current = self._current, handler
        if old is not None:
            self._let_go(old)
        return line

    def _let_go(self, old: LineHandler) -> None:
        task = asyncio.create_task(old.hang_up())
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def _close(self) -> None:
        if self._current is not None:
            self._let_go(self._current)
            self._current = None
        if self._leaving:
            await asyncio.wait(self._leaving)
