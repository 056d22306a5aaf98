"""A daemon as a process: what systemd hears of one that lives, one that hangs and one that loses a part."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from deskd.errors import Problem, StoreAway
from deskd.events import Events
from deskd.serving import serve
from tests.support.notify import NotifySocket

SOON = "20000"  # microseconds


class Daemon:
    """Does what a test says: `pulse` is called once a beat."""

    def __init__(self) -> None:
        self.events = Events()
        self.failed = asyncio.Event()
        self.started = False
        self.stopped = False
        self.reloads = 0
        self.beats = 0
        self.hangs = False
        self.away = False

    async def start(self) -> None:
        self.started = True

    async def stop(self) -> None:
        self.stopped = True

    async def reload(self) -> Sequence[Problem]:
        self.reloads += 1
        return (Problem("a.yaml", 1, 1, "?"),) if self.reloads == 1 else ()

    async def pulse(self) -> None:
        self.beats += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.away:
            raise StoreAway("the database is out of reach")


@pytest.fixture
def notify(tmp_path: Path) -> Iterator[NotifySocket]:
    listening = NotifySocket(tmp_path)
    yield listening
    listening.close()


async def until_beaten(daemon: Daemon, beats: int) -> None:
    async with asyncio.timeout(20):
        while daemon.beats < beats:  # noqa: ASYNC110 - a fake with no event to wait for
            await asyncio.sleep(0.005)


def env(notify: NotifySocket) -> dict[str, str]:
    return {"NOTIFY_SOCKET": str(notify.path), "WATCHDOG_USEC": SOON}


async def test_the_watchdog_is_fed_while_all_lives(notify: NotifySocket) -> None:
    daemon = Daemon()
    serving = asyncio.create_task(serve(daemon, env(notify)))
    await until_beaten(daemon, 5)
    os.kill(os.getpid(), signal.SIGTERM)
    assert await serving == 0
    assert daemon.stopped
    assert notify.heard[0] == "READY=1"
    assert notify.heard.count("WATCHDOG=1") >= 4
    assert notify.heard[-1] == "STOPPING=1"


async def test_the_watchdog_hears_nothing_of_a_daemon_that_hangs(notify: NotifySocket) -> None:
    daemon = Daemon()
    daemon.hangs = True
    serving = asyncio.create_task(serve(daemon, env(notify)))
    await until_beaten(daemon, 4)
    assert "WATCHDOG=1" not in notify.heard
    os.kill(os.getpid(), signal.SIGTERM)
    assert await serving == 0


async def test_a_database_that_is_away_is_no_reason_to_be_killed(notify: NotifySocket) -> None:
    daemon = Daemon()
    daemon.away = True
    serving = asyncio.create_task(serve(daemon, env(notify)))
    await until_beaten(daemon, 4)
    assert notify.heard.count("WATCHDOG=1") >= 3
    os.kill(os.getpid(), signal.SIGINT)
    assert await serving == 0


async def test_a_lost_part_stops_it_with_1(notify: NotifySocket) -> None:
    daemon = Daemon()
    serving = asyncio.create_task(serve(daemon, env(notify)))
    await until_beaten(daemon, 1)
    daemon.failed.set()
    assert await serving == 1
    assert daemon.stopped


async def test_sighup_reloads_and_tells_how_it_went(notify: NotifySocket) -> None:
    daemon = Daemon()
    serving = asyncio.create_task(serve(daemon, env(notify)))
    await until_beaten(daemon, 1)
    for said in ("STATUS=the rule files have 1 errors; the rules from before are in force", "STATUS="):
        os.kill(os.getpid(), signal.SIGHUP)
        await until_beaten(daemon, daemon.beats + 3)
        assert said in notify.heard
    os.kill(os.getpid(), signal.SIGTERM)
    assert await serving == 0
