"""A process of its own in which mails are parsed: heavy ones, so that nothing else waits, and many at once, for two processors do nearly twice the work.

A mail that takes that process down, or never ends there, takes no other mail with it: those beside it are read once more, each by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from deskd.apart import leave_with_parent
from deskd.model import Envelope, Message
from deskd.parse import parse_mail

SLOWEST = 30.0  # seconds for one mail; one that takes longer counts as one that can't be read
BIG = 1_000_000  # bytes of a mail that goes to the process in a file
IDLE = 30.0  # seconds without a mail, after which the process is let go, with the memory it took

Raw = tuple[bytes, Envelope]


class ParsingProcess:
    """Started with the first mail, or by `begin`; it may be closed, and used again."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._one_by_one = asyncio.Lock()
        self._letting_go: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Start it now: who knows that many mails will come needs not wait, when they do, for as long as a process takes to start."""
        self._pool = self._pool or _process()
        self._pool.submit(_nothing)

    async def read(self, raw: Raw, languages: tuple[str, ...]) -> Message:
        """Raises `MalformedMessage`, `TimeoutError`, and `BrokenProcessPool` where the mail took the process down."""
        with _lent(raw[0]) as lent:
            message: Message = await self._do(parse_lent, parse_mail, lent, raw[1], languages)
        if self._pool is not None:
            self._pool.submit(
                _nothing
            )  # its queue holds on to what went through it last, and that may be big
        return message

    async def read_together(self, raws: Sequence[Raw], languages: tuple[str, ...]) -> list[Message | None]:
        """None for each that must be read by itself: only so it is told what is wrong with it."""
        try:
            found: list[Message | None] = await self._do(parse_each, raws, languages)
        except (BrokenProcessPool, TimeoutError):
            return [None] * len(raws)
        return found

    async def _do(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """The time runs from when it begins: a mail behind a slow one isn't slow itself."""
        async with self._one_by_one:
            if self._letting_go is not None:
                self._letting_go.cancel()
            loop = asyncio.get_running_loop()
            pool = self._pool = self._pool or _process()
            try:
                return await asyncio.wait_for(loop.run_in_executor(pool, work, *arguments), SLOWEST)
            except TimeoutError as slow:
                self._kill()
                raise TimeoutError(f"reading it took longer than {SLOWEST:g} seconds") from slow
            except BrokenProcessPool:
                self.close()
                raise
            finally:
                self._letting_go = loop.call_later(IDLE, self._let_go)

    def _let_go(self) -> None:
        if not self._one_by_one.locked():
            self.close()

    def _kill(self) -> None:
        """It is still at it, and nothing but its end will bring it to the next mail."""
        if self._pool is not None:
            for process in self._pool._processes.values():  # there is no public way before Python 3.14
                process.kill()
        self.close()

    def close(self) -> None:
        if self._letting_go is not None:
            self._letting_go.cancel()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


@contextlib.contextmanager
def _lent(payload: bytes) -> Iterator[bytes | Path]:
    """A big mail lies in a file while the process reads it: in the process's queue it would be in memory once more for as long as that takes.

    Where there is no room for the file, memory will do.
    """
    with contextlib.ExitStack() as kept:
        lent: bytes | Path = payload
        if len(payload) >= BIG:
            with contextlib.suppress(OSError):
                file = kept.enter_context(tempfile.NamedTemporaryFile(prefix="deskd-"))
                file.write(payload)
                file.flush()
                lent = Path(file.name)
        yield lent


def parse_lent(
    parse: Callable[..., Message], lent: bytes | Path, envelope: Envelope, languages: tuple[str, ...]
) -> Message:
    return parse(lent if isinstance(lent, bytes) else lent.read_bytes(), envelope, languages)


def parse_each(raws: Sequence[Raw], languages: tuple[str, ...]) -> list[Message | None]:
    return [_parsed(raw, languages) for raw in raws]


def _parsed(raw: Raw, languages: tuple[str, ...]) -> Message | None:
    try:
        return parse_mail(*raw, languages)
    except Exception:  # it is read by itself then, and that tells
        return None


def _nothing() -> None:
    pass


def _process() -> ProcessPoolExecutor:
    """A fresh interpreter: a fork would carry the writer's locks and the database's file descriptors along."""
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=leave_with_parent)
