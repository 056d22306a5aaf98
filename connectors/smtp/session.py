"""One SMTP conversation: aiosmtpd's protocol, with what it does badly for a desk done here.

aiosmtpd keeps the connection's life, HELO, RSET, NOOP, HELP and its transport. Ours are: the command loop (a client may close
its sending side and still wants its answers; junk is counted), addresses (its parser is slow and forgiving), DATA in bulk
instead of line by line (see `data`), STARTTLS over asyncio's own call, timers that know what they wait for, and no AUTH.
Whatever arrives ahead of its command stays in `_ahead`, in order.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from aiosmtpd.smtp import SMTP

from connectors.smtp.commands import MailFrom, Refused, parse_mail, parse_rcpt
from connectors.smtp.content import Content
from connectors.smtp.data import DataDecoder, hops
from connectors.smtp.reception import Reception
from deskd.model import Envelope

log = logging.getLogger("deskd.smtp")
logging.getLogger("mail.log").setLevel(
    logging.WARNING
)  # aiosmtpd's: one line a command, with customers' addresses

_CHUNK = 64 * 1024  # bytes read at once
_LONGEST_HELO = 255  # characters that are kept; RFC 5321 4.5.3.1.2
_IDLE_COMMANDS = frozenset({"NOOP", "RSET", "VRFY", "EXPN", "HELP", "HELO", "EHLO"})


class _NoHooks:
    """aiosmtpd's event handler. There are no hooks: the session overrides the commands themselves."""


class _Gone(Exception):
    """The client left in the middle; the session is over."""


class SmtpSession(SMTP):
    line_length_limit = _CHUNK  # here only the reader's buffer: when the client is told to wait

    def __init__(self, reception: Reception, peer: str, loop: asyncio.AbstractEventLoop) -> None:
        self._mail: MailFrom | None = None
        self._recipients: dict[str, str] = {}  # address -> channel, in the order they came
        self._ahead = bytearray()
        self._over = False
        self._waiting = False
        self._errors = 0
        self._idle_commands = 0
        self._until = 0.0
        self._reception = reception
        self._limits = reception.limits
        self.peer = peer
        super().__init__(
            _NoHooks(),
            data_size_limit=reception.limits.size,
            enable_SMTPUTF8=True,
            hostname=reception.hostname,
            ident="ESMTP",  # no version: it would only tell whom to attack
            tls_context=reception.tls,
            timeout=reception.limits.idle,
            loop=loop,
        )

    # ── the connection ────────────────────────────────────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._reception.guests.enter(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._reception.guests.leave(self)
        self._over = True
        super().connection_lost(error)

    def eof_received(self) -> bool | None:
        """The client sends no more, but may still wait for answers. (aiosmtpd gives up on it here.)"""
        self._reader.feed_eof()
        return self._original_transport is None  # over TLS there is no half-closed connection

    def wind_down(self) -> None:
        self._over = True
        if self._waiting:
            self._bid_farewell("421 4.3.2 Stopping, try again later")

    def make_room(self) -> None:
        self._bid_farewell("421 4.7.0 Too many connections, try again later")

    def hang_up(self) -> None:
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    def _bid_farewell(self, reply: str) -> None:
        self._writer.write(reply.encode() + b"\r\n")
        self._close()

    def _close(self) -> None:
        """Closes once the client has read what was written, but doesn't wait for ever until it does."""
        self._over = True
        transport = self.transport
        if isinstance(transport, asyncio.WriteTransport):
            transport.close()
            if transport.get_write_buffer_size():
                self.loop.call_later(self._limits.linger, transport.abort)

    # ── time ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _reset_timeout(self, duration: float | None = None) -> None:
        self._allow_until(self.loop.time() + (duration or self._limits.idle))

    def _allow_until(self, deadline: float) -> None:
        """One timer a connection that is armed again only when it goes off, not at every command."""
        self._until = deadline
        if self._timeout_handle is not None:
            if self._timeout_handle.when() <= deadline:
                return
            self._timeout_handle.cancel()
        self._timeout_handle = self.loop.call_at(deadline, self._timeout_cb)

    def _timeout_cb(self) -> None:
        if self.loop.time() >= self._until:
            self._bid_farewell("421 4.4.2 Too slow, closing the connection")
        else:
            next_look = min(
                self._until, self.loop.time() + self._limits.idle
            )  # `_until` is infinite while we work
            self._timeout_handle = self.loop.call_at(next_look, self._timeout_cb)

    # ── commands ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _handle_client(self) -> None:
        try:
            await self.push(f"220 {self.hostname} {self.__ident__}")
            while not self._over and (line := await self._next_line()) is not None:
                await self._obey(line)
        except (ConnectionError, _Gone):
            pass  # the client is gone, or was told; what it did not complete it will send again
        except Exception:
            log.exception("an SMTP session ended by a mistake of ours; its client is asked to try again")
            self._bid_farewell("421 4.3.0 Trouble here, try again later")
        finally:
            self._close()

    async def _next_line(self) -> bytes | None:
        """A command without its line end; None at the end of the conversation. A bare LF ends one too: people type here.

        Of a line over the limit only so much is kept as shows that it is over.
        """
        deadline = self.loop.time() + self._limits.idle
        while (end := self._ahead.find(b"\n")) < 0:
            del self._ahead[self._limits.command + 1 :]
            self._waiting = True
            piece = await self._receive(deadline)
            self._waiting = False
            if not piece:
                return None
            self._ahead += piece
        line = bytes(self._ahead[:end])
        del self._ahead[: end + 1]
        return line.removesuffix(b"\r")

    async def _receive(self, deadline: float) -> bytes:
        """What the client sent, b"" when it won't send more. Only here does its time run: until `deadline`, the loop's time."""
        self._allow_until(deadline)
        piece = await self._reader.read(_CHUNK)
        self._until = float("inf")
        return piece

    async def _obey(self, line: bytes) -> None:
        self._reception.guests.spoke(self)
        name, _, rest = line.partition(b" ")
        command = name.upper().decode("ascii", "replace")
        method = self._smtp_methods.get(command)
        if command in _IDLE_COMMANDS:
            self._idle_commands += 1
        if len(line) > self._limits.command:
            await self.push("500 5.5.2 Line too long")
        elif method is None:
            await self.push("500 5.5.2 Unknown command")
        else:
            await self._obey_known(method, rest.strip().decode("utf-8", "surrogateescape") or None)
        if self._errors > self._limits.errors or self._idle_commands > self._limits.idle_commands:
            self._bid_farewell("421 4.7.0 Too many errors")

    async def _obey_known(self, method: object, argument: str | None) -> None:
        assert callable(method)
        try:
            await method(argument)
        except Refused as refusal:
            await self.push(str(refusal))

    async def push(self, status: str | bytes) -> None:
        reply = status if isinstance(status, bytes) else status.encode("utf-8", "replace")
        if reply[:1] == b"5":
            self._errors += 1
        self._writer.write(reply + b"\r\n")
        self._allow_until(self.loop.time() + self._limits.idle)  # who doesn't read its replies is idle too
        await self._writer.drain()

    def _set_rset_state(self) -> None:
        self._mail = None
        self._recipients = {}

    async def _need_helo(self) -> None:
        assert self.session is not None
        if not self.session.host_name:
            raise Refused("503 5.5.1 Say HELO first")

    async def smtp_EHLO(self, hostname: str | None) -> None:
        if not hostname:
            raise Refused("501 5.5.4 Syntax: EHLO hostname")
        assert self.session is not None
        self._set_rset_state()
        self.session.extended_smtp = True
        self.session.host_name = hostname
        await self.push("\r\n".join(_multiline([self.hostname, *self._extensions(), "HELP"])))

    def _extensions(self) -> Iterable[str]:
        yield f"SIZE {self._limits.size}"
        yield "8BITMIME"
        yield "SMTPUTF8"
        yield "PIPELINING"
        if self.tls_context and self._original_transport is None:
            yield "STARTTLS"

    async def smtp_MAIL(self, arg: str | None) -> None:
        await self._need_helo()
        if self._mail is not None:
            raise Refused("503 5.5.1 Nested MAIL command")
        mail = parse_mail(arg or "")
        if mail.size is not None and mail.size > self._limits.size:
            raise Refused("552 5.3.4 Message too big")
        self._mail = mail
        await self.push("250 2.1.0 OK")

    async def smtp_RCPT(self, arg: str | None) -> None:
        await self._need_helo()
        if self._mail is None:
            raise Refused("503 5.5.1 Need MAIL first")
        address = parse_rcpt(arg or "")
        if len(self._recipients) >= self._limits.recipients:
            raise Refused("452 4.5.3 Too many recipients")
        channel = self._reception.recipients(address)
        if channel is None:
            raise Refused("550 5.1.1 No such address here")
        self._recipients[address] = channel
        await self.push("250 2.1.5 OK")

    async def smtp_DATA(self, arg: str | None) -> None:
        await self._need_helo()
        if self._mail is None:
            raise Refused("503 5.5.1 Need MAIL first")
        if not self._recipients:
            raise Refused("503 5.5.1 Need RCPT first")
        if arg:
            raise Refused("501 5.5.4 Syntax: DATA")
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        content = Content(self._limits.size)
        try:
            await self._read_into(content)
            mail, recipients = self._mail, self._recipients
            self._set_rset_state()
            await self.push(await self._keep(content, mail, recipients))
        finally:
            content.close()

    async def _read_into(self, content: Content) -> None:
        """Up to the end of data, also when the content is too big: the session goes on afterwards."""
        decoder = DataDecoder()
        deadline = self.loop.time() + self._limits.data
        piece = bytes(self._ahead)
        self._ahead.clear()
        while True:
            content.add(decoder.feed(piece))
            if decoder.ended:
                self._ahead += decoder.rest
                return
            piece = await self._receive(min(self.loop.time() + self._limits.idle, deadline))
            if not piece:
                raise _Gone

    async def _keep(self, content: Content, mail: MailFrom, recipients: dict[str, str]) -> str:
        if content.too_big:
            raise Refused("552 5.3.4 Message too big")
        if content.disk_failure is not None:
            raise Refused("452 4.3.1 No room for the mail, try again later")
        if not content.heavy:
            return await self._keep_bytes(content.read(), mail, recipients)
        async with self._reception.heavy:
            return await self._keep_bytes(content.read(), mail, recipients)

    async def _keep_bytes(self, content: bytes, mail: MailFrom, recipients: dict[str, str]) -> str:
        if hops(content) > self._limits.hops:
            raise Refused("554 5.4.6 Too many hops, this mail is in a loop")
        assert self.session is not None
        helo = "".join(filter(str.isprintable, self.session.host_name or ""))
        envelope = Envelope(mail.address, tuple(recipients), self.peer, helo[:_LONGEST_HELO])
        reply = await self._reception.keep(next(iter(recipients.values())), content, envelope)
        if reply[:1] == "2":
            self._errors = self._idle_commands = 0
        return reply

    async def smtp_VRFY(self, arg: str | None) -> None:
        raise Refused("252 2.1.5 Send the mail and see" if arg else "501 5.5.4 Syntax: VRFY address")

    async def smtp_EXPN(self, arg: str | None) -> None:
        raise Refused("502 5.5.1 EXPN is not offered")

    async def smtp_AUTH(self, arg: str | None) -> None:
        raise Refused("502 5.5.1 AUTH is not offered")

    async def smtp_QUIT(self, arg: str | None) -> None:
        if arg:
            raise Refused("501 5.5.4 Syntax: QUIT")
        self._over = True
        await self.push("221 2.0.0 Bye")

    async def smtp_STARTTLS(self, arg: str | None) -> None:
        if arg:
            raise Refused("501 5.5.4 Syntax: STARTTLS")
        if self.tls_context is None or self._original_transport is not None:
            raise Refused("454 4.7.0 TLS is not available")
        assert self.transport is not None
        assert self.session is not None
        # Nothing sent in the clear may count as said under TLS (CVE-2024-34083): reading stops before the buffers are emptied.
        plain = self.transport
        assert isinstance(plain, asyncio.Transport)
        plain.pause_reading()
        self._ahead.clear()
        self._reader._buffer.clear()  # type: ignore[attr-defined]  # as aiosmtpd does; there is no public way
        self._writer.write(b"220 2.0.0 Ready to start TLS\r\n")
        self._original_transport = plain
        self._reset_timeout(self._limits.idle)
        try:
            await self._writer.start_tls(self.tls_context)
        except OSError:  # ssl.SSLError is one too
            plain.abort()
            raise _Gone from None
        self.transport = self._writer.transport
        self._reader._transport = self.transport  # type: ignore[attr-defined]  # start_tls forgets it in Python 3.11
        self.session.host_name = None  # RFC 3207 4.2: all that was said before is forgotten
        self._set_rset_state()


def _multiline(lines: list[str]) -> Iterable[str]:
    yield from (f"250-{line}" for line in lines[:-1])
    yield f"250 {lines[-1]}"
