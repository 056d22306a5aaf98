"""A daemon as a process: starts it, tells systemd how it stands, hears signals, stops it. See sd_notify(3), systemd.service(5).

SIGTERM and SIGINT end it, SIGHUP loads the rules anew. The watchdog is fed while every part lives: the loop turns, no worker has ended, and
the database's threads answer, be it that the database is away, for that mends itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from deskd import memory
from deskd.errors import DeskdError, Problem
from deskd.events import Events
from deskd.systemd import notify, watchdog_seconds

OPEN_FILES = 65_536


class Served(Protocol):
    """A daemon: `failed` is set when a part of it has ended that should not have."""

    events: Events
    failed: asyncio.Event

    @property
    def started(self) -> bool: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def reload(self) -> Sequence[Problem]: ...

    async def pulse(self) -> None: ...


def allow_many_files() -> None:
    """As many open files as this process may have: the usual 1024 are fewer than the connections a listener takes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def serve(daemon: Served, env: Mapping[str, str] = os.environ) -> int:
    """Until a signal, or until a part of it dies. The exit status: 0, or 1 when it stopped for the latter. Raises what `start` raises."""
    allow_many_files()
    loop = asyncio.get_running_loop()
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked.set)
    reloads: set[asyncio.Task[None]] = set()
    loop.add_signal_handler(signal.SIGHUP, _begin, reloads, lambda: _reload(daemon, env))
    memory.give_back_big_blocks()
    await daemon.start()
    memory.keep_what_is_here()
    notify("READY=1", env)
    await _until_over(daemon, asked, env)
    daemon.events.stopping("a signal" if asked.is_set() else "a part of it died")
    notify("STOPPING=1", env)
    await daemon.stop()
    daemon.events.stopped()
    return 1 if daemon.failed.is_set() else 0


async def _until_over(daemon: Served, asked: asyncio.Event, env: Mapping[str, str]) -> None:
    watchdog = asyncio.create_task(_feed_watchdog(daemon, env))
    waits = [asyncio.create_task(event.wait()) for event in (asked, daemon.failed)]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for task in (*waits, watchdog):
        task.cancel()
    await asyncio.gather(*waits, watchdog, return_exceptions=True)


def _begin(under_way: set[asyncio.Task[None]], work: Callable[[], Any]) -> None:
    """From a signal's handler. The loop itself keeps no hold of its tasks."""
    task = asyncio.ensure_future(work())
    under_way.add(task)
    task.add_done_callback(under_way.discard)


async def _reload(daemon: Served, env: Mapping[str, str]) -> None:
    if not daemon.started:
        return  # it is about to read the rules anyway
    problems = await daemon.reload()
    notify(
        f"STATUS=the rule files have {len(problems)} errors; the rules from before are in force"
        if problems
        else "STATUS=",
        env,
    )


async def _feed_watchdog(daemon: Served, env: Mapping[str, str]) -> None:
    """systemd hears twice as often as it asks that all is alive."""
    every = watchdog_seconds(env, os.getpid())
    while every is not None and not daemon.failed.is_set():
        with contextlib.suppress(TimeoutError):
            with contextlib.suppress(DeskdError):  # the database is away: that is an answer
                await asyncio.wait_for(daemon.pulse(), every / 2)
            notify("WATCHDOG=1", env)
        await asyncio.sleep(every / 2)
