"""The installed daemon as a process of its own, between stand-ins that live in the test: started, killed, started again, and asked through its command line.

async with outside() as out:
    desk = Installed(tmp_path, database_url, out)
    async with desk.kept_running(DESKD_CRASH="after_accept"):  # as systemd does: started again whenever it dies
        await Sender(desk.port).send(mail(1))
        await desk.until_at_rest()
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.standins.slack import SlackStandIn
from connectors.standins.smtp import SmtpStandIn
from tests.support.cli import Ran, run
from tests.support.daemon import free_port, until
from tests.support.forking import Forked

DESKD = Path(sys.executable).with_name("deskd")
PATIENCE = 60.0  # seconds for anything that must come true
FRONT = "C0FRONT"

CONFIG = """
desk:
  name: Acme Support
  prefix: ACME
  database: {database}
  rules: {rules}
  http: {{listen: "127.0.0.1:{http}"}}
channels:
  support-mail:
    type: mail
    address: support@acme.example
    team: front-desk
    smtp: {{listen: "127.0.0.1:{port}"}}
    send: {{host: 127.0.0.1, port: {mail_port}, tls: none}}
  slack: {{type: slack, api: "{slack_api}", app_token: "{app_token}", bot_token: "{bot_token}", undo: {undo}}}
agents:
  anna: {{name: Anna Rossi, slack: U0ANNA, email: anna@acme.example}}
teams:
  front-desk: {{level: 1, slack: C0FRONT, members: [anna]}}
"""


@dataclass(frozen=True, slots=True)
class Outside:
    slack: SlackStandIn
    mail: SmtpStandIn


@contextlib.asynccontextmanager
async def outside() -> AsyncIterator[Outside]:
    """A Slack workspace with Anna in #front, and a mail server that takes what the desk sends."""
    slack, server = SlackStandIn(), SmtpStandIn()
    slack.add_user("U0ANNA", "anna", "Anna Rossi", "anna@acme.example")
    slack.add_channel(FRONT, "front", ["U0ANNA"])
    async with slack.running(), server.running():
        yield Outside(slack, server)


class Installed:
    """One `deskd run` in a folder of its own. `name`: of a second one beside it, on the same database.

    It is the installed program with its modules loaded beforehand (`Forked`); `by_itself`: the program as an administrator starts it.
    """

    def __init__(
        self,
        folder: Path,
        database: str,
        out: Outside,
        *,
        rules: str = "rules: []",
        undo: str = "0s",
        name: str = "deskd",
        by_itself: bool = False,
    ) -> None:
        self.out = out
        self.port, self.http = free_port(), free_port()
        self.database = database
        self.ended: list[int] = []
        """How each process that is gone ended, as `subprocess` counts it (-9: SIGKILL)."""
        self._folder = folder
        self._log = folder / f"{name}.log"
        self._by_itself = by_itself
        self._process: asyncio.subprocess.Process | Forked | None = None
        (folder / "rules").mkdir(exist_ok=True)
        (folder / "rules" / "rules.yaml").write_text(rules)
        self.config = folder / f"{name}.yaml"
        self.config.write_text(
            CONFIG.format(
                database=json.dumps(database),
                rules=folder / "rules",
                http=self.http,
                port=self.port,
                mail_port=out.mail.port,
                slack_api=out.slack.api,
                app_token=out.slack.app_token,
                bot_token=out.slack.bot_token,
                undo=undo,
            )
        )

    # ── its life ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def spawn(self, *before: str | Path, **environment: str) -> None:
        """Start it, behind the words `before` (`strace …`, `prlimit …`), and don't wait for anything."""
        given = {**os.environ, **environment}
        if not before and not self._by_itself:
            self._process = Forked(("run", "-c", self.config), self._log, given)
            return
        with self._log.open("a") as log:
            self._process = await asyncio.create_subprocess_exec(
                *before,
                DESKD,
                "run",
                "-c",
                self.config,
                env=given,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def start(self, *before: str | Path, **environment: str) -> None:
        """`spawn`, and wait until it takes mail. Raises `AssertionError` with its log when it ends instead."""
        await self.spawn(*before, **environment)
        await until(self.greets, PATIENCE)

    async def greets(self) -> bool:
        """Whether it takes mail."""
        assert self._process is None or self._process.returncode is None, f"deskd ended:\n{self.log()}"
        with contextlib.suppress(OSError):
            async with connection(self.port) as (reader, _):
                return (await reader.readline()).startswith(b"220")
        return False

    async def gone(self) -> int:
        """Wait until it has ended by itself; its exit status."""
        assert self._process is not None
        status = await self._process.wait()
        self.ended.append(status)
        self._process = None
        return status

    async def kill(self, number: int = signal.SIGKILL) -> None:
        """End it and whatever it started."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._signal(number)
            await self.gone()

    def _signal(self, number: int) -> None:
        """To it and whatever it started."""
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:  # begun a moment ago, and not yet a group of its own
            os.kill(self.pid, number)

    async def stop(self) -> None:
        """SIGTERM to it and whatever it started, as systemd stops it. It must end within its ten seconds, and well."""
        self._signal(signal.SIGTERM)
        assert await asyncio.wait_for(self.gone(), 20) == 0, self.log()

    async def strike(self) -> None:
        """SIGKILL, where `kept_running` starts it again."""
        before = len(self.ended)
        self._signal(signal.SIGKILL)
        await until(lambda: len(self.ended) > before)

    @contextlib.asynccontextmanager
    async def running(self, *before: str | Path, **environment: str) -> AsyncIterator[Installed]:
        await self.start(*before, **environment)
        try:
            yield self
        finally:
            await self.kill()

    @contextlib.asynccontextmanager
    async def kept_running(self, *, lives: int = 1, **environment: str) -> AsyncIterator[Installed]:
        """As with `Restart=always`: started again whenever it is killed; the `environment` is that of its first `lives` lives."""

        async def keep() -> None:
            while True:
                await self.spawn(**(environment if len(self.ended) < lives else {}))
                status = await self.gone()
                assert status == -signal.SIGKILL, f"deskd ended by itself, with {status}:\n{self.log()}"

        try:
            async with asyncio.TaskGroup() as group:
                keeping = group.create_task(keep())
                yield self
                keeping.cancel()
        finally:
            await self.kill()

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    # ── what it says ─────────────────────────────────────────────────────────────────────────────────────────────────

    def command(self, *arguments: str | Path) -> Ran:
        """Run `deskd ARGUMENTS -c deskd.yaml`. In this process: a new one would spend seconds on imports, many times a test."""
        return run(*arguments, "-c", self.config)

    async def spawn_command(self, *arguments: str | Path) -> asyncio.subprocess.Process:
        """Start `deskd ARGUMENTS` as a process of its own."""
        return await asyncio.create_subprocess_exec(
            DESKD,
            *arguments,
            "-c",
            self.config,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )

    def lines(self, *arguments: str) -> list[dict[str, Any]]:
        """The objects that a command prints with `--json`."""
        ran = self.command(*arguments, "--json")
        assert ran.status == 0, ran.err
        return ran.lines

    def tickets(self) -> list[dict[str, Any]]:
        """Every ticket, whole."""
        return self.lines("tickets", "export")

    async def health(self) -> dict[str, Any]:
        """`/health`, empty while nobody answers there."""
        with contextlib.suppress(OSError, ValueError, TimeoutError):
            async with connection(self.http) as (reader, writer):
                writer.write(b"GET /health HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n")
                answer = await asyncio.wait_for(reader.read(), 10)
            found: dict[str, Any] = json.loads(answer.partition(b"\r\n\r\n")[2])
            return found
        return {}

    async def until_at_rest(self, seconds: float = PATIENCE) -> None:
        """Wait until all that came in has come to its end, and all that is to go out has gone or failed for good."""

        async def at_rest() -> bool:
            found = await self.health()
            return bool(found) and found["inbox"]["waiting"] == 0 and found["outbox"]["waiting"] == 0

        await until(at_rest, seconds)

    def assert_sound(self) -> None:
        """`deskd db check` finds nothing."""
        ran = self.command("db", "check")
        assert ran.status == 0, ran.out + ran.err


Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@contextlib.asynccontextmanager
async def connection(port: int) -> AsyncIterator[Line]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        await _hang_up(writer)


async def _hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


# ── those who write ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Mail:
    """`rfc_id`: its Message-ID, without brackets."""

    rfc_id: str
    sender: str
    data: bytes


def mail(number: int, text: str = "", **header: str) -> Mail:
    """A customer's mail with a Message-ID, a sender and a text of its own."""
    rfc_id, sender = f"{number}@cliente.example", f"c{number}@cliente.example"
    lines = {
        "From": f"Cliente {number} <{sender}>",
        "To": "support@acme.example",
        "Subject": f"Request {number}",
        "Message-ID": f"<{rfc_id}>",
        "Date": "Sun, 22 Nov 2026 05:00:00 +0000",
        **{name.replace("_", "-"): value for name, value in header.items()},
    }
    top = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return Mail(rfc_id, sender, f"{top}\r\n{text or f'Question number {number}.'}\r\n".encode())


@dataclass
class Sender:
    """A sending mail server: it keeps a mail until it is answered 250, over a connection that it opens anew when that breaks."""

    port: int
    answers: Counter[str] = field(default_factory=Counter)
    """The replies to the final dot, by code and enhanced code."""
    _line: Line | None = None

    async def send(self, one: Mail) -> None:
        """Returns when it was answered 250."""
        while True:
            try:
                if (await self.attempt(one)).startswith("250"):
                    return
            except (OSError, EOFError):
                await self.close()
            await asyncio.sleep(0.05)

    async def attempt(self, one: Mail) -> str:
        """Hand the mail over once; the reply. Raises `OSError` or `EOFError` where the connection breaks first."""
        reader, writer = self._line or await self._connect()
        for command in (f"MAIL FROM:<{one.sender}>", "RCPT TO:<support@acme.example>", "DATA"):
            answer = await _say(reader, writer, f"{command}\r\n".encode())
            if answer[0] not in "23":
                self.answers[answer[:9]] += 1
                await _say(reader, writer, b"RSET\r\n")
                return answer
        answer = await _say(reader, writer, one.data.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        self.answers[answer[:9]] += 1
        return answer

    async def _connect(self) -> Line:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._line = reader, writer
        await _reply(reader)
        await _say(reader, writer, b"EHLO mx.customer.example\r\n")
        return self._line

    async def close(self) -> None:
        if self._line is not None:
            line, self._line = self._line, None
            await _hang_up(line[1])


async def _say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, words: bytes) -> str:
    writer.write(words)
    await writer.drain()
    return await _reply(reader)


async def _reply(reader: asyncio.StreamReader) -> str:
    while True:
        line = await reader.readuntil(b"\n")
        if line[3:4] != b"-":
            if line.startswith(b"421"):
                raise EOFError(line.decode())
            return line.decode()


async def send(port: int, one: Mail) -> Counter[str]:
    """Send one mail, until it is answered 250; the answers there were."""
    return await send_all(port, [one], 1)


async def send_all(
    port: int, mails: Iterable[Mail], connections: int = 16, pause: float = 0.0
) -> Counter[str]:
    """Send them over so many connections at once, each until it is answered 250; the answers there were. `pause`: seconds between two on a connection."""
    waiting = iter(mails)
    senders = [Sender(port) for _ in range(connections)]

    async def work(sender: Sender) -> None:
        try:
            for one in waiting:
                await sender.send(one)
                await asyncio.sleep(pause)
        finally:
            await sender.close()

    await asyncio.gather(*[work(sender) for sender in senders])
    return sum((sender.answers for sender in senders), Counter())


# ── what must hold ───────────────────────────────────────────────────────────────────────────────────────────────────


def homes(tickets: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Message-ID -> the tickets in which a customer's message with it is."""
    found: dict[str, list[str]] = {}
    for ticket in tickets:
        for message in ticket["messages"]:
            if message["direction"] == "in":
                found.setdefault(message["message_id"], []).append(ticket["ref"])
    return found


def assert_each_in_one_ticket(tickets: Sequence[Mapping[str, Any]], mails: Sequence[Mail]) -> None:
    found = homes(tickets)
    ids = [one.rfc_id for one in mails]
    assert [rfc_id for rfc_id in ids if rfc_id not in found] == [], "answered 250 and in no ticket"
    assert {rfc_id: refs for rfc_id, refs in found.items() if len(refs) > 1} == {}, "in more than one place"


def assert_shown_once(slack: SlackStandIn, tickets: Sequence[Mapping[str, Any]]) -> None:
    """Each ticket has one card, and each message of a customer's stands in its thread once."""
    told = slack.channel_messages(FRONT)
    cards = Counter(
        _reference(message) for message in told if message.get("thread_ts") in (None, message["ts"])
    )
    assert cards == Counter(ticket["ref"] for ticket in tickets)
    posts = Counter(
        str(message["text"]).strip()
        for message in told
        if message.get("thread_ts") not in (None, message["ts"])
    )
    for ticket in tickets:
        for message in ticket["messages"]:
            if message["direction"] == "in":
                start = message["text"].strip().partition("\n")[0]
                shown = sum(count for text, count in posts.items() if start in text)
                assert shown == 1, f"{start!r} of {ticket['ref']} is shown {shown} times"


def _reference(card: Mapping[str, Any]) -> str:
    return next(word for word in str(card["text"]).replace("*", " ").split() if word.startswith("ACME-"))
