"""The daemon's own HTTP server: one listener, on which whoever builds the daemon hangs pages. It decides nothing.

In: routes, from method and path to a function that makes the answer. Out: HTTP. Bodies are bounded, and what goes wrong in a page is a plain
500 that tells the outside nothing.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from deskd.config.endpoints import Listen
from deskd.errors import ConfigError, Problem
from deskd.ports import Clock, ConnectorHealth

MOST = 2 * 1024 * 1024  # bytes of a request's body; Slack's and Telegram's events have some kilobytes
ANSWER_WITHIN = 20.0  # seconds

log = logging.getLogger("deskd.web")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request. Header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""
    peer: str = ""  # IP address


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    type: str = "application/json"


Page = Callable[[Asked], Awaitable[Answer]]
Routes = Mapping[tuple[str, str], Page]
"""(method, path) -> its page: ("GET", "/health"). GET answers HEAD too."""


class WebServer:
    """A `deskd.ports.Receiver` in all but what it receives."""

    def __init__(self, listen: Listen, routes: Routes, clock: Clock) -> None:
        self.listen = listen
        self._routes = routes
        self._clock = clock
        self._runner: web.AppRunner | None = None
        self._sites: list[web.BaseSite] = []
        self._last_ok: datetime | None = None

    @property
    def name(self) -> str:
        return f"http:{self.listen}"

    @property
    def port(self) -> int:
        """Where it really listens: what the system chose for port 0. 0 before the start."""
        addresses = self._runner.addresses if self._runner is not None else []
        return next((int(address[1]) for address in addresses if isinstance(address, tuple)), 0)

    async def start(self, sockets: Sequence[socket.socket] = ()) -> None:
        """Begin to answer: on `sockets`, already bound (systemd's), or else on its own. Raises `ConfigError` when it can't listen there."""
        app = web.Application(client_max_size=MOST)
        for (method, path), page in self._routes.items():
            app.router.add_route(method, path, self._handler(page))
            if method == "GET":
                app.router.add_route("HEAD", path, self._handler(page))
        runner = web.AppRunner(app, access_log=None, handle_signals=False)
        await runner.setup()
        self._runner = runner
        try:
            if sockets:
                self._sites = [web.SockSite(runner, sock) for sock in sockets]
            else:
                self._sites = [web.TCPSite(runner, self.listen.host, self.listen.port)]
            for site in self._sites:
                await site.start()
        except OSError as failure:
            await self.stop()
            raise ConfigError(self._unusable(failure)) from failure

    async def stop(self) -> None:
        """Close the listener and what is open on it; at once, for nobody has to wait for a page."""
        runner, self._runner, self._sites = self._runner, None, []
        if runner is not None:
            await asyncio.wait_for(runner.cleanup(), 2.0)

    def health(self) -> ConnectorHealth:
        return ConnectorHealth("ok" if self._sites else "stopped", self._last_ok)

    def _handler(self, page: Page) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            asked = Asked(
                request.method,
                request.path,
                dict(request.query),
                {name.lower(): value for name, value in request.headers.items()},
                await request.read(),
                request.remote or "",
            )
            try:
                answer = await asyncio.wait_for(page(asked), ANSWER_WITHIN)
            except Exception:
                log.exception("no answer could be made to %s %s", request.method, request.path)
                return web.Response(status=500, text="deskd could not answer this; its log says why\n")
            self._last_ok = self._clock.now()
            kind, _, rest = answer.type.partition(";")
            headers = {"Content-Type": kind + (";" + rest if rest else ""), "Cache-Control": "no-store"}
            return web.Response(status=answer.status, body=answer.body, headers=headers)

        return handle

    def _unusable(self, failure: OSError) -> Problem:
        taken = failure.errno == errno.EADDRINUSE
        return Problem(
            "deskd.yaml",
            None,
            None,
            f"cannot listen for HTTP on {self.listen} (desk.http): {failure.strerror or failure}",
            "another program listens there: stop it, or choose another" if taken else "",
        )
