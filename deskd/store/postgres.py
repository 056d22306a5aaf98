"""How units of work get to PostgreSQL: a few threads, a transaction each. Imported where a desk has one: its driver takes a while to load."""

from __future__ import annotations

import queue
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import psycopg
from sqlalchemy.engine import URL

from deskd.errors import StoreAway
from deskd.store.errors import translate
from deskd.store.units import STOP, Done, Job, Woken
from deskd.store.work import Work


def connect(url: URL) -> psycopg.Connection[Any]:
    parts = url.translate_connect_args(username="user", database="dbname")
    return psycopg.connect(
        **{**parts, **dict(url.query)}, autocommit=True, connect_timeout=5, application_name="deskd"
    )


class PostgresWriters:
    """A few threads, each with its own connection; each unit is a transaction. Units that the database asks to repeat are repeated.

    `trouble`: why the server couldn't be worked with when last tried, or None where it could.
    """

    TRIES = 5

    def __init__(self, connect: Callable[[], psycopg.Connection[Any]], woken: Woken, size: int) -> None:
        self._connect = connect
        self._woken = woken
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._name = secrets.token_hex(8)
        self._marked: set[int] = set()  # threads that have their row
        self.trouble: Exception | None = None
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
            self._jobs.put(STOP)
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        connection: psycopg.Connection[Any] | None = None
        while (job := self._jobs.get()) is not STOP:
            connection = self._work_off(job, connection)
            del job  # it may carry a mail of 25 MB; the next one may be long in coming
        if connection is not None:
            connection.close()

    def _work_off(
        self, job: Job, connection: psycopg.Connection[Any] | None
    ) -> psycopg.Connection[Any] | None:
        done = Done()
        for again in range(self.TRIES):
            try:
                if connection is None or connection.closed:
                    connection = self._connect()
                work, result = self._transaction(connection, job)
                self.trouble = None
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
                    self.trouble = translate(error)
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
