"""Opens the database of a desk and runs units of work in it: `Store.write` in a transaction, `Store.read` without the right to write.

SQLite: one writer thread, readers with `query_only`, a lock file against a second daemon. PostgreSQL: a few writers and readers.
Both drivers are in autocommit, and BEGIN is said explicitly: Python's own transaction handling breaks savepoints.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy.engine import URL, make_url

from deskd.errors import BrokenInvariant, StoreAway, StoreFull, UsageError
from deskd.store.errors import driver_errors, is_operational, translate
from deskd.store.lock import Lock
from deskd.store.units import Job, SqliteWriter, Unit
from deskd.store.work import Work

if TYPE_CHECKING:
    from deskd.store.postgres import PostgresWriters

T = TypeVar("T")

BUSY = 5.0  # seconds a writer waits for a lock that another program holds, before senders are told 451
FREE_SPACE = (
    32 * 1024 * 1024
)  # bytes left on the disk below which nothing new is accepted: what is here must still be worked off;
FREE_SHARE = 20  # on a small disk a 20th of it
READERS = 2
POSTGRES_WRITERS = 6


class Store:
    """One desk's database. Open it with `Store.open`; close it when done."""

    def __init__(self, url: str) -> None:
        self.url: URL = make_url(url)
        self.dialect = self.url.get_backend_name()
        if self.dialect not in ("sqlite", "postgresql"):
            raise UsageError(
                f"desk.database: {self.dialect!r} is not known; expected sqlite:///… or postgresql+psycopg://…"
            )
        self.path = Path(self.url.database or "").absolute() if self.dialect == "sqlite" else None
        self._lock: Lock | None = None
        self._writer: SqliteWriter | PostgresWriters | None = None
        self._closed = False
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="deskd-reader")
        self._local = threading.local()
        self._opened: set[Any] = set()  # the readers' connections
        self._listeners: list[Callable[[set[str]], None]] = []

    @classmethod
    def open(cls, url: str, *, write: bool = True) -> Store:
        """Open for reading, or for writing as well; on SQLite a writer takes the lock.

        Raises `UsageError` where another process holds it.
        """
        store = cls(url)
        if store.path is not None and write:
            store.path.parent.mkdir(parents=True, exist_ok=True)
            store._lock = Lock(store.path)
            store._lock.take()
            # It holds customers' mail and the desk's keys. SQLite gives its side files the same mode.
            os.close(os.open(store.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        return store

    # ── units of work ────────────────────────────────────────────────────────────────────────────────────────────────

    def submit(self, unit: Callable[[Work], T]) -> Job:
        if self._closed:
            raise StoreAway("the database was closed: the program is ending")
        if self._writer is None:
            self._writer = self._make_writer()
        job = Job(cast(Unit, unit))
        self._writer.submit(job)
        return job

    def _make_writer(self) -> SqliteWriter | PostgresWriters:
        if self.dialect == "sqlite":
            return SqliteWriter(self._connect_sqlite, self._tell)
        from deskd.store.postgres import PostgresWriters

        return PostgresWriters(self._connect_postgres, self._tell, POSTGRES_WRITERS)

    async def write(self, unit: Callable[[Work], T]) -> T:
        """Run a unit in a transaction; its result comes after the commit. Raises what the unit raised, `StoreFull` or `StoreAway`."""
        # Shielded: a sender that goes away must not undo what others in the same commit rely on.
        return cast(T, await asyncio.shield(asyncio.wrap_future(self.submit(unit).future)))

    def write_now(self, unit: Callable[[Work], T]) -> T:
        """`write` for those who have no event loop: commands, tests."""
        return cast(T, self.submit(unit).future.result())

    async def read(self, query: Callable[[Work], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_now, query)

    def read_now(self, query: Callable[[Work], T]) -> T:
        for last in (False, True):
            try:
                return self._read(query)
            except driver_errors() as error:
                self._let_go()
                # A connection that died while idle (a restart of the server) shows only at its next use: once more, on a new one.
                if last or self.dialect == "sqlite" or not is_operational(error):
                    raise translate(error) from error
        raise BrokenInvariant("the last try of a read must return or raise")

    def _read(self, query: Callable[[Work], T]) -> T:
        connection = getattr(self._local, "reader", None)
        if connection is None:
            connection = self._local.reader = self._connect_reader()
            self._opened.add(connection)
        # One snapshot for all of a query's statements.
        connection.execute(
            "BEGIN" if self.dialect == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        )
        try:
            return query(Work(connection.cursor(), self.dialect))
        finally:
            connection.execute("ROLLBACK")

    def _let_go(self) -> None:
        """This thread's connection failed: its next query gets another."""
        connection, self._local.reader = getattr(self._local, "reader", None), None
        if connection is not None:
            self._opened.discard(connection)
            with contextlib.suppress(*driver_errors()):
                connection.close()

    @property
    def trouble(self) -> Exception | None:
        """What the last try to write failed at, before anything of a unit's own; None where it went well. Known while a later unit still waits its turn."""
        return None if self._writer is None else self._writer.trouble

    def on_commit(self, listener: Callable[[set[str]], None]) -> None:
        """Have `listener` told, in a thread of the store's, who should look for work."""
        self._listeners.append(listener)

    def _tell(self, woken: set[str]) -> None:
        for listener in self._listeners:
            listener(woken)

    def check_room(self) -> None:
        """Raises `StoreFull` when the disk is so full that what is already here could no longer be worked off."""
        room = self.room()
        if room is not None and room[0] < room[2]:
            raise StoreFull(f"less than {room[2] // 1024} kB are free beside {self.path}")

    def room(self) -> tuple[int, int, int] | None:
        """Bytes of the database's disk: free, in all, and below which nothing new is accepted. None for a database elsewhere."""
        if self.path is None:
            return None
        disk = os.statvfs(self.path.parent)
        total = disk.f_blocks * disk.f_frsize
        return disk.f_bavail * disk.f_frsize, total, min(FREE_SPACE, total // FREE_SHARE)

    def close(self) -> None:
        """Work off what is waiting, then let go of the database and its lock."""
        self._closed = True
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._readers.shutdown()
        for connection in list(self._opened):
            connection.close()
        if self._lock is not None:
            self._lock.release()

    # ── connections ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _connect_sqlite(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            str(self.path), isolation_level=None, check_same_thread=False, timeout=BUSY, cached_statements=512
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA cache_size = -16384")  # KiB
        return connection

    def _connect_reader(self) -> Any:
        if self.dialect == "postgresql":
            return self._connect_postgres()
        connection = sqlite3.connect(
            f"file:{self.path}?mode=rw", uri=True, isolation_level=None, check_same_thread=False, timeout=BUSY
        )
        connection.execute("PRAGMA query_only = ON")
        return connection

    def _connect_postgres(self) -> Any:
        from deskd.store import postgres

        return postgres.connect(self.url)
