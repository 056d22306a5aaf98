"""Files' bytes to and from Slack, beside the Web API: addresses that Slack names, and that are checked before anything is sent there.

Bytes go only to the configured API's host and to Slack's own; the bot's token too, and it follows no redirect. A name that leads into a
private network is refused when the connection is made, unless it is the API's host (or the proxy) itself.
https://docs.slack.dev/messaging/working-with-files
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from connectors.slack.proxy import proxy_for
from deskd.errors import DeskdError, PermanentFailure, TemporaryFailure, Throttled

TIMEOUT = aiohttp.ClientTimeout(total=180, sock_connect=5, sock_read=30)
_SLACKS = (".slack.com", ".slack-files.com")
_CHUNK = 1 << 16
_SCOPE = "check that the app has the scope files:read"


class Resolver(AbstractResolver):
    """Names of the public internet, and those of `exempt`."""

    def __init__(self, exempt: Iterable[str]) -> None:
        self._exempt = frozenset(exempt)
        self._names = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raises `PermanentFailure` for a name with a private address: no later attempt may find another one there."""
        found = await self._names.resolve(host, port, family)
        if host not in self._exempt and any(not ip_address(one["host"]).is_global for one in found):
            raise PermanentFailure(f"{host} leads into a private network")
        return found

    async def close(self) -> None:
        await self._names.close()


class Transfer:
    """For one account. Must be made inside a running event loop."""

    def __init__(self, token: str, api: str) -> None:
        self._token = token
        self._api = urlsplit(api)
        proxy = urlsplit(proxy_for("https://files.slack.com/") or "").hostname
        resolver = Resolver(host for host in (self._api.hostname, proxy) if host)
        self._session = aiohttp.ClientSession(
            timeout=TIMEOUT,
            auto_decompress=False,
            connector=aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False, force_close=True, limit=8),
        )

    async def close(self) -> None:
        await self._session.close()

    async def upload(self, url: str, data: bytes) -> None:
        """Raises `TemporaryFailure` and `PermanentFailure`; nobody sees the bytes before the upload is completed, so it may be repeated."""
        self._check(url)
        try:
            async with self._session.post(
                url, data=data, allow_redirects=False, proxy=proxy_for(url)
            ) as response:
                if response.status != 200:
                    raise _refused(response, "took no file")
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise _away(error) from error

    async def download(self, url: str, media_type: str, most: int) -> bytes:
        """A file of the type it is said to be, of at most `most` bytes. Raises `TemporaryFailure` and `PermanentFailure`."""
        self._check(url)
        headers = {"Authorization": f"Bearer {self._token}", "Accept-Encoding": "identity"}
        try:
            async with self._session.get(
                url, headers=headers, allow_redirects=False, proxy=proxy_for(url)
            ) as response:
                if response.status != 200:
                    raise _refused(response, "gave no file")
                if response.content_type == "text/html" and not media_type.startswith("text/"):
                    raise PermanentFailure(f"Slack showed its sign-in page: {_SCOPE}")
                return await _read(response, most)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise _away(error) from error

    def _check(self, url: str) -> None:
        """Raise `PermanentFailure` for an address that is neither the API's nor Slack's."""
        try:
            parts = urlsplit(url)
            allowed = self._is_api(parts) or _is_slack(parts)
        except ValueError:
            allowed = False
        if not allowed:
            raise PermanentFailure("the file doesn't lie with Slack")

    def _is_api(self, parts: SplitResult) -> bool:
        """By the API's own scheme, or a safer one."""
        return (
            parts.hostname is not None
            and parts.hostname == self._api.hostname
            and parts.scheme in ("https", self._api.scheme)
            and "@" not in parts.netloc
        )


def _is_slack(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    return (
        parts.scheme == "https"
        and host.endswith(_SLACKS)
        and parts.port in (None, 443)
        and "@" not in parts.netloc
    )


async def _read(response: aiohttp.ClientResponse, most: int) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        content += chunk
        if len(content) > most:
            raise PermanentFailure("it is larger than Slack had said, and than what may go with a message")
    return bytes(content)


def _refused(response: aiohttp.ClientResponse, what: str) -> DeskdError:
    status = response.status
    if status == 429:
        wait = response.headers.get("Retry-After", "")
        return Throttled(
            "Slack asks for a slower pace with files",
            timedelta(seconds=min(int(wait), 3600) if wait.isdecimal() else 30),
        )
    if status >= 500:
        return TemporaryFailure(f"Slack {what}: HTTP {status}")
    hint = f"; {_SCOPE}" if status in (301, 302, 303, 307, 308, 401, 403) else ""
    return PermanentFailure(f"Slack {what}: HTTP {status}{hint}")


def _away(error: Exception) -> TemporaryFailure:
    return TemporaryFailure(f"Slack's files can't be reached: {type(error).__name__} {error}".strip()[:200])
