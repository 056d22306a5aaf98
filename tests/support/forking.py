"""`deskd …` as a process of its own that needn't load its modules first: forked off one that has loaded them, and has done nothing else.

A start spends most of its time on imports, and tests that kill the daemon start it hundreds of times. What is forked has its own session, environment,
streams and end, like any process; that the installed program starts by itself is for those tests to say that start `DESKD`.
"""

from __future__ import annotations

import asyncio
import importlib
import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import resource_tracker
from pathlib import Path
from types import ModuleType

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(
    [
        "deskd.app",
        "deskd.cli",
        "deskd.cli.carrying",
        "deskd.store.migrating",
        "deskd.store.postgres",
        "connectors.slack",
        "connectors.smtp",
    ]
)


class Forked:
    """What `asyncio.create_subprocess_exec` would give, as far as tests ask for it."""

    def __init__(self, arguments: Sequence[str | Path], log: Path, environment: Mapping[str, str]) -> None:
        """Start `deskd ARGUMENTS` in a session of its own; what it says is added to `log`."""
        words = [str(each) for each in arguments]
        self._process = _FORKING.Process(target=_deskd, args=(words, str(log), dict(environment)))
        self._process.start()
        assert self._process.pid is not None
        self.pid: int = self._process.pid

    @property
    def returncode(self) -> int | None:
        """How it ended, as `subprocess` counts it (-9: SIGKILL); None while it runs."""
        return self._process.exitcode

    async def wait(self) -> int:
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        self._process.join()
        assert self._process.exitcode is not None
        return self._process.exitcode


def _deskd(words: list[str], log: str, environment: dict[str, str]) -> None:
    """In the new process: be `deskd WORDS`."""
    os.setsid()
    out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for stream in (1, 2):
        os.dup2(out, stream)
    os.close(out)
    os.environ.clear()
    os.environ.update(environment)
    # Its worker processes would load the tests' main module, and share the tests' tracker.
    sys.modules["__main__"] = ModuleType("__main__")
    resource_tracker._resource_tracker._fd = None  # type: ignore[attr-defined]
    importlib.reload(importlib.import_module("deskd.crash"))  # it looks at the environment once
    sys.argv = ["deskd", *words]
    from deskd.cli import main

    main()
