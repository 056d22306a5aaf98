"""A provider of access tokens for tests (RFC 6749, and RFC 7662 for the mail server that asks about them): it remembers what it gave, and can refuse.

async with TokenProvider().running() as provider:
    provider.token_url, provider.introspection_url
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import AsyncIterator
from typing import Self

from aiohttp import web

from tests.support.daemon import free_port


class TokenProvider:
    """Refresh tokens are good for one use each, as strict providers have it."""

    def __init__(self, user: str = "support", refresh: str = "refresh-0", lasts: int = 3600) -> None:
        self.user = user
        self.refresh = refresh
        """The one that is good now."""
        self.lasts = lasts
        self.port = free_port()
        self.asked: list[dict[str, str]] = []
        """The forms that came to the token endpoint."""
        self.good: set[str] = set()
        """Access tokens that mail servers are told are good."""
        self.error: tuple[int, str] | None = None
        """What it answers everyone: an HTTP status and an error of RFC 6749 5.2."""
        self._numbers = itertools.count(1)

    @property
    def token_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/token"

    @property
    def introspection_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/introspect"

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        app = web.Application()
        app.router.add_post("/token", self._token)
        app.router.add_post("/introspect", self._introspect)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(form)
        if self.error is not None:
            return web.json_response({"error": self.error[1]}, status=self.error[0])
        answer: dict[str, object] = {}
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] != self.refresh:
                said = {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
                return web.json_response(said, status=400)
            self.refresh = f"refresh-{next(self._numbers)}"
            answer["refresh_token"] = self.refresh
        access = f"access-{next(self._numbers)}"
        self.good.add(access)
        return web.json_response(
            {**answer, "access_token": access, "expires_in": self.lasts, "token_type": "Bearer"}
        )

    async def _introspect(self, request: web.Request) -> web.Response:
        form = await request.post()
        good = form.get("token") in self.good
        return web.json_response({"active": "true" if good else "false", "username": self.user})
