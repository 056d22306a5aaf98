"""The daemon as a process under systemd: readiness, watchdog, sockets it is handed, credentials, signals, the journal's lines.

systemd itself isn't there: the notify socket is the test's own, and `systemd-socket-activate` hands over the port.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from connectors.standins.smtp import SmtpStandIn, send_mail
from tests.support.daemon import free_port, mail, until
from tests.support.needs import REPOSITORY
from tests.support.notify import NotifySocket

DESKD_YAML = """
desk: {{name: Acme, database: "sqlite:///desk.db"}}
channels:
  support-mail:
    type: mail
    address: support@acme.example
    smtp: {{listen: "{listen}"}}
    send: {{host: 127.0.0.1, port: {send}, tls: none, username: support, password: "${{file:${{CREDENTIALS_DIRECTORY}}/smtp}}"}}
"""
RULE = "rules:\n  - name: thanks\n    then: [{reply: received}]\n"


@pytest.fixture
def notify(tmp_path: Path) -> Iterator[NotifySocket]:
    listening = NotifySocket(tmp_path)
    yield listening
    listening.close()


@pytest.fixture
def credentials(tmp_path: Path) -> Path:
    """What LoadCredential=smtp:… makes of a file."""
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "smtp").write_text("s3cret-of-the-test\n")
    return folder


@contextlib.asynccontextmanager
async def process(
    folder: Path,
    notify: NotifySocket,
    listen: str,
    send: int = 2525,
    before: tuple[str, ...] = (),
    **env: str,
) -> AsyncIterator[Process]:
    """`deskd run` with these variables, ended by SIGTERM; `before`: what starts it. Its stderr goes to `folder`/log."""
    (folder / "rules").mkdir(exist_ok=True)
    (folder / "rules" / "a.yaml").write_text(RULE)
    (folder / "deskd.yaml").write_text(DESKD_YAML.format(listen=listen, send=send))
    with (folder / "log").open("wb") as log:
        command = [*before, sys.executable, "-m", "deskd", "run", "-c", str(folder / "deskd.yaml")]
        given = {
            **os.environ,
            "NOTIFY_SOCKET": str(notify.path),
            "CREDENTIALS_DIRECTORY": str(folder / "credentials"),
            "PYTHONPATH": str(REPOSITORY),
            **env,
        }
        if "JOURNAL_STREAM" in env:
            status = os.fstat(log.fileno())
            given["JOURNAL_STREAM"] = f"{status.st_dev}:{status.st_ino}"
        started = await asyncio.create_subprocess_exec(*command, env=given, stderr=log, stdout=PIPE)
        try:
            yield started
        finally:
            if started.returncode is None:
                started.terminate()
            await asyncio.wait_for(started.wait(), 20)


async def ready(notify: NotifySocket) -> None:
    await until(lambda: "READY=1" in notify.heard, 60)


async def send(port: int, number: int = 1) -> None:
    await send_mail("127.0.0.1", port, mail(number=number), "maria@cliente.example", ["support@acme.example"])


@pytest.mark.usefixtures("credentials")
async def test_systemd_hears_of_readiness_life_and_the_end(tmp_path: Path, notify: NotifySocket) -> None:
    port = free_port()
    async with process(tmp_path, notify, f"127.0.0.1:{port}", WATCHDOG_USEC="400000") as daemon:
        await ready(notify)
        await send(port)  # ready is told when mail is taken
        await until(lambda: notify.heard.count("WATCHDOG=1") >= 3)
        daemon.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(daemon.wait(), 20) == 0
    assert notify.heard[0] == "READY=1"
    assert notify.heard[-1] == "STOPPING=1"


@pytest.mark.needs("systemd")
@pytest.mark.usefixtures("credentials")
@pytest.mark.parametrize("same_address", [True, False], ids=["by address", "by name"])
async def test_mail_comes_in_by_a_socket_that_systemd_opened(
    tmp_path: Path, notify: NotifySocket, same_address: bool
) -> None:
    port = free_port()
    configured = port if same_address else free_port()
    name = "other" if same_address else "smtp"
    activate = ("systemd-socket-activate", f"--listen=127.0.0.1:{port}", f"--fdname={name}", "-E", "NOTIFY_SOCKET",
                "-E", "CREDENTIALS_DIRECTORY", "-E", "PYTHONPATH")  # fmt: skip
    async with (
        SmtpStandIn(logins={"support": "s3cret-of-the-test"}).running() as server,
        process(tmp_path, notify, f"127.0.0.1:{configured}", server.port, activate),
    ):
        # It starts the daemon at the first connection, which waits in the socket's queue meanwhile.
        sending = asyncio.create_task(_patiently(port))
        await ready(notify)
        await sending
        (answer,) = await until(lambda: server.mails)
        assert answer.login == "support"  # with the credential's password, its line end left out
        assert answer.rcpt_to == ("maria@cliente.example",)
    assert "s3cret" not in (tmp_path / "log").read_text()


async def _patiently(port: int) -> None:
    """Until systemd-socket-activate listens."""

    async def listened() -> bool:
        try:
            await send(port)
        except OSError:
            return False
        return True

    await until(listened, 60)


@pytest.mark.usefixtures("credentials")
async def test_the_journal_gets_json_behind_its_level(tmp_path: Path, notify: NotifySocket) -> None:
    port = free_port()
    async with process(tmp_path, notify, f"127.0.0.1:{port}", JOURNAL_STREAM="as the log is") as daemon:
        await ready(notify)
        (tmp_path / "rules" / "a.yaml").write_text("rules: [{nme: x}]\n")
        daemon.send_signal(signal.SIGHUP)
        await until(lambda: any(one.startswith("STATUS=the rule files have") for one in notify.heard))
        (tmp_path / "rules" / "a.yaml").write_text(RULE)
        daemon.send_signal(signal.SIGHUP)
        await until(lambda: "STATUS=" in notify.heard)
    lines = (tmp_path / "log").read_text().splitlines()
    told = {}
    for line in lines:
        match = re.fullmatch(r"<([3-7])>(\{.*\})", line)
        assert match, line
        told[json.loads(match[2])["event"]] = int(match[1])
    assert told["started"] == 6
    assert told["rules_refused"] == 3


@pytest.mark.usefixtures("credentials")
async def test_a_wrong_configuration_ends_with_2_and_never_says_ready(
    tmp_path: Path, notify: NotifySocket
) -> None:
    async with process(tmp_path, notify, "nowhere") as daemon:
        assert await asyncio.wait_for(daemon.wait(), 60) == 2
    assert notify.heard == []
    assert "deskd.yaml:7:" in (tmp_path / "log").read_text()
