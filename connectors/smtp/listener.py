"""A listening address for SMTP or LMTP, in the daemon's own loop. Several mail channels may share one: the recipient decides."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from connectors.smtp.guests import Guests
from connectors.smtp.limits import SmtpLimits
from connectors.smtp.lmtp import LmtpSession
from connectors.smtp.reception import Reception
from connectors.smtp.recipients import Recipients
from connectors.smtp.session import SmtpSession
from deskd.config.endpoints import Listen
from deskd.errors import ConfigError, Problem
from deskd.ports import Accept, Clock, ConnectorHealth

_BACKLOG = 1024
_SESSIONS = {"smtp": SmtpSession, "lmtp": LmtpSession}


@dataclass(frozen=True, slots=True)
class Policy:
    """`channel_limits`: the largest mail of a channel, in bytes, where it differs. `refuse_bare`: a mail with bare CRs or LFs is refused."""

    protocol: Literal["smtp", "lmtp"] = "smtp"
    channel_limits: Mapping[str, int] = field(default_factory=dict)
    refuse_bare: bool = False


class SmtpListener:
    """A `deskd.ports.Receiver`: takes mail for all channels that `recipients` knows.

    `hostname` is what the desk calls itself; `tls`, if given, is offered as STARTTLS; `policy` is what differs by channel and by protocol.
    """

    def __init__(
        self,
        listen: Listen,
        recipients: Recipients,
        clock: Clock,
        *,
        hostname: str = "",
        limits: SmtpLimits | None = None,
        tls: ssl.SSLContext | None = None,
        policy: Policy | None = None,
    ) -> None:
        self.listen = listen
        self._recipients = recipients
        self._clock = clock
        self._hostname = hostname or socket.gethostname() or "localhost"
        self._limits = limits or SmtpLimits()
        self._tls = tls
        self._policy = policy or Policy()
        self._servers: list[asyncio.Server] = []
        self._reception: Reception | None = None

    @property
    def name(self) -> str:
        return f"{self._policy.protocol}:{self.listen}"

    @property
    def port(self) -> int:
        """Where it really listens: what the system chose for port 0. 0 for a Unix socket or before the start."""
        names = [sock.getsockname() for server in self._servers for sock in server.sockets]
        return next((int(name[1]) for name in names if isinstance(name, tuple)), 0)

    async def start(self, accept: Accept, sockets: Sequence[socket.socket] = ()) -> None:
        """Begins to receive: on `sockets`, already bound (systemd's), or else on its own. Raises `ConfigError` when it can't listen there."""
        loop = asyncio.get_running_loop()
        guests = Guests(self._limits, loop.time)
        reception = Reception(
            accept,
            self._recipients,
            self._hostname,
            self._clock,
            self._limits,
            guests,
            self._tls,
            source=self._policy.protocol,
            channel_limits=self._policy.channel_limits,
            refuse_bare=self._policy.refuse_bare,
        )
        self._reception = reception

        def doorman() -> _Doorman:
            return _Doorman(reception, loop)

        try:
            if sockets:
                for sock in sockets:
                    self._servers.append(await loop.create_server(doorman, sock=sock, backlog=_BACKLOG))
            elif self.listen.path is not None:
                await self._make_way(self.listen.path)
                self._servers = [await loop.create_unix_server(doorman, self.listen.path, backlog=_BACKLOG)]
                # As with a port on this machine, who may connect is decided by who may get there: the folder's mode.
                self.listen.path.chmod(0o666)
            else:
                self._servers = [
                    await loop.create_server(doorman, self.listen.host, self.listen.port, backlog=_BACKLOG)
                ]
        except OSError as failure:
            raise ConfigError(self._unusable(failure)) from failure

    async def _make_way(self, path: Path) -> None:
        """Raises OSError when another program listens there. (asyncio removes a socket nobody listens on, and one in use as well.)"""
        with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
            _, writer = await asyncio.open_unix_connection(path)
            writer.close()
            raise OSError(errno.EADDRINUSE, "Address already in use")

    def _unusable(self, failure: OSError) -> Problem:
        what = f"cannot listen for mail on {self.listen}: {failure.strerror or failure}"
        remedy = (
            "another program listens there: stop it, or choose another"
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
        for guest in self._reception.guests:
            guest.wind_down()
        await self._reception.settle(self._limits.stop)

    async def stop(self) -> None:
        if self._reception is None:
            return
        for guest in self._reception.guests:
            guest.hang_up()
        await self._reception.settle(self._limits.stop)

    @property
    def connections(self) -> int:
        """How many sessions there are just now."""
        return len(self._reception.guests) if self._reception is not None else 0

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
        if not self._reception.guests.has_room(peer):
            transport.write(b"421 4.7.0 Too many connections, try again later\r\n")
            transport.close()
            return
        session = _SESSIONS[self._reception.source](self._reception, peer, self._loop)
        transport.set_protocol(session)
        session.connection_made(transport)
