"""An SMTP client that says exactly what it is told, byte for byte: the real ones are too polite to test a server with."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from connectors.smtp import SmtpLimits, SmtpListener, recipients_of
from connectors.smtp.listener import Policy
from deskd.config.endpoints import Listen
from deskd.model import RawMessage

OURS = "support@acme.example"
RECIPIENTS = recipients_of({"support-mail": [OURS, "user@testserver"], "billing": ["billing@acme.example"]})
TLS = Path(__file__).parent / "tls"  # a certificate for localhost that signs itself, good for a hundred years
PATIENCE = 20.0  # seconds that a reply may take before the test fails


class FixedClock:
    def now(self) -> datetime:
        return datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

    def monotonic(self) -> float:
        return 0.0


@dataclass
class Kept:
    """An inbox in memory that can be told to fail."""

    messages: list[RawMessage] = field(default_factory=list)
    failure: Exception | None = None
    gate: asyncio.Event | None = None  # keeping waits for it
    entered: asyncio.Event = field(default_factory=asyncio.Event)

    async def accept(self, message: RawMessage) -> None:
        self.entered.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        self.messages.append(message)

    @property
    def payloads(self) -> list[bytes]:
        return [message.payload for message in self.messages]


@dataclass
class Dialogue:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def reply(self) -> str:
        """One reply, all its lines; "" when the connection is closed."""
        lines = []
        while line := await asyncio.wait_for(self.reader.readline(), PATIENCE):
            lines.append(line.decode())
            if line[3:4] != b"-":
                break
        return "".join(lines)

    async def code(self) -> int:
        return int((await self.reply())[:3] or 0)

    async def say(self, line: str | bytes) -> str:
        self.send(line if isinstance(line, bytes) else line.encode("utf-8", "surrogateescape") + b"\r\n")
        return await self.reply()

    async def codes(self, *lines: str | bytes) -> list[int]:
        return [int((await self.say(line))[:3] or 0) for line in lines]

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def start_mail(self, recipient: str = OURS, sender: str = "maria@cliente.example") -> None:
        """Up to and with the 354."""
        assert await self.codes(f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>", "DATA") == [250, 250, 354]

    async def rest(self) -> bytes:
        return await asyncio.wait_for(self.reader.read(), PATIENCE)

    async def close(self) -> None:
        self.writer.close()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()


@dataclass
class Desk:
    """A listener on a free port, what it kept, and connections to it."""

    listener: SmtpListener
    kept: Kept
    open: list[Dialogue] = field(default_factory=list)

    async def connect(self) -> Dialogue:
        """A connection, its greeting still unread."""
        dialogue = Dialogue(*await asyncio.open_connection("127.0.0.1", self.listener.port))
        self.open.append(dialogue)
        return dialogue

    async def greeted(self) -> Dialogue:
        dialogue = await self.connect()
        assert await dialogue.code() == 220
        assert await dialogue.codes("EHLO client.example") == [250]
        return dialogue


def server_tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "localhost.pem", TLS / "localhost.key")
    return context


def client_tls() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(TLS / "localhost.pem"))


def listening(
    limits: SmtpLimits | None = None,
    tls: ssl.SSLContext | None = None,
    listen: Listen | None = None,
    policy: Policy | None = None,
) -> SmtpListener:
    return SmtpListener(
        listen or Listen("127.0.0.1"),
        RECIPIENTS,
        FixedClock(),
        hostname="desk.acme.example",
        limits=limits,
        tls=tls,
        policy=policy,
    )


@contextlib.asynccontextmanager
async def desk(
    limits: SmtpLimits | None = None, tls: ssl.SSLContext | None = None, policy: Policy | None = None
) -> AsyncIterator[Desk]:
    kept = Kept()
    listener = listening(limits, tls, policy=policy)
    await listener.start(kept.accept)
    running = Desk(listener, kept)
    try:
        yield running
    finally:
        for dialogue in running.open:
            await dialogue.close()
        await listener.stop_receiving()
        await listener.stop()


async def until(condition: Callable[[], bool]) -> None:
    """Waits for what other tasks bring about."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - any condition, not one that could tell
            await asyncio.sleep(0.005)
