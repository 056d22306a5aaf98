"""An SMTP client's connection: its life, its time, its bytes. aiosmtpd's protocol, with what it does badly for a desk done here.

Whoever closes its sending side still gets its answers; timers know what they wait for; what a client sent ahead of its turn stays in
order, and is dropped at STARTTLS, which goes over asyncio's own call. What is said is `session`'s.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Iterable
from typing import ClassVar

from aiosmtpd.smtp import SMTP

from connectors.smtp.reception import Reception

# aiosmtpd's: one line a command, with customers' addresses
logging.getLogger("mail.log").setLevel(logging.WARNING)

_CHUNK = 64 * 1024  # bytes read at once


class Gone(Exception):
    """The client left in the middle; the session is over."""


class _NoHooks:
    """aiosmtpd's event handler. There are no hooks: the session overrides the commands themselves."""

    def __dir__(self) -> Iterable[str]:
        return ()


class SmtpConnection(SMTP):
    """What `session` stands on: bytes in by `_receive`, replies out by `push`, the end by `_bid_farewell`."""

    line_length_limit = _CHUNK  # here only the reader's buffer: when the client is told to wait

    _commands: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls._commands = tuple(name for name in dir(cls) if name.startswith("smtp_"))

    def __init__(self, reception: Reception, peer: str, loop: asyncio.AbstractEventLoop) -> None:
        self._ahead = bytearray()
        self._over = False
        self._waiting = False
        self._errors = 0
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

    def __dir__(self) -> Iterable[str]:
        """aiosmtpd looks through all names for commands at each new connection: 0.2 ms, unless there are only the commands."""
        return self._commands

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
            # `_until` is infinite while we work: look again later
            next_look = min(self._until, self.loop.time() + self._limits.idle)
            self._timeout_handle = self.loop.call_at(next_look, self._timeout_cb)

    async def _receive(self, deadline: float) -> bytes:
        """What the client sent, b"" when it won't send more. Only here does its time run: until `deadline`, the loop's time."""
        self._allow_until(deadline)
        piece = await self._reader.read(_CHUNK)
        self._until = float("inf")
        return piece

    async def push(self, status: str | bytes) -> None:
        reply = status if isinstance(status, bytes) else status.encode("utf-8", "replace")
        if reply[:1] == b"5":
            self._errors += 1
        self._writer.write(reply + b"\r\n")
        self._allow_until(self.loop.time() + self._limits.idle)  # who doesn't read its replies is idle too
        await self._writer.drain()

    async def _secure(self, context: ssl.SSLContext) -> None:
        """Goes over to TLS. Raises `Gone` when that fails."""
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
            await self._writer.start_tls(context)
        except OSError:  # ssl.SSLError is one too
            plain.abort()
            raise Gone from None
        self.transport = self._writer.transport
        self._reader._transport = self.transport  # type: ignore[attr-defined]  # start_tls forgets it in Python 3.11
