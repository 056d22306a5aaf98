"""The outgoing mail server's stand-in: it accepts every mail and keeps its exact bytes and envelope, unless told to fail.

In: SMTP on loopback (RFC 5321), with AUTH and STARTTLS when asked for. Out: `mails`, oldest first, and `mailboxes`, by recipient.
The server is aiosmtpd in the caller's loop.
"""

import asyncio
import contextlib
import email
import email.message
import ssl
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from connectors.standins.changes import Change, Changes
from connectors.standins.smtp.faults import Fault, Faults, Stage
from connectors.standins.smtp.hooks import Hooks, Protocol, Refusal

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Mail:
    """One accepted mail: `content` as it came (dot-stuffing undone), `at` in seconds since the epoch."""

    number: int
    mail_from: str
    rcpt_to: tuple[str, ...]
    content: bytes
    at: float
    login: str | None
    tls: bool

    @property
    def message(self) -> email.message.Message:
        """The content, parsed."""
        return email.message_from_bytes(self.content)


class SmtpStandIn:
    """A mail server on 127.0.0.1.

    `logins`: user -> password, `tokens`: access tokens that are good for XOAUTH2; when either is given, nothing is taken without AUTH. `tls`: a server's context; offers STARTTLS, or, with
    `implicit_tls`, speaks TLS from the first byte.
    """

    def __init__(
        self,
        *,
        logins: Mapping[str, str] | None = None,
        tokens: Collection[str] | None = None,
        tls: ssl.SSLContext | None = None,
        implicit_tls: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.mails: list[Mail] = []
        self.mailboxes: defaultdict[str, list[Mail]] = defaultdict(list)
        """Mails by recipient's address, in lower case."""
        self.changes = Changes()
        self.faults = Faults()
        self.host, self.port = "127.0.0.1", 0
        self._logins = dict(logins or {})
        self._tokens = tokens
        self._tls, self._implicit_tls = tls, implicit_tls
        self._clock = clock
        self._open: set[asyncio.Transport] = set()
        self._listener: asyncio.Server | None = None

    # --- the server's life

    async def start(self, port: int = 0) -> None:
        """Listen; port 0 takes a free one."""
        self.port = port
        await self.back()

    async def stop(self) -> None:
        """End everything."""
        self.away()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["SmtpStandIn"]:
        """`async with smtp.running():` for a test."""
        await self.start()
        try:
            yield self
        finally:
            await self.stop()

    def away(self) -> None:
        """The server is gone: the port refuses, every connection is cut."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for transport in tuple(self._open):
            transport.abort()
        self._open.clear()

    async def back(self) -> None:
        """It is back, on the same port."""
        if self._listener is None:
            loop = asyncio.get_running_loop()
            implicit = self._tls if self._implicit_tls else None
            self._listener = await loop.create_server(self._protocol, self.host, self.port, ssl=implicit)
            self.port = self._listener.sockets[0].getsockname()[1]

    def _protocol(self) -> asyncio.BaseProtocol:
        fault = self.faults.next("CONNECT")
        if fault is not None:
            return Refusal(fault.how, self._opened)
        return Protocol(
            Hooks(self.faults, self._keep, login_needed=bool(self._mechanisms), tokens=self._tokens),
            opened=self._opened,
            data_size_limit=None,
            enable_SMTPUTF8=True,
            hostname="mail.standin.example",
            tls_context=None if self._implicit_tls else self._tls,
            auth_require_tls=False,
            authenticator=self._log_in if self._logins else None,
            auth_exclude_mechanism={"LOGIN", "PLAIN", "XOAUTH2"} - self._mechanisms,
            loop=asyncio.get_running_loop(),
        )

    @property
    def _mechanisms(self) -> set[str]:
        """Ways to log in."""
        return {
            *(("LOGIN", "PLAIN") if self._logins else ()),
            *(("XOAUTH2",) if self._tokens is not None else ()),
        }

    def _opened(self, transport: asyncio.BaseTransport) -> None:
        self._open = {known for known in self._open if not known.is_closing()}
        assert isinstance(transport, asyncio.Transport)
        self._open.add(transport)

    def _log_in(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth_data: Any
    ) -> AuthResult:
        fault = self.faults.next("AUTH")
        if fault is not None and fault.reply is not None:
            return AuthResult(success=False, handled=False, message=fault.reply)
        if not isinstance(auth_data, LoginPassword):
            return AuthResult(success=False, handled=False)
        user, password = auth_data.login.decode(), auth_data.password.decode()
        return AuthResult(success=self._logins.get(user) == password, handled=False, auth_data=user)

    def _keep(self, session: Session, envelope: Envelope) -> int:
        mail = Mail(
            len(self.mails) + 1,
            envelope.mail_from or "",
            tuple(envelope.rcpt_tos),
            envelope.original_content or b"",
            self._clock(),
            session.auth_data if session.authenticated else None,
            self._implicit_tls or session.ssl is not None,
        )
        self.mails.append(mail)
        for address in mail.rcpt_to:
            self.mailboxes[address.lower()].append(mail)
        self.changes.publish("mail", number=mail.number, mail_from=mail.mail_from, rcpt_to=list(mail.rcpt_to))
        return mail.number

    # --- faults

    def fail(
        self,
        stage: Stage,
        how: str,
        *,
        times: int | None = 1,
        recipient: str | None = None,
        seconds: float = 3600.0,
    ) -> None:
        """Make a stage fail the next `times` (None: until `heal`).

        `how`: a reply, like `451 4.3.0 try later`; `drop` (the connection ends, nothing was done); `lost answer` (DATA only: the mail
        is kept, then the connection ends without a reply); `hang` (all goes well, after `seconds`). `recipient` narrows RCPT.
        """
        self.faults.order(Fault(stage, how, times, recipient.lower() if recipient else None, seconds))

    def lose_last_answer(self, times: int = 1) -> None:
        """Keep the next mails, and never say so."""
        self.fail("DATA", "lost answer", times=times)

    def heal(self) -> None:
        """Forget every ordered fault."""
        self.faults.heal()

    # --- observation

    def to(self, address: str) -> Sequence[Mail]:
        """What an address has received, oldest first."""
        return tuple(self.mailboxes.get(address.lower(), ()))

    async def wait_for(self, predicate: Callable[[], T], timeout: float = 10.0) -> T:
        """The first true value of `predicate`, asked now and after every mail. Raises TimeoutError."""
        return await self.changes.wait_for(predicate, timeout)

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Hear of every mail (kind `mail`)."""
        return self.changes.subscribe(callback)
