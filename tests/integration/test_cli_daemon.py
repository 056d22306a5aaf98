"""Commands that write, while the daemon runs: it does the work, over its control socket."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog
from structlog.testing import CapturingLogger

from deskd.app import Daemon
from deskd.config import load_config
from deskd.events import Events
from tests.support.cli import Desk, Ran, make_desk


@pytest.fixture
def desk(tmp_path: Path, sqlite_url: str) -> Desk:
    return make_desk(tmp_path, sqlite_url)


@pytest.fixture
async def daemon(desk: Desk) -> AsyncIterator[Daemon]:
    events = Events(structlog.wrap_logger(CapturingLogger()))
    daemon = Daemon(load_config(desk.config, {}), events=events)
    await daemon.start()
    yield daemon
    await daemon.stop()


async def typed(desk: Desk, *arguments: str | Path) -> Ran:
    return await asyncio.to_thread(desk, *arguments)


async def test_the_daemon_ingests(daemon: Daemon, desk: Desk) -> None:
    mails = [desk.mail(f"n{number}", subject=f"Question {number}") for number in range(5)]
    ran = await typed(desk, "ingest", *mails, mails[0], desk.folder / "gone.eml", "--json")
    assert ran.status == 1
    assert [line["state"] for line in ran.lines].count("filed") == 5
    assert [line["state"] for line in ran.lines].count("duplicate") == 1
    assert [line["state"] for line in ran.lines].count("error") == 1
    assert len((await typed(desk, "tickets", "list", "--json")).lines) == 5


async def test_the_daemon_drops_and_tries_again(daemon: Daemon, desk: Desk) -> None:
    binary = desk.folder / "binary.eml"
    binary.write_bytes(b"\0" * 100)
    await typed(desk, "ingest", binary)
    again = await typed(desk, "inbox", "retry", "1", "--json")
    assert (again.status, again.object["state"]) == (1, "quarantined")
    dropped = await typed(desk, "inbox", "drop", "1", "--json")
    assert (dropped.status, dropped.object["state"]) == (0, "discarded")


async def test_a_backup_and_a_check_while_it_runs(daemon: Daemon, desk: Desk) -> None:
    await typed(desk, "ingest", desk.mail("a1"))
    assert (await typed(desk, "db", "check")).status == 0
    assert (await typed(desk, "db", "backup", desk.folder / "copy.db")).status == 0


async def test_the_schema_is_not_touched_while_it_runs(daemon: Daemon, desk: Desk) -> None:
    ran = await typed(desk, "db", "upgrade")
    assert ran.status == 2
    assert "has this database" in ran.err


async def test_when_it_has_stopped_commands_do_it_themselves(daemon: Daemon, desk: Desk) -> None:
    await daemon.stop()
    assert (await typed(desk, "ingest", desk.mail("a1"))).status == 0
