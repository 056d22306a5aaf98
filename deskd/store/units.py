"""How units of work get to the database: one writer thread with group commit on SQLite, a few workers on PostgreSQL.

A `Job` is a unit and where its result goes. Results, and the names of those to be woken, leave only after the commit.
"""

from __future__ import annotations

import queue
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

import psycopg

from deskd.errors import BrokenInvariant, StoreAway
from deskd.store.errors import translate
from deskd.store.work import Work

Unit = Callable[[Work], Any]
Woken = Callable[[set[str]], None]

BATCH = 256  # units a commit, at the most: it bounds how long the first one waits
_STOP = None


class Job:
    __slots__ = ("future", "unit")

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.future: Future[Any] = Future()


class _Done:
    """What became of a batch's jobs; nobody learns of it before the commit."""

    def __init__(self) -> None:
        self._results: list[tuple[Job, Any, Exception | None]] = []
        self.woken: set[str] = set()

    def add(self, job: Job, result: Any, work: Work) -> None:
        self._results.append((job, result, None))
        self.woken |= work.woken

    def fail(self, job: Job, error: Exception) -> None:
        self._results.append((job, None, translate(error)))

    def tell(self) -> None:
        for job, result, error in self._results:
            if job.future.cancelled():
                continue
            if error is None:
                job.future.set_result(result)
            else:
                job.future.set_exception(error)


class SqliteWriter:
    """The one thread that writes. It takes whatever is waiting, gives each unit a savepoint and commits once (ARCHITECTURE.md, The store)."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], woken: Woken) -> None:
        self._connect = connect
        self._woken = woken
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="deskd-writer", daemon=True)
        self._connection: sqlite3.Connection | None = None
        self._thread.start()

    def submit(self, job: Job) -> None:
        self._jobs.put(job)

    def close(self) -> None:
        self._jobs.put(_STOP)
        self._thread.join()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not _STOP:
            batch, more = self._waiting(job)
            self._work_off(batch)
            if not more:
                break
        if self._connection is not None:
            self._connection.close()

    def _waiting(self, first: Job) -> tuple[list[Job], bool]:
        batch = [first]
        while len(batch) < BATCH:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is _STOP:
                return batch, False
            batch.append(job)
        return batch, True

    def _work_off(self, batch: list[Job]) -> None:
        done = self._try(batch)
        if done is None and len(batch) > 1:
            # The transaction itself was lost (disk full, most often): each unit again, alone, so that only those fail that must.
            for job in batch:
                self._finish(self._try([job], last=True))
        else:
            self._finish(done or self._try(batch, last=True))

    def _finish(self, done: _Done | None) -> None:
        if done is None:
            raise BrokenInvariant("a last try must say what became of its jobs")
        done.tell()
        if done.woken:
            self._woken(done.woken)

    def _try(self, batch: list[Job], last: bool = False) -> _Done | None:
        """Run a batch in one transaction. None: the transaction was lost and nothing of it is kept; on the last try the jobs are told so instead."""
        done, begun = _Done(), False
        try:
            connection = self._connection = self._connection or self._connect()
            connection.execute("BEGIN IMMEDIATE")
            begun = True
            for job in batch:
                self._savepoint(connection, job, done)
            connection.execute("COMMIT")
        except Exception as error:  # whatever it is, the writer lives on and the senders are told
            self._roll_back()
            # Where another program holds the database, none fares better alone: they would only wait one after the other.
            if begun and not last and len(batch) > 1:
                return None
            done = _Done()
            for job in batch:
                done.fail(job, error)
        return done

    def _savepoint(self, connection: sqlite3.Connection, job: Job, done: _Done) -> None:
        connection.execute("SAVEPOINT unit")
        work = Work(connection.cursor(), "sqlite")
        try:
            result = job.unit(work)
        except Exception as error:
            if not connection.in_transaction:  # SQLITE_FULL and SQLITE_IOERR may have rolled everything back
                raise
            connection.execute("ROLLBACK TO unit")
            connection.execute("RELEASE unit")
            done.fail(job, error)
        else:
            connection.execute("RELEASE unit")
            done.add(job, result, work)

    def _roll_back(self) -> None:
        if self._connection is None:
            return
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            self._connection.close()
            self._connection = None


class PostgresWriters:
    """A few threads, each with its own connection; each unit is a transaction. Units that the database asks to repeat are repeated."""

    TRIES = 5

    def __init__(self, connect: Callable[[], psycopg.Connection[Any]], woken: Woken, size: int) -> None:
        self._connect = connect
        self._woken = woken
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._name = secrets.token_hex(8)
        self._marked: set[int] = set()  # threads that have their row
        self._threads = [
            threading.Thread(target=self._run, name=f"deskd-writer-{number}", daemon=True)
            for number in range(size)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, job: Job) -> None:
        self._jobs.put(job)

    def close(self) -> None:
        for _ in self._threads:
            self._jobs.put(_STOP)
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        connection: psycopg.Connection[Any] | None = None
        while (job := self._jobs.get()) is not _STOP:
            connection = self._work_off(job, connection)
        if connection is not None:
            connection.close()

    def _work_off(
        self, job: Job, connection: psycopg.Connection[Any] | None
    ) -> psycopg.Connection[Any] | None:
        done = _Done()
        for again in range(self.TRIES):
            try:
                if connection is None or connection.closed:
                    connection = self._connect()
                work, result = self._transaction(connection, job)
                done.add(job, result, work)
                break
            except (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected) as error:
                if again + 1 == self.TRIES:
                    done.fail(job, error)
                time.sleep(0.01 * 2**again)
            except psycopg.OperationalError as error:
                # A connection that died while idle (a restart of the server) shows only at its next use: one more try, on a new one.
                stale = connection is not None and again == 0
                if connection is not None:
                    connection.close()
                connection = None
                if not stale:
                    done.fail(job, error)
                    break
            except Exception as error:
                done.fail(job, error)
                break
        done.tell()
        if done.woken:
            self._woken(done.woken)
        return connection

    def _transaction(self, connection: psycopg.Connection[Any], job: Job) -> tuple[Work, Any]:
        cursor = connection.cursor()
        mark = self._mark(cursor)
        cursor.execute("BEGIN")
        try:
            work = Work(cursor, "postgresql")
            result = job.unit(work)
            if mark is not None:
                cursor.execute(_SIGN, mark)
        except BaseException:
            if not connection.closed:
                cursor.execute("ROLLBACK")
            raise
        try:
            cursor.execute("COMMIT")
        except psycopg.OperationalError:
            if mark is None or not self._committed(mark):
                raise
        return work, result

    def _mark(self, cursor: psycopg.Cursor[Any]) -> dict[str, str] | None:
        """This thread's own row among the leases, and what the next transaction writes into it. None: there are no tables yet."""
        mark = {"name": f"commit:{self._name}:{threading.get_ident()}", "token": secrets.token_hex(16)}
        if threading.get_ident() not in self._marked:
            if cursor.execute("SELECT to_regclass('leases')").fetchone() == (None,):
                return None
            cursor.execute(_MARK, mark)
            self._marked.add(threading.get_ident())
        return mark

    def _committed(self, mark: Mapping[str, str]) -> bool:
        """Whether a transaction whose COMMIT got no answer took place: it did if its mark is there.

        To ask for its number (pg_xact_status) would not do: a server that crashed gives numbers out again whose commits it lost. The row's lock makes this
        wait for a backend that is still at it. Raises `StoreAway` when it can't be learned within a minute: the unit then counts as failed, and who sent
        it tries again; what may be doubled by that is recognised by its unique keys.
        """
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                with self._connect() as connection:
                    connection.execute("SET lock_timeout = '5s'")
                    found = connection.execute(_ASK, mark).fetchone()
                    return found is not None and found[0] == mark["token"]
            except psycopg.Error:
                time.sleep(0.2)
        raise StoreAway("the database went away during a commit and can't say whether it took place")


# A row for each thread, made beforehand, so that there is a lock to wait for; those of threads long gone are cleared away with the leases.
_TOMORROW = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint + 86400000000"
_MARK = f"""
    INSERT INTO leases (name, holder, until) VALUES (%(name)s, '', {_TOMORROW}) ON CONFLICT (name) DO NOTHING
"""  # noqa: S608 - nothing of anyone's is in it
_SIGN = f"""
    INSERT INTO leases (name, holder, until)
    SELECT %(name)s, %(token)s, {_TOMORROW} WHERE pg_current_xact_id_if_assigned() IS NOT NULL
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
"""
_ASK = "SELECT holder FROM leases WHERE name = %(name)s FOR UPDATE"
