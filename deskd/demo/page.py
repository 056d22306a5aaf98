"""The demo's page over HTTP on loopback: its static files, its live parts, and what a person does on it.

Only the page itself may read or change anything: the Host must be loopback (against DNS rebinding), and what changes something must come with
the page's own Origin, as JSON (against requests that other sites make a browser send). Nothing is fetched from outside, which the Content
Security Policy holds the browser to.
"""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiohttp import web

from deskd.demo.attached import SHOWN_AS_THEY_ARE
from deskd.demo.live import Listener, Live
from deskd.demo.mails import File

_STATIC = Path(__file__).parent / "static"
_BEAT = 15.0  # seconds between signs of life on an idle stream
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
LOOPBACK = frozenset({"127.0.0.1", "localhost"})

MAX_REQUEST = 32 * 1024 * 1024  # bytes: files come as base64
Deed = Callable[[str, dict[str, Any]], Awaitable[Any]]
"""(what is done, with what) -> what came of it. Raises `LookupError`, `PermissionError`, `TimeoutError` or an `OSError` when it can't be."""
Find = Callable[[str, str], File]
"""(whose, its name) -> a file that somebody sent. Raises `LookupError`."""


class Page:
    """The page's server. `deeds` do, by area, what a person asks for on it; `folder` is what a second demo is told."""

    def __init__(self, live: Live, deeds: Mapping[str, Deed], find: Find, folder: Path) -> None:
        self._live = live
        self._folder = folder
        self._find = find
        app = web.Application(middlewares=[_guard], client_max_size=MAX_REQUEST)
        app.router.add_get("/", _index)
        app.router.add_get("/about", self._about)
        app.router.add_get("/live", self._stream)
        app.router.add_get("/files/{whose}/{name}", self._file)
        for area, deed in deeds.items():
            app.router.add_post(f"/{area}/{{deed}}", _doing(deed))
        app.router.add_static("/static/", _STATIC)
        app.on_response_prepare.append(_add_headers)
        self.app = app

    async def _about(self, request: web.Request) -> web.Response:
        return web.json_response({"deskd demo": str(self._folder)})

    async def _file(self, request: web.Request) -> web.Response:
        """What somebody attached. A picture is shown; anything else is only saved, whatever it claims to be."""
        try:
            name, content = self._find(request.match_info["whose"], request.match_info["name"])
        except (LookupError, ValueError):
            raise web.HTTPNotFound(text="There is no such file.") from None
        kind = mimetypes.guess_type(name)[0] or ""
        if kind in SHOWN_AS_THEY_ARE:
            return web.Response(body=content, content_type=kind)
        disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
        headers = {"Content-Disposition": disposition}
        return web.Response(body=content, content_type="application/octet-stream", headers=headers)

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """The live parts as server-sent events: one event a part, named by it, its data the part's JSON."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        await response.prepare(request)
        with self._live.listening() as listener:
            await _tell(response, listener)
        return response


async def _tell(response: web.StreamResponse, listener: Listener) -> None:
    while not listener.ended:
        try:
            news = await asyncio.wait_for(listener.news(), _BEAT)
            told = "".join(f"event: {part}\ndata: {value}\n\n" for part, value in news.items())
        except TimeoutError:
            told = ": still here\n\n"
        try:
            await response.write(told.encode())
        except ConnectionError:
            return  # the page was closed


async def _index(request: web.Request) -> web.FileResponse:
    return web.FileResponse(_STATIC / "index.html")


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)


@web.middleware
async def _guard(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    if request.url.host not in LOOPBACK:
        raise web.HTTPForbidden(text="This page is only for this machine.")
    if request.method not in ("GET", "HEAD") and request.headers.get("Origin") != f"http://{request.host}":
        raise web.HTTPForbidden(text="Only the page itself may do this.")
    return await handler(request)


def _doing(deed: Deed) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType(text="JSON, please.")
        try:
            asked = await request.json()
            if not isinstance(asked, dict):
                raise ValueError("an object is expected")
        except ValueError as wrong:
            return _refused(400, f"That could not be read: {wrong}")
        try:
            answer = await deed(request.match_info["deed"], asked)
        except KeyError as missing:
            return _refused(400, f"{missing.args[0]} is missing or unknown")
        except (LookupError, PermissionError) as impossible:
            return _refused(409, str(impossible))
        except (TimeoutError, OSError) as failure:
            return _refused(502, str(failure) or "The daemon took no notice.")
        return web.json_response(answer if answer is not None else {})

    return handle


def _refused(status: int, why: str) -> web.Response:
    return web.json_response({"error": why}, status=status)
