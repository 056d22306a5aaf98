"""Access tokens for mail servers (RFC 6749): fetched with a refresh token or by the application itself, kept until shortly before they end.

A refresh token that the provider gives in place of the old one is kept in the desk's database before it is used: the old one may be void from that
moment. No token and no secret goes into a log or an error.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

import aiohttp

from deskd.config.channels import OAuth
from deskd.errors import TemporaryFailure
from deskd.model import Position
from deskd.ports import Clock, Polling

WITHIN: Final = 20.0  # seconds for the provider's answer
EARLY: Final = timedelta(minutes=5)
"""So long before its end a token is fetched anew; a connection made with it is made anew as well."""
_SHORTEST: Final = timedelta(seconds=60)
_LASTS: Final = 3600  # seconds, where the provider doesn't say
_CLOCK_OFF: Final = timedelta(minutes=2)


class TokenRefused(TemporaryFailure):
    """A person must mend it: sign in again, or set the application right. `remedy` says what."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Token:
    access: str
    ends: datetime
    refresh: str | None  # the newest one, None for an application's own login

    def __repr__(self) -> str:
        return f"Token(ends={self.ends})"


class TokenSource:
    """Of one application and one account. `access` may be called by many at once: one asks the provider."""

    def __init__(
        self, channel: str, oauth: OAuth, clock: Clock, polling: Polling, tls: ssl.SSLContext | None = None
    ) -> None:
        self._channel = channel
        self._oauth = oauth
        self._clock = clock
        self._polling = polling
        self._tls = tls
        self._token: Token | None = None
        self._asking = asyncio.Lock()
        self._given = oauth.refresh_token.get_secret_value() if oauth.refresh_token is not None else None
        self.clock_off: timedelta | None = None
        """By how much the provider's clock was ahead of this machine's, where that is too much."""

    @property
    def place(self) -> str:
        """Where the token is kept. Another refresh token or application in deskd.yaml is another place: what was kept before is of no use then."""
        named = f"{self._oauth.token_endpoint}\n{self._oauth.client_id}\n{self._given or ''}"
        return f"oauth:{hashlib.sha256(named.encode()).hexdigest()[:32]}"

    async def access(self, *, fresh: bool = False) -> str:
        """A token to log in with. `fresh`: not the one from before, which was refused.

        Raises `TokenRefused`; `TemporaryFailure` when the provider can't be asked; `StoreAway`, `StoreFull`.
        """
        before = self._token
        async with self._asking:
            if self._token is None:
                self._token = await self._kept()
            if self._token is None or (fresh and self._token == before) or self._ends_soon(self._token):
                self._token = await self._fetch(self._token)
            return self._token.access

    def ends_soon(self) -> bool:
        """Whether a connection that was logged in with the last token should be made anew."""
        return self._token is not None and self._ends_soon(self._token)

    def _ends_soon(self, token: Token) -> bool:
        return token.ends - self._clock.now() < EARLY

    async def _kept(self) -> Token | None:
        text = (await self._polling.positions(self._channel)).get(self.place)
        if text is None:
            return None
        known = json.loads(text)
        return Token(known["access"], datetime.fromisoformat(known["ends"]), known["refresh"])

    async def _fetch(self, before: Token | None) -> Token:
        refresh = (before.refresh if before is not None else None) or self._given
        answer = await self._ask(refresh)
        lasts = timedelta(seconds=float(answer.get("expires_in") or _LASTS))
        # One that is shorter than the margin must still serve for a login.
        ends = self._clock.now() + max(lasts, EARLY + _SHORTEST)
        token = Token(
            str(answer["access_token"]), ends, str(answer.get("refresh_token") or refresh or "") or None
        )
        kept = {"access": token.access, "ends": token.ends.isoformat(), "refresh": token.refresh}
        await self._polling.remember(Position(self._channel, self.place, json.dumps(kept)))
        return token

    async def _ask(self, refresh: str | None) -> dict[str, Any]:
        where = self._oauth.token_endpoint
        try:
            timeout = aiohttp.ClientTimeout(total=WITHIN)
            async with (
                aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
                session.post(
                    where, data=self._form(refresh), ssl=self._tls or True, allow_redirects=False
                ) as answer,
            ):
                self._compare_clocks(answer.headers.get("Date"))
                return self._read(answer.status, await answer.content.read(65_536))
        except (aiohttp.ClientError, OSError, TimeoutError) as failure:
            why = str(failure) or "it does not answer"
            raise TemporaryFailure(f"no token from {where}: {why}") from failure

    def _form(self, refresh: str | None) -> dict[str, str]:
        oauth = self._oauth
        form = {"client_id": oauth.client_id}
        if oauth.client_credentials:
            form["grant_type"] = "client_credentials"
        else:
            form |= {"grant_type": "refresh_token", "refresh_token": refresh or ""}
        if oauth.client_secret is not None:
            form["client_secret"] = oauth.client_secret.get_secret_value()
        if oauth.asked_scope is not None:
            form["scope"] = oauth.asked_scope
        return form

    def _read(self, status: int, body: bytes) -> dict[str, Any]:
        """The answer (RFC 6749 5.1), or what its error (5.2) means."""
        where = self._oauth.token_endpoint
        try:
            answer = json.loads(body)
        except ValueError:
            answer = {}
        if not isinstance(answer, dict):
            answer = {}
        if status == 200 and answer.get("access_token"):
            return answer
        error = str(answer.get("error", ""))[:100]
        if status >= 500 or status == 429 or not error or error == "temporarily_unavailable":
            raise TemporaryFailure(f"no token from {where}: HTTP {status} {error}".rstrip())
        words = " ".join(str(answer.get("error_description", "")).split())[:300]
        raise TokenRefused(
            f"no token from {where}: {error}" + (f" ({words})" if words else ""), _remedy(error)
        )

    def _compare_clocks(self, date: str | None) -> None:
        self.clock_off = None
        try:
            theirs = parsedate_to_datetime(date or "").astimezone(UTC)
        except (ValueError, TypeError):
            return
        off = theirs - self._clock.now()
        self.clock_off = off if abs(off) > _CLOCK_OFF else None


def _remedy(error: str) -> str:
    if error == "invalid_grant":
        return "the refresh token has expired or was withdrawn: sign in again and set the new refresh_token"
    if error in ("invalid_client", "unauthorized_client"):
        return "check client_id and client_secret, and that the application may use this way to log in"
    if error == "invalid_scope":
        return "check scope, and that the application was granted it"
    return "check oauth under imap or send"


class TokenSources:
    """One source for each application and account, whoever asks: imap and send of a channel share theirs."""

    def __init__(self, clock: Clock, polling: Polling, tls: ssl.SSLContext | None = None) -> None:
        self._clock = clock
        self._polling = polling
        self._tls = tls
        self._known: dict[tuple[str, str], TokenSource] = {}

    def of(self, channel: str, oauth: OAuth | None) -> TokenSource | None:
        if oauth is None:
            return None
        made = TokenSource(channel, oauth, self._clock, self._polling, self._tls)
        return self._known.setdefault((channel, made.place), made)
