"""The real daemon as a subprocess, on a folder of its own, told ready as systemd is told, and what `/proc` says of it."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from connectors.standins.slack import SlackStandIn
from connectors.standins.smtp import SmtpStandIn

READY_WITHIN = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Outside:
    """What a desk speaks to: stand-ins in the bench's own loop."""

    slack: SlackStandIn
    mail: SmtpStandIn


@contextlib.asynccontextmanager
async def outside(posts_per_second: float | None = None) -> AsyncIterator[Outside]:
    """`posts_per_second`: the pace of Slack's channels; its real one is 1."""
    slack, mail = SlackStandIn(posts_per_second=posts_per_second), SmtpStandIn()
    slack.add_user("U0ANNA", "anna")
    slack.add_channel("C0FRONT", "front", members=["U0ANNA"])
    async with slack.running(), mail.running():
        yield Outside(slack, mail)


def configuration(
    folder: Path, database: str, rules: Path, out: Outside | None = None, port: int = 0, channels: str = ""
) -> Path:
    """Write a deskd.yaml of one mail channel, one Slack account, one team; `port`: where it takes mail; `channels`: further ones."""
    slack = (
        f"app_token: {out.slack.app_token}, bot_token: {out.slack.bot_token}, api: {out.slack.api}"
        if out
        else "app_token: xapp-1, bot_token: xoxb-1"
    )
    send = f"send: {{host: 127.0.0.1, port: {out.mail.port}, tls: none}}" if out else ""
    file = folder / "deskd.yaml"
    file.write_text(
        f"desk: {{name: Acme Support, prefix: ACME, languages: [it, en, es, pt], database: '{database}', rules: {rules}}}\n"
        "channels:\n"
        "  support-mail:\n    type: mail\n    address: support@acme.example\n    team: front\n"
        f"    smtp: {{listen: '127.0.0.1:{port}'}}\n    {send}\n"
        f"  slack: {{type: slack, {slack}, undo: 0s}}\n{channels}"
        "agents:\n  anna: {name: Anna Rossi, slack: U0ANNA, email: anna@acme.example}\n"
        "teams:\n  front: {level: 1, slack: C0FRONT, members: [anna]}\n"
    )
    return file


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "deskd", *arguments]


def environment() -> dict[str, str]:
    """Ours, but an installed deskd has its modules compiled: they must not be so anew at each start."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@dataclass(frozen=True, slots=True)
class Running:
    """A daemon that is ready. `start`: seconds from the process's start until it said so."""

    pid: int
    port: int
    start: float

    def cpu(self) -> float:
        """Seconds of CPU that it and the processes it started have used so far."""
        return sum(_cpu(pid) for pid in (self.pid, *_children(self.pid)))

    def memory(self) -> int:
        """Bytes in memory now, of it and of the processes it started; what several share counts once."""
        return sum(_in_memory(pid) for pid in (self.pid, *_children(self.pid)))


def _cpu(pid: int) -> float:
    """Its own, and that of its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(int(ticks) for ticks in fields[11:15]) / _TICKS


def _in_memory(pid: int) -> int:
    """Its proportional set size: a process that was just forked isn't as large as its parent."""
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) * 1024 for line in told.splitlines() if line.startswith("Pss:"))


def _children(pid: int) -> list[int]:
    try:
        return [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except (FileNotFoundError, ProcessLookupError):
        return []


@contextlib.asynccontextmanager
async def running(
    folder: Path, database: str, rules: Path, out: Outside, channels: str = ""
) -> AsyncIterator[Running]:
    """Raises `RuntimeError` with what the daemon logged when it doesn't get ready."""
    port = free_port()
    file = configuration(folder, database, rules, out, port, channels)
    address = str(folder / "notify")
    with contextlib.suppress(FileNotFoundError):
        os.unlink(address)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told, (folder / "log").open("w") as log:
        told.bind(address)
        told.setblocking(False)
        began = time.monotonic()
        process = subprocess.Popen(  # noqa: ASYNC220 - it only starts it
            command("run", "-c", str(file)),
            env={**environment(), "NOTIFY_SOCKET": address},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            await _ready(told, process, folder / "log")
            yield Running(process.pid, port, time.monotonic() - began)
        finally:
            process.send_signal(signal.SIGTERM)
            await asyncio.to_thread(_wait, process)


async def _ready(told: socket.socket, process: "subprocess.Popen[bytes]", log: Path) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + READY_WITHIN
    while loop.time() < until and process.poll() is None:
        with contextlib.suppress(TimeoutError):
            if b"READY=1" in await asyncio.wait_for(loop.sock_recv(told, 4096), 0.5):
                return
    raise RuntimeError(f"the daemon didn't get ready:\n{await asyncio.to_thread(log.read_text)}")


def _wait(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
