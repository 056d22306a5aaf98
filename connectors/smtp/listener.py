"""A listening address for SMTP, in the daemon's own loop. Several mail channels may share one: the recipient decides."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Sequence

from connectors.smtp.limits import SmtpLimits
from connectors.smtp.reception import Reception
from connectors.smtp.recipients import Recipients
from connectors.smtp.session import SmtpSession
from deskd.errors import ConfigError, Problem
from deskd.ports import Accept, Clock, ConnectorHealth

_BACKLOG = 1024


class SmtpListener:
    """Receives, as `deskd.ports.Connector` describes: `start`, `stop_receiving`, `stop`, `health`.

    `host` and `port` say where (port 0: any free one, then `port` tells which). `hostname` is what the desk calls itself.
    """

    def __init__(
        self,
        host: str,
        port: int,
        recipients: Recipients,
        clock: Clock,
        *,
        hostname: str = "",
        limits: SmtpLimits | None = None,
        tls: ssl.SSLContext | None = None,
        name: str = "",
    ) -> None:
        self.host = host
        self.port = port
        self.name = name or f"smtp {host}:{port}"
        self._recipients = recipients
        self._clock = clock
        self._hostname = hostname or socket.gethostname() or "localhost"
        self._limits = limits or SmtpLimits()
        self._tls = tls
        self._servers: list[asyncio.Server] = []
        self._reception: Reception | None = None

    async def start(self, accept: Accept, sockets: Sequence[socket.socket] = ()) -> None:
        """Begins to receive: on `sockets`, already bound (systemd's), or else on its own. Raises `ConfigError` when the port is taken."""
        loop = asyncio.get_running_loop()
        reception = Reception(accept, self._recipients, self._hostname, self._clock, self._limits, self._tls)
        self._reception = reception
        try:
            if sockets:
                self._servers = [
                    await loop.create_server(lambda: _Doorman(reception, loop), sock=sock, backlog=_BACKLOG)
                    for sock in sockets
                ]
            else:
                self._servers = [
                    await loop.create_server(
                        lambda: _Doorman(reception, loop), self.host, self.port, backlog=_BACKLOG
                    )
                ]
        except OSError as failure:
            raise ConfigError(self._unusable(failure)) from failure
        self.port = self._servers[0].sockets[0].getsockname()[1]

    def _unusable(self, failure: OSError) -> Problem:
        what = f"cannot listen for mail on {self.host}:{self.port}: {failure.strerror or failure}"
        remedy = (
            "another program holds this port: stop it, or choose another"
            if failure.errno == errno.EADDRINUSE
            else ""
        )
        return Problem("deskd.yaml", None, None, what, remedy)

    async def stop_receiving(self) -> None:
        """No new connections or mails. A transfer under way gets a few seconds; the sender of one that is cut sends it again."""
        for server in self._servers:
            server.close()
        self._servers = []
        if self._reception is None:
            return
        for guest in tuple(self._reception.guests):
            guest.wind_down()
        await self._reception.settle(self._limits.stop)

    async def stop(self) -> None:
        if self._reception is None:
            return
        for guest in tuple(self._reception.guests):
            guest.hang_up()
        await self._reception.settle(self._limits.stop)

    @property
    def connections(self) -> int:
        """How many sessions there are just now."""
        return len(self._reception.guests) if self._reception else 0

    def health(self) -> ConnectorHealth:
        if self._reception is None or not self._servers:
            return ConnectorHealth("stopped")
        trouble = self._reception.trouble
        return ConnectorHealth("degraded" if trouble else "ok", self._reception.last_ok, trouble)


class _Doorman(asyncio.Protocol):
    """Meets a connection first: turning one away must cost next to nothing, however many there are."""

    def __init__(self, reception: Reception, loop: asyncio.AbstractEventLoop) -> None:
        self._reception = reception
        self._loop = loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        address = transport.get_extra_info("peername")
        peer = str(address[0]) if address else ""
        if not self._reception.admit(peer):
            transport.write(b"421 4.7.0 Too many connections, try again later\r\n")
            transport.close()
            return
        session = SmtpSession(self._reception, peer, self._loop)
        transport.set_protocol(session)
        session.connection_made(transport)
