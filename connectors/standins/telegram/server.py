"""The Telegram stand-in: a Bot API server on loopback with one bot, and its Python API.

Start it inside the loop (`await telegram.start()`), give deskd `telegram.api` and `telegram.token`; then act as people (`telegram.write(…)`,
`await telegram.press(…)`), look (`telegram.chat_messages(…)`, `telegram.calls`), wait (`telegram.wait_for(…)`), and tell it to fail (`telegram.fail(…)`,
`telegram.outage()`). It keeps everything in memory and checks as Telegram does.
"""

import asyncio
import contextlib
import hmac
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, TypeVar

from aiohttp import web

from connectors.standins.changes import Change, Changes
from connectors.standins.telegram.calls import Call, arguments
from connectors.standins.telegram.faults import Fault, Faults
from connectors.standins.telegram.methods import Methods
from connectors.standins.telegram.pace import Limits, Pace
from connectors.standins.telegram.people import People, new_user
from connectors.standins.telegram.updates import OTHER_POLLER, Updates
from connectors.standins.telegram.webhook import Webhook
from connectors.standins.telegram.world import (
    MOST_UP,
    RIGHTS,
    ApiError,
    Chat,
    ChatType,
    File,
    Json,
    User,
    World,
)

T = TypeVar("T")


class _Reset(Exception):
    """The connection ends without an answer."""


class TelegramStandIn:
    """`retry_delays`: seconds before each further try of a webhook; `limits`: the limits that are kept, none by default."""

    def __init__(
        self,
        *,
        token: str = "4200000001:standin-token",
        username: str = "deskd_bot",
        clock: Callable[[], float] = time.time,
        retry_delays: Sequence[float] = (0.1, 0.5, 2.0),
        limits: Limits | None = None,
    ) -> None:
        self.token = token
        self.world = World(clock, User(int(token.partition(":")[0]), "deskd", username=username, is_bot=True))
        self.changes = Changes()
        self.updates = Updates(self.changes)
        self.webhook = Webhook(self.updates, self.changes, retry_delays)
        self.methods = Methods(self.world, self.updates, self.webhook, self.changes)
        self.people = People(self.world, self.updates, self.methods, self.changes)
        self.faults = Faults()
        self.calls: list[Call] = []
        self._pace = Pace(limits or Limits())
        self._runner: web.AppRunner | None = None
        self._listener: asyncio.Server | None = None
        self.port = 0
        # what people do is said to the stand-in itself: telegram.write(…), telegram.press(…)
        people = self.people
        self.write, self.send, self.send_file, self.album = (
            people.write,
            people.send,
            people.send_file,
            people.album,
        )
        self.edit, self.press, self.react, self.update = (
            people.edit,
            people.press,
            people.react,
            people.update,
        )
        self.block, self.unblock, self.delete_account = people.block, people.unblock, people.delete_account
        self.upgrade = people.upgrade
        groups = people.groups
        self.put_out, self.take_back, self.give_rights = groups.put_out, groups.take_back, groups.give_rights
        self.open_topic, self.close_topic = groups.open_topic, groups.close_topic
        self.delete_topic, self.hide = groups.delete_topic, groups.hide

    # --- the server's life

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; port 0 takes a free one."""
        app = web.Application(client_max_size=MOST_UP + 2**20)
        app.router.add_route("*", "/file/bot{token}/{path:.*}", self._download)
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        self.port = port
        await self.recover()

    async def stop(self) -> None:
        """End everything; a port that was chosen stays chosen for a later `start(port)`."""
        self.outage()
        await self.webhook.stop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["TelegramStandIn"]:
        """`async with telegram.running():` for a test."""
        await self.start()
        try:
            yield self
        finally:
            await self.stop()

    @property
    def api(self) -> str:
        """The address for `channels.telegram.api`."""
        return f"http://127.0.0.1:{self.port}"

    def outage(self) -> None:
        """Telegram is away: the port refuses, every connection is cut."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        if self._runner is not None and self._runner.server is not None:
            for connection in self._runner.server.connections:
                if connection.transport is not None:
                    connection.transport.abort()

    async def recover(self) -> None:
        """Telegram is back, on the same port."""
        if self._runner is None or self._runner.server is None:
            raise RuntimeError("the stand-in was not started")
        if self._listener is None:
            loop = asyncio.get_running_loop()
            self._listener = await loop.create_server(self._runner.server, "127.0.0.1", self.port)
            self.port = self._listener.sockets[0].getsockname()[1]

    # --- the furniture

    def add_user(
        self,
        user_id: int,
        first_name: str,
        last_name: str = "",
        username: str | None = None,
        language: str | None = None,
    ) -> User:
        """Take a person in. The bot can write to them once they have written to it."""
        made = self.world.users[user_id] = new_user(user_id, first_name, last_name, username, language)
        return made

    def add_group(
        self,
        chat_id: int,
        title: str,
        members: Sequence[int],
        *,
        type: ChatType = "supergroup",
        forum: bool = False,
        rights: Sequence[str] | None = None,
    ) -> Chat:
        """A group with these people, the first its administrator, and the bot; its id is negative. `forum`: with topics. `rights`: the bot's; left out, a
        forum's administrator has all, and in other groups it is a mere member."""
        made = Chat(chat_id, type, title, forum, {*members, self.world.bot.id}, set(members[:1]))
        given = RIGHTS if rights is None and forum else rights
        made.rights = None if given is None else frozenset(given)
        self.world.chats[chat_id] = made
        return made

    # --- faults

    def fail(
        self,
        method: str,
        how: str = "500",
        *,
        times: int | None = 1,
        chat: int | None = None,
        retry_after: int = 1,
        seconds: float = 3600.0,
    ) -> None:
        """Make the next calls of a method fail: see faults.py for the ways; `times` None means until `heal`."""
        self.faults.order(Fault(method, how, times, chat, retry_after, seconds))

    def heal(self, method: str | None = None) -> None:
        """Forget the faults ordered for a method, or all."""
        self.faults.heal(method)

    # --- observation

    def calls_of(self, method: str) -> list[Call]:
        """The calls of one method."""
        return [call for call in self.calls if call.method.lower() == method.lower()]

    def chat_messages(self, chat: int) -> list[Json]:
        """All that stands in a chat, oldest first; a person's private chat has their id."""
        found = self.world.chats.get(chat)
        return [m for m in found.messages.values() if m["message_id"] not in found.deleted] if found else []

    def sent(self, chat: int) -> list[Json]:
        """What the bot has said in a chat, oldest first."""
        bot = self.world.bot.id
        return [message for message in self.chat_messages(chat) if message.get("from", {}).get("id") == bot]

    def topic(self, chat: int, thread: int) -> list[Json]:
        """The messages of a forum's topic."""
        return [message for message in self.chat_messages(chat) if message.get("message_thread_id") == thread]

    def reactions(self, chat: int, message_id: int) -> list[str]:
        """What the bot reacted with to a message."""
        return self.methods.topics.reactions.get((chat, message_id), [])

    def topics(self, chat: int) -> dict[int, str]:
        """A forum's topics: id -> name."""
        return {thread: topic["name"] for thread, topic in self.world.chats[chat].topics.items()}

    def file(self, file_id: str) -> File:
        """The file behind an id, with its bytes."""
        return self.world.files[file_id]

    @property
    def waiting(self) -> list[Json]:
        """Updates that the bot has not confirmed."""
        return self.updates.waiting

    async def wait_for(self, predicate: Callable[[], T], timeout: float = 10.0) -> T:
        """The first true value of `predicate`, asked after every change. Raises TimeoutError."""
        return await self.changes.wait_for(predicate, timeout)

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Hear of every change: kinds `message reaction update confirmed call webhook`."""
        return self.changes.subscribe(callback)

    # --- HTTP

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if not hmac.compare_digest(request.match_info["token"].encode(), self.token.encode()):
            return _answer(ApiError(401, "Unauthorized"))
        try:
            args, files = await arguments(request)
        except ApiError as error:
            return _answer(error)
        call = Call(method, args, self.world.clock(), files)
        self.calls.append(call)
        self.changes.publish("call", method=method, outcome=call.outcome)
        try:
            call.result = await self._perform(call)
        except ApiError as error:
            call.outcome = error.description
            return _answer(error)
        except _Reset:
            _cut(request)
            return web.Response()
        finally:
            self.changes.publish("call", method=method, outcome=call.outcome)
        return web.json_response({"ok": True, "result": call.result})

    async def _perform(self, call: Call) -> Any:
        chat = call.args.get("chat_id")
        fault = self.faults.next(call.method, chat if isinstance(chat, int) else None)
        if fault is not None:
            call.outcome = fault.how
        if fault is not None and fault.how not in ("lost answer", "late"):
            _fail(fault)
        if _is_message(call.method.lower()):
            self._keep_limits(int(chat or 0))
        result = await self.methods.call(call.method, call.args, call.files)
        if fault is None:
            call.outcome = "ok"
        elif fault.how == "late":
            await asyncio.sleep(fault.seconds)
        else:
            raise _Reset
        return result

    def _keep_limits(self, chat: int) -> None:
        wait = self._pace.refused(chat, self.world.clock())
        if wait is not None:
            raise ApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        call = Call("download", {"path": path}, self.world.clock())
        self.calls.append(call)
        fault = self.faults.next("download", None)
        if fault is not None:
            call.outcome = fault.how
            if fault.how in ("reset", "lost answer"):
                _cut(request)
                return web.Response()
            return web.Response(status=int(fault.how[:3]) if fault.how[:3].isdigit() else 500)
        found = next((file for file in self.world.files.values() if file.path == path), None)
        if found is None or request.match_info["token"] != self.token:
            call.outcome = "404"
            return web.Response(status=404)
        call.outcome = "ok"
        return web.Response(body=found.data, content_type="application/octet-stream")


def _is_message(method: str) -> bool:
    """What counts against the limits: a new topic begins with a message too."""
    return (method.startswith("send") and method != "sendchataction") or method == "createforumtopic"


def _fail(fault: Fault) -> None:
    match fault.how:
        case "409":
            raise ApiError(409, OTHER_POLLER)
        case "429":
            raise ApiError(
                429, f"Too Many Requests: retry after {fault.retry_after}", retry_after=fault.retry_after
            )
        case "403":
            group = fault.chat is not None and fault.chat < 0
            by = "kicked from the supergroup chat" if group else "blocked by the user"
            raise ApiError(403, f"Forbidden: bot was {by}")
        case "reset":
            raise _Reset
        case "500":
            raise ApiError(500, "Internal Server Error")
        case "502 html":
            raise ApiError(502, "<html>Bad Gateway</html>")
        case _:
            raise ApiError(400, f"Bad Request: {fault.how.removeprefix('400:')}")


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _answer(error: ApiError) -> web.Response:
    if error.description.startswith("<"):
        return web.Response(status=error.code, text=error.description, content_type="text/html")
    body: Json = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    return web.json_response(body, status=error.code)
