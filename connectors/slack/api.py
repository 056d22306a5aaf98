"""One Slack workspace's Web API, with our failures and our pace: nothing else in this package calls Slack.

Each call opens a connection of its own: a kept-alive one that dies under a post would leave its outcome unknown, where a
fresh one tells "refused" (nothing was sent) from "lost". The SDK's own retries are off: it would post twice.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from connectors.slack.circuit import REFUSED, Circuit
from connectors.slack.outcome import answer, failure
from connectors.slack.pace import Pace
from connectors.slack.proxy import proxy_for
from deskd.errors import TemporaryFailure, Throttled
from deskd.ports import Clock

TIMEOUT = aiohttp.ClientTimeout(total=15, sock_connect=5)
_SOCKETS: Final = "apps.connections.open"
Method = Callable[..., Awaitable[AsyncSlackResponse]]


class SlackApi:
    """Calls of one account. Must be made inside a running event loop."""

    def __init__(self, token: str, base_url: str, clock: Clock) -> None:
        self._session = aiohttp.ClientSession(
            timeout=TIMEOUT, connector=aiohttp.TCPConnector(force_close=True, limit=32)
        )
        self.client = AsyncWebClient(token=token, base_url=base_url, session=self._session, retry_handlers=[])
        self.client.proxy = proxy_for(self.client.base_url)
        self._clock = clock
        self._pace = Pace()
        self._circuit = Circuit()

    @property
    def trouble(self) -> str:
        """Why Slack takes nothing from us at all (the token); empty while it does."""
        return self._circuit.trouble

    async def close(self) -> None:
        await self._session.close()

    async def call(self, method: Method, *, once: bool = False, **arguments: Any) -> dict[str, Any]:
        """Slack's answer, a dict with `ok` true. `once`: must not be done twice. Raises as `deskd.ports.Connector.deliver`."""
        name = getattr(method, "__name__", "a call").replace("_", ".")
        channel = str(arguments.get("channel") or arguments.get("channel_id") or "")
        if name != _SOCKETS:  # that one has a token of its own
            self._look_at_circuit()
        wait = self._pace.take(name, channel, self._clock.monotonic())
        if wait > 0:
            raise Throttled(f"Slack asked for a slower pace in {channel}", timedelta(seconds=wait))
        what = f"{name} in {channel}" if channel else name
        try:
            response = await method(**arguments)
        except (
            SlackApiError,
            aiohttp.ClientError,
            OSError,
            TimeoutError,
            ValueError,
            AttributeError,
        ) as error:
            # ValueError, AttributeError: the SDK on an answer that is no JSON object
            translated = failure(error, what=what, once=once)
            if isinstance(translated, Throttled) and translated.retry_after is not None:
                self._pace.refused(
                    name, channel, translated.retry_after.total_seconds(), self._clock.monotonic()
                )
            self._heard(name, error, str(translated))
            raise translated from error
        if name != _SOCKETS:
            self._circuit.worked()
        return response.data if isinstance(response.data, dict) else {}

    def _look_at_circuit(self) -> None:
        wait = self._circuit.wait(self._clock.monotonic())
        if wait > 0:
            raise TemporaryFailure(self._circuit.trouble, timedelta(seconds=wait))

    def _heard(self, name: str, error: Exception, told: str) -> None:
        """Any word of Slack's that isn't about the token says that the token is good."""
        if name == _SOCKETS or not isinstance(error, SlackApiError):
            return
        code = answer(error).error
        if code in REFUSED:
            self._circuit.refused(told, self._clock.monotonic())
        elif code:
            self._circuit.worked()

    async def pages(
        self, method: Method, key: str, *, most: int, **arguments: Any
    ) -> AsyncIterator[dict[str, Any]]:
        """The objects under `key`, page after page. Raises `TemporaryFailure` when there are more than `most` pages."""
        cursor = ""
        for _ in range(most):
            if cursor:
                arguments["cursor"] = cursor
            told = await self.call(method, once=False, **arguments)
            listed = told.get(key)
            for found in listed if isinstance(listed, list) else []:
                if isinstance(found, dict):
                    yield found
            metadata = told.get("response_metadata")
            cursor = str(metadata.get("next_cursor") or "") if isinstance(metadata, dict) else ""
            if not cursor:
                return
        raise TemporaryFailure(f"Slack has more than {most} pages of {key}")
