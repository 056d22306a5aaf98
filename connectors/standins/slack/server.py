"""The Slack stand-in: one server on loopback for the Web API, Socket Mode, files and response addresses, and its Python API.

Start it inside the loop (`await slack.start()`), give deskd `slack.api`, `slack.bot_token`, `slack.app_token`; then act as people
(`slack.post(…)`, `slack.press(…)`), look (`slack.thread(…)`, `slack.calls`), wait (`slack.wait_for(…)`), and tell it to fail
(`slack.fail(…)`, `slack.outage()`). It keeps everything in memory and checks as Slack does.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TypeVar

from aiohttp import web

from connectors.standins.changes import Change, Changes
from connectors.standins.slack.acts import Acts
from connectors.standins.slack.calls import Call
from connectors.standins.slack.clicks import Clicks
from connectors.standins.slack.delivery import Delivery
from connectors.standins.slack.faults import Fault, Faults
from connectors.standins.slack.http_events import HttpEvents
from connectors.standins.slack.pace import Pace
from connectors.standins.slack.people import People
from connectors.standins.slack.pings import pings
from connectors.standins.slack.shapes import message_json
from connectors.standins.slack.side_doors import SideDoors
from connectors.standins.slack.socket_mode import SocketMode
from connectors.standins.slack.state import Channel, ChannelKind, Ephemeral, Group, Json, User, Workspace
from connectors.standins.slack.views import Views
from connectors.standins.slack.web_api import WebApi

T = TypeVar("T")


class SlackStandIn:
    """A workspace with one app, its bot and its tokens.

    `retry_delays`: seconds before each repeated event (Slack's: at once, a minute, five minutes); `ack_within`: seconds the app has
    for an ack; `queue_for`: how long an event waits for a connection before it is dropped; `posts_per_second`: Slack's limit a
    channel, None for none.
    """

    def __init__(
        self,
        *,
        bot_token: str = "xoxb-standin",
        app_token: str = "xapp-standin",
        clock: Callable[[], float] = time.time,
        retry_delays: Sequence[float] = (1.0, 60.0, 300.0),
        ack_within: float = 3.0,
        queue_for: float = 360.0,
        trigger_life: float = 3.0,
        posts_per_second: float | None = None,
    ) -> None:
        self.bot_token, self.app_token = bot_token, app_token
        bot = User("U0DESKBOT", "deskd", "deskd", is_bot=True, bot_id="B0DESKBOT")
        self.workspace = Workspace(clock, "T0STANDIN", "A0STANDIN", bot)
        self.changes = Changes()
        self.socket_mode = SocketMode(self.workspace.app_id, ack_within, queue_for)
        self.delivery = Delivery(self.socket_mode, retry_delays, self.changes)
        self.acts = Acts(self.workspace, self.delivery, self.changes)
        self.faults = Faults()
        self._ack_within = ack_within
        views = Views(trigger_life)
        self.people = People(self.acts)
        self.clicks = Clicks(self.acts, views)
        tokens = {"bot": bot_token, "app": app_token}
        pace = Pace(clock, posts_per_second)
        self.web_api = WebApi(self.acts, self.socket_mode, views, self.faults, pace, tokens)
        self._side_doors = SideDoors(self.acts, self.clicks, self.web_api)
        self._runner: web.AppRunner | None = None
        self._listener: asyncio.Server | None = None
        self.port = 0
        # what people do is said to the stand-in itself: slack.post(…), slack.press(…)
        self.post, self.edit, self.delete = self.people.post, self.people.edit, self.people.delete
        self.react, self.unreact, self.unfurl = self.people.react, self.people.unreact, self.people.unfurl
        self.join, self.leave, self.open_home = self.people.join, self.people.leave, self.people.open_home
        self.press, self.press_in_view = self.clicks.press, self.clicks.press_in_view
        self.submit_view, self.close_view = self.clicks.submit_view, self.clicks.close_view
        self.open_views, self.home = self.clicks.open_views, self.clicks.home
        self.shortcut, self.command, self.suggest = (
            self.clicks.shortcut,
            self.clicks.command,
            self.clicks.suggest,
        )

    # --- the server's life

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; port 0 takes a free one."""
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_route("*", "/api/{method}", self.web_api.handle)
        app.router.add_get("/link/", self.socket_mode.serve)
        app.add_routes(self._side_doors.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        self.port = port
        await self.recover()
        self.workspace.origin = f"http://127.0.0.1:{self.port}"

    async def stop(self) -> None:
        """End everything; a port that was chosen stays chosen for a later `start(port)`."""
        self.outage()
        await self.delivery.stop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["SlackStandIn"]:
        """`async with slack.running():` for a test."""
        await self.start()
        try:
            yield self
        finally:
            await self.stop()

    @property
    def api(self) -> str:
        """The base address for `channels.slack.api` and for an SDK's `base_url`."""
        return f"http://127.0.0.1:{self.port}/api/"

    # --- the workspace's furniture

    def add_user(self, user_id: str, name: str, real_name: str = "", email: str | None = None) -> User:
        """Take a person in; `name` is the handle, without @."""
        return self.workspace.add_user(user_id, name, real_name, email)

    def add_channel(
        self,
        channel_id: str,
        name: str,
        members: Sequence[str] = (),
        *,
        kind: ChannelKind = "channel",
        bot: bool = True,
    ) -> Channel:
        """Make a channel (`group`: a private one) with these people and, unless `bot` is False, the app's bot."""
        everyone = [*members, self.workspace.bot.id] if bot else members
        return self.workspace.add_channel(channel_id, name, everyone, kind)

    def add_group(self, group_id: str, handle: str, users: Sequence[str]) -> None:
        """Make a user group."""
        self.workspace.groups[group_id] = Group(group_id, handle, handle, list(users))

    def dm(self, user: str) -> str:
        """The id of the direct-message channel between a person and the bot."""
        return self.workspace.direct(user).id

    # --- faults

    def fail(
        self,
        method: str,
        how: str = "500",
        *,
        times: int | None = 1,
        channel: str | None = None,
        retry_after: int = 1,
        seconds: float = 3600.0,
    ) -> None:
        """Make the next calls of a method fail: see faults.py for the ways; `times` None means until `heal`."""
        self.faults.order(Fault(method, how, times, channel, retry_after, seconds))

    def heal(self, method: str | None = None) -> None:
        """Forget the faults ordered for a method, or all."""
        self.faults.heal(method)

    def outage(self) -> None:
        """Slack is away: the port refuses, every connection is cut."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        self.close_sockets()
        if self._runner is not None and self._runner.server is not None:
            for connection in self._runner.server.connections:
                if connection.transport is not None:
                    connection.transport.abort()

    async def recover(self) -> None:
        """Slack is back, on the same port."""
        if self._runner is None or self._runner.server is None:
            raise RuntimeError("the stand-in was not started")
        if self._listener is None:
            loop = asyncio.get_running_loop()
            self._listener = await loop.create_server(self._runner.server, "127.0.0.1", self.port)
            self.port = self._listener.sockets[0].getsockname()[1]

    def close_sockets(self) -> None:
        """Cut every Socket Mode connection without a word."""
        self.socket_mode.drop()

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Send `{"type": "disconnect"}` to every Socket Mode connection."""
        await self.socket_mode.disconnect(reason)

    def duplicate_events(self, count: int = 1) -> None:
        """Deliver each of the next `count` events twice."""
        self.delivery.duplicate(count)

    def reorder_events(self, count: int = 2) -> None:
        """Hold the next `count` events back and deliver them last first."""
        self.delivery.reorder(count)

    def ignore_acks(self, count: int = 1) -> None:
        """Overhear the next `count` acks, so that Slack tries again."""
        self.socket_mode.ignore_acks(count)

    def use_http(self, url: str, signing_secret: str) -> None:
        """Deliver events to an address from now on, signed, instead of over Socket Mode."""
        self.delivery.carrier = HttpEvents(url, signing_secret, self.workspace.clock, self._ack_within)

    @property
    def scopes(self) -> set[str]:
        """What the bot token may do; taking one away makes the methods that need it answer `missing_scope`."""
        return self.web_api.scopes

    # --- observation

    @property
    def calls(self) -> list[Call]:
        """Every call of the Web API, oldest first."""
        return self.web_api.calls

    @property
    def ephemerals(self) -> list[Ephemeral]:
        """Every ephemeral message ever shown, oldest first."""
        return self.workspace.ephemerals

    def calls_of(self, method: str) -> list[Call]:
        """The calls of one method."""
        return [call for call in self.calls if call.method == method]

    def channel_messages(self, channel: str) -> list[Json]:
        """Everything in a channel, replies too, oldest first, with metadata."""
        messages = self.workspace.channel(channel).messages.values()
        return [message_json(self.workspace, message, metadata=True) for message in messages]

    def thread(self, channel: str, ts: str) -> list[Json]:
        """A thread: its first message, then the replies, oldest first, with metadata."""
        where = self.workspace.channel(channel)
        start = [where.messages[ts]] if ts in where.messages else []
        return [message_json(self.workspace, m, metadata=True) for m in (*start, *where.replies(ts))]

    def message(self, channel: str, ts: str) -> Json:
        """One message, with metadata."""
        return message_json(self.workspace, self.workspace.message(channel, ts), metadata=True)

    def reactions(self, channel: str, ts: str) -> set[str]:
        """The names of the emoji on a message."""
        return set(self.workspace.message(channel, ts).reactions)

    def pings(self, channel: str, ts: str) -> set[str]:
        """Whom a message calls: `<@U0ANNA>`, `<!here>`, `<!subteam^S0DESK>`, in its text or its blocks."""
        return pings(self.message(channel, ts))

    async def wait_for(self, predicate: Callable[[], T], timeout: float = 10.0) -> T:
        """The first true value of `predicate`, asked after every change. Raises TimeoutError."""
        return await self.changes.wait_for(predicate, timeout)

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Hear of every change: kinds `message changed deleted reaction ephemeral view members call delivery`."""
        return self.changes.subscribe(callback)
