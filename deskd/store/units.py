"""How units of work get to SQLite: one writer thread with group commit. `store/postgres.py` has the other way.

A `Job` is a unit and where its result goes. Results, and the names of those to be woken, leave only after the commit.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from deskd.errors import BrokenInvariant
from deskd.store.errors import translate
from deskd.store.work import Work

Unit = Callable[[Work], Any]
Woken = Callable[[set[str]], None]

BATCH = 256  # units a commit, at the most: it bounds how long the first one waits
STOP = None


class Job:
    __slots__ = ("future", "unit")

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.future: Future[Any] = Future()


class Done:
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
            if not job.future.set_running_or_notify_cancel():
                continue  # nobody waits for it any more; from here on nobody can stop waiting
            if error is None:
                job.future.set_result(result)
            else:
                job.future.set_exception(error)


class SqliteWriter:
    """The one thread that writes. It takes whatever is waiting, gives each unit a savepoint and commits once (ARCHITECTURE.md, The store).

    `trouble`: what the last transaction was lost to, or None where it was committed.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection], woken: Woken) -> None:
        self._connect = connect
        self._woken = woken
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="deskd-writer", daemon=True)
        self._connection: sqlite3.Connection | None = None
        self.trouble: Exception | None = None
        self._thread.start()

    def submit(self, job: Job) -> None:
        self._jobs.put(job)

    def close(self) -> None:
        self._jobs.put(STOP)
        self._thread.join()

    def _run(self) -> None:
        while self._next_batch():
            pass  # nothing of a batch is held while the next one is waited for: a unit may carry a mail of 25 MB
        if self._connection is not None:
            self._connection.close()

    def _next_batch(self) -> bool:
        """False: it was the last one."""
        batch, more = self._waiting()
        if batch:
            self._work_off(batch)
        return more

    def _waiting(self) -> tuple[list[Job], bool]:
        """What waits, at least one job, up to a batch; and whether there may be more."""
        batch: list[Job] = []
        while len(batch) < BATCH:
            try:
                job = self._jobs.get(block=not batch)
            except queue.Empty:
                break
            if job is STOP:
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

    def _finish(self, done: Done | None) -> None:
        if done is None:
            raise BrokenInvariant("a last try must say what became of its jobs")
        done.tell()
        if done.woken:
            self._woken(done.woken)

    def _try(self, batch: list[Job], last: bool = False) -> Done | None:
        """Run a batch in one transaction. None: the transaction was lost and nothing of it is kept; on the last try the jobs are told so instead."""
        done, begun = Done(), False
        try:
            connection = self._connection = self._connection or self._connect()
            connection.execute("BEGIN IMMEDIATE")
            begun = True
            for job in batch:
                self._savepoint(connection, job, done)
            connection.execute("COMMIT")
            self.trouble = None
        except Exception as error:  # whatever it is, the writer lives on and the senders are told
            self.trouble = translate(error)
            self._roll_back()
            # Where another program holds the database, none fares better alone: they would only wait one after the other.
            if begun and not last and len(batch) > 1:
                return None
            done = Done()
            for job in batch:
                done.fail(job, error)
        return done

    def _savepoint(self, connection: sqlite3.Connection, job: Job, done: Done) -> None:
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
