"""The outgoing side of a mail channel: hands replies to the mail server that `send` names.

What comes in comes through listeners that channels share (`connectors.smtp`); this connector receives nothing. An unknown outcome is
settled by sending the same bytes with the same Message-ID once more.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException

from connectors import mail_check as check
from connectors.mail_signing import Signer
from connectors.mail_transfer import Line, MailTimeouts, transfer
from connectors.oauth import TokenSource
from deskd.config.channels import MailChannel, MailServer
from deskd.errors import BrokenInvariant, TemporaryFailure
from deskd.model import Delivery, Receipt, SendMail
from deskd.ports import Accept, Clock, ConnectorHealth, Finding, HeldReply, Settlement

_KEPT_OPEN = 4.0  # seconds that a connection waits for a next mail; servers cut idle ones after ten and more
_AT_ONCE = 8  # connections; many servers refuse more from one client


class MailConnector:
    """A `deskd.ports.Connector`. `tls` overrides the system's certificates (a company's own CA, a test)."""

    settlement: Settlement = "resend"

    def __init__(
        self,
        key: str,
        channel: MailChannel,
        clock: Clock,
        *,
        timeouts: MailTimeouts | None = None,
        tls: ssl.SSLContext | None = None,
        token: TokenSource | None = None,
    ) -> None:
        self.channel = key
        self._server = channel.send
        self._address = channel.address
        self._hello = channel.address.rpartition("@")[2].encode("idna").decode("ascii")
        self._clock = clock
        self._timeouts = timeouts or MailTimeouts()
        self._tls = tls
        self._token = token
        self._idle: list[tuple[Line, asyncio.TimerHandle]] = []
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._health = ConnectorHealth("ok")
        self._signer = Signer(channel.dkim, f"channels.{key}.dkim") if channel.dkim is not None else None
        if self._server is None:
            self._health = ConnectorHealth("degraded", None, self._no_server())

    def _no_server(self) -> str:
        return f"channels.{self.channel}.send is missing: nothing can be mailed; name the outgoing mail server there"

    async def start(self, accept: Accept) -> None:
        """Nothing to begin: connections are opened when there is a mail."""

    async def stop_receiving(self) -> None:
        """Nothing is received here."""

    async def stop(self) -> None:
        while self._idle:
            line, timer = self._idle.pop()
            timer.cancel()
            with suppress(SMTPException, OSError, TimeoutError):
                await line.client.quit(timeout=1.0)
            line.client.close()

    async def deliver(self, delivery: Delivery) -> Receipt:
        """As the port says. Trouble with the server itself (away, login refused) is temporary: the mail waits until it is mended."""
        if not isinstance(delivery.content, SendMail):
            raise BrokenInvariant(f"a mail channel was given {type(delivery.content).__name__}")
        if self._server is None:
            raise TemporaryFailure(self._no_server())
        mail = delivery.content
        async with self._slots:
            if self._signer is not None:
                mail = replace(mail, content=await self._signer.sign(mail.content))
            return await self._deliver(self._server, mail, delivery.attempt)

    async def _deliver(self, server: MailServer, mail: SendMail, attempt: int) -> Receipt:
        line = await self._idle_line() or await self._connect(server)
        try:
            receipt = await transfer(line, mail, attempt, self._timeouts)
        except BaseException:
            line.client.close()  # whatever state it is in: the next mail gets a clean one
            raise
        self._keep_open(line)
        self._health = ConnectorHealth("ok", self._clock.now())
        return receipt

    async def _idle_line(self) -> Line | None:
        """A connection left open that still answers."""
        while self._idle:
            line, timer = self._idle.pop()
            timer.cancel()
            with suppress(SMTPException, OSError, TimeoutError):
                if (await line.client.execute_command(b"RSET", timeout=2.0)).code == 250:
                    return line
            line.client.close()
        return None

    async def _connect(self, server: MailServer) -> Line:
        client = SMTP(
            hostname=server.host,
            port=server.port_or_default,
            use_tls=server.tls == "implicit",
            start_tls=server.tls == "starttls",
            tls_context=await self._certificates(server),
            local_hostname=self._hello,
            timeout=self._timeouts.connect,
        )
        try:
            async with asyncio.timeout(self._timeouts.connect):
                await client.connect()
                await self._log_in(client, server)
                if client.is_ehlo_or_helo_needed:
                    await self._greet(client)
                return Line(client)
        except (SMTPException, TemporaryFailure, OSError, TimeoutError, ValueError) as failure:
            client.close()
            trouble = f"{server.host}:{server.port_or_default}: {_explain(failure, server)}"
            self._health = replace(self._health, state="failing", error=trouble)
            raise TemporaryFailure(trouble) from failure
        except BaseException:
            client.close()
            raise

    async def _certificates(self, server: MailServer) -> ssl.SSLContext | None:
        """Whom to trust. Read once: it takes tens of milliseconds, more than all the rest of a connection."""
        if self._tls is None and server.tls != "none":
            self._tls = await asyncio.to_thread(ssl.create_default_context)
        return self._tls

    async def _log_in(self, client: SMTP, server: MailServer) -> None:
        if server.username is None:
            return
        if self._token is not None:
            await self._log_in_by_token(client, server.username, self._token)
        elif server.password is not None:
            await client.login(server.username, server.password.get_secret_value())

    async def _log_in_by_token(self, client: SMTP, username: str, token: TokenSource) -> None:
        """A token may be revoked before its time: one that is refused is fetched anew once."""
        await client.ehlo()
        try:
            await client.auth_xoauth2(username, await token.access())
        except SMTPAuthenticationError:
            await client.auth_xoauth2(username, await token.access(fresh=True))

    async def _greet(self, client: SMTP) -> None:
        with suppress(SMTPException):
            await client.ehlo()
        if client.is_ehlo_or_helo_needed:
            await client.helo()

    def _keep_open(self, line: Line) -> None:
        if line.client.is_connected:
            timer = asyncio.get_running_loop().call_later(_KEPT_OPEN, self._let_go, line)
            self._idle.append((line, timer))

    def _let_go(self, line: Line) -> None:
        self._idle = [(other, timer) for other, timer in self._idle if other is not line]
        line.client.close()

    async def check(self) -> list[Finding]:
        """Log in once, and ask whether the desk's address may send; no mail goes out."""
        part, server = f"{self.channel}.send", self._server
        if server is None:
            return [
                Finding(part, "warning", "replies can't be mailed: no server is named", self._no_server())
            ]
        try:
            line = await self._connect(server)
        except TemporaryFailure as failure:
            return [Finding(part, "wrong", str(failure), "check host, port, tls, username and password")]
        try:
            return [
                *check.connection(part, server, line, self._clock.now()),
                await self._may_send(part, line),
            ]
        finally:
            with suppress(SMTPException, OSError, TimeoutError):
                await line.client.quit(timeout=2.0)
            line.client.close()

    async def _may_send(self, part: str, line: Line) -> Finding:
        try:
            answer = await line.client.execute_command(
                b"MAIL", b"FROM:<%s>" % self._address.encode(), timeout=self._timeouts.connect
            )
        except (SMTPException, OSError, TimeoutError) as failure:
            return Finding(part, "wrong", f"it doesn't say whether {self._address} may send: {failure}")
        return check.sender(part, self._address, answer.code, answer.message)

    async def look_up(self, delivery: Delivery) -> Receipt | None:
        """Never asked: what a server did with a mail can't be looked up over SMTP."""
        raise BrokenInvariant("mail of unknown outcome is sent again, not looked up")

    async def recheck(self, held: Sequence[HeldReply]) -> None:
        """No reply is held in a mailbox."""

    def health(self) -> ConnectorHealth:
        return self._health


def _explain(failure: BaseException, server: MailServer) -> str:
    words = str(failure) or type(failure).__name__
    match failure:
        case SMTPAuthenticationError():
            return f"the login of {server.username} was refused ({words}); check username and password under send"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not good for this name ({words}); check host under send"
        case TimeoutError():
            return "it does not answer"
        case _:
            return words
