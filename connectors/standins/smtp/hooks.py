"""aiosmtpd's side: its protocol with the limits taken off, and the hooks that turn a session's stages into replies.

In: MAIL, RCPT, DATA as aiosmtpd has parsed them. Out: the reply; a whole mail goes to `keep` before its 250.
"""

import asyncio
import base64
import functools
from collections.abc import Callable, Collection
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from connectors.standins.smtp.faults import Faults, Stage

Keep = Callable[[Session, Envelope], int]


class Protocol(SMTP):
    """aiosmtpd's protocol, taking lines of any length as mail servers do, and telling of each connection."""

    line_length_limit = 2**20

    def __init__(self, *args: Any, opened: Callable[[asyncio.BaseTransport], None], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._opened = opened

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Also after STARTTLS, with the transport inside it."""
        self._opened(transport)
        super().connection_made(transport)


class Hooks:
    """What the server says at each stage."""

    def __init__(
        self, faults: Faults, keep: Keep, *, login_needed: bool, tokens: Collection[str] | None = None
    ) -> None:
        self._tokens = tokens
        self._faults = faults
        self._login_needed = login_needed
        self._keep = keep

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        """Login by token: base64 of `user=…^Aauth=Bearer …^A^A`."""
        fields = base64.b64decode(args[1]).decode().split("\1") if len(args) > 1 else []
        known = dict(field.partition("=")[::2] for field in fields if field)
        good = known.get("auth", "").removeprefix("Bearer ") in (self._tokens or ())
        return AuthResult(success=good, handled=False, auth_data=known.get("user"))

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """The sender."""
        if self._login_needed and not session.authenticated:
            return "530 5.7.0 Authentication required"
        if (reply := await self._failed(server, "MAIL")) is not None:
            return reply
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """One recipient."""
        if (reply := await self._failed(server, "RCPT", address.lower())) is not None:
            return reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """The mail, whole."""
        keep = functools.partial(self._keep, session, envelope)
        if (reply := await self._failed(server, "DATA", kept=keep)) is not None:
            return reply
        return f"250 2.0.0 OK queued as {keep()}"

    async def _failed(
        self,
        server: SMTP,
        stage: Stage,
        recipient: str | None = None,
        kept: Callable[[], int] | None = None,
    ) -> str | None:
        """The reply that a fault makes here, or None when all is well (again). `kept` does the deed whose answer gets lost."""
        fault = self._faults.next(stage, recipient)
        if fault is None:
            return None
        if fault.how == "hang":
            await asyncio.sleep(fault.seconds)
            return None
        if fault.how == "lost answer" and kept is not None:
            kept()
        if fault.reply is None:
            await _hang_up(server)
        return fault.reply


async def _hang_up(server: SMTP) -> None:
    """Close the connection and wait to be cancelled, as aiosmtpd cancels what runs when a connection is lost."""
    if server.transport is not None:
        server.transport.close()
    await asyncio.Event().wait()


class Refusal(asyncio.Protocol):
    """A connection turned away at the door: with a reply (`421 …`), without a word (`drop`), or left waiting (`hang`)."""

    def __init__(self, how: str, opened: Callable[[asyncio.BaseTransport], None]) -> None:
        self._how = how
        self._opened = opened

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say what there is to say."""
        assert isinstance(transport, asyncio.Transport)
        self._opened(transport)
        if self._how == "drop":
            transport.abort()
        elif self._how != "hang":
            transport.write(f"{self._how}\r\n".encode())
            transport.close()
