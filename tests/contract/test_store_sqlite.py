"""What only SQLite does: one file, one writer, one lock, and a disk that fills up."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deskd.errors import StoreAway, StoreFull, UsageError
from deskd.store import Store, Work
from deskd.store import database as database_module
from deskd.store.tables import blobs, counters
from tests.support.needs import REPOSITORY
from tests.support.store import rows


@pytest.fixture
def desk_url(sqlite_url: str, empty_sqlite: Path) -> str:
    shutil.copy(empty_sqlite, sqlite_url.removeprefix("sqlite:///"))
    return sqlite_url


def fill(name: str, size: int) -> Callable[[Work], None]:
    def unit(work: Work) -> None:
        work.insert(blobs, sha256=name, size=size, refs=0, data=b"x" * size)

    return unit


def put(name: str) -> Callable[[Work], None]:
    def unit(work: Work) -> None:
        work.insert(counters, name=name, value=1)

    return unit


def limit_pages(store: Store, more: int | None) -> None:
    """Let the file grow by so many pages (4 kB) and no more; None: as it likes. The writer's own connection is told."""

    def unit(work: Work) -> None:
        cursor = work._cursor
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchall()[0][0]
        cursor.execute(f"PRAGMA max_page_count = {2**30 if more is None else pages + more}")

    store.write_now(unit)


def test_a_full_disk_is_told_and_work_goes_on_when_there_is_room(store: Store) -> None:
    limit_pages(store, 20)
    with pytest.raises(StoreFull):
        store.write_now(fill("big", 1_000_000))
    store.write_now(put("small"))
    limit_pages(store, None)
    store.write_now(fill("big", 1_000_000))
    assert [row["sha256"] for row in rows(store, blobs)] == ["big"]
    assert [row["name"] for row in rows(store, counters)] == ["small"]


async def test_in_a_batch_on_a_full_disk_only_those_fail_that_must(store: Store) -> None:
    """SQLITE_FULL may take the whole transaction with it: the units are run again one by one."""
    limit_pages(store, 20)
    entered, gate = threading.Event(), threading.Event()

    def first(work: Work) -> None:  # so that the others wait together and make one batch
        entered.set()
        gate.wait(10)

    blocker = asyncio.create_task(store.write(first))
    await asyncio.to_thread(entered.wait, 10)
    jobs = [store.submit(unit) for unit in (put("a"), fill("big", 1_000_000), put("b"))]
    gate.set()
    await blocker
    results = await asyncio.gather(*[asyncio.wrap_future(job.future) for job in jobs], return_exceptions=True)
    assert isinstance(results[1], StoreFull)
    assert (results[0], results[2]) == (None, None)
    assert {row["name"] for row in rows(store, counters)} == {"a", "b"}
    assert rows(store, blobs) == []
    limit_pages(store, None)


def test_with_too_little_room_on_the_disk_nothing_new_is_taken(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.check_room()
    monkeypatch.setattr(database_module, "FREE_SPACE", 2**62)
    monkeypatch.setattr(database_module, "FREE_SHARE", 1)
    with pytest.raises(StoreFull):
        store.check_room()


async def test_a_database_that_another_program_holds_is_away_until_it_lets_go(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "BUSY", 0.2)
    assert store.path is not None
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    results = await asyncio.gather(
        *[store.write(put(f"u{number}")) for number in range(40)], return_exceptions=True
    )
    assert all(isinstance(result, StoreAway) for result in results)
    assert time.monotonic() - began < 4, "who waits together waits once: not one after the other"
    assert rows(store, counters) == [], "reading goes on"
    assert "held by another program" in str(store.trouble), "and is known until something is written again"
    other.execute("ROLLBACK")
    other.close()
    await store.write(put("after"))
    assert [row["name"] for row in rows(store, counters)] == ["after"]
    assert store.trouble is None


def test_a_second_daemon_is_refused_and_told_who_is_the_first(store: Store, sqlite_url: str) -> None:
    with pytest.raises(UsageError, match=f"process {os.getpid()} on "):
        Store.open(sqlite_url)
    reader = Store.open(sqlite_url, write=False)
    assert rows(reader, counters) == []
    reader.close()


def test_another_process_is_refused_as_well(store: Store, sqlite_url: str) -> None:
    code = "import sys; from deskd.store import Store; Store.open(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", code, sqlite_url], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert f"process {os.getpid()} on " in done.stderr


def test_the_lock_dies_with_its_holder(
    store: Store, sqlite_url: str, open_store: Callable[[], Store]
) -> None:
    code = (
        "import os, sys; from deskd.store import Store; Store.open(sys.argv[1]); print('held', flush=True); "
        "os.kill(os.getpid(), 9)"
    )
    store.close()
    done = subprocess.run(
        [sys.executable, "-c", code, sqlite_url], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.returncode) == ("held", -9)
    again = open_store()
    again.write_now(put("mine"))
    assert [row["name"] for row in rows(again, counters)] == ["mine"]


def test_an_unreadable_lock_file_still_refuses(store: Store, sqlite_url: str) -> None:
    assert store.path is not None
    lock = store.path.with_name(store.path.name + ".lock")
    assert json.loads(lock.read_text())["pid"] == os.getpid()
    assert lock.stat().st_mode & 0o777 == 0o600
    lock.write_text("{")
    with pytest.raises(UsageError, match="another process"):
        Store.open(sqlite_url)


def test_the_file_is_safe_against_a_power_cut(store: Store) -> None:
    def settings(work: Work) -> tuple[object, ...]:
        found = []
        for pragma in ("journal_mode", "synchronous", "foreign_keys"):
            work._cursor.execute(f"PRAGMA {pragma}")
            found.append(work._cursor.fetchall()[0][0])
        return tuple(found)

    assert store.write_now(settings) == ("wal", 2, 1)


def test_one_commit_carries_many_units(store: Store) -> None:
    """Group commit: units that wait together share one sync."""
    commits: list[int] = []
    entered, gate = threading.Event(), threading.Event()

    def first(work: Work) -> None:
        work.wake("inbox")
        entered.set()
        gate.wait(10)

    def unit(work: Work) -> None:
        work.wake("inbox")

    store.on_commit(lambda woken: commits.append(1))
    jobs = [store.submit(first)]
    assert entered.wait(10)
    jobs += [store.submit(unit) for _ in range(100)]
    gate.set()
    for job in jobs:
        job.future.result(10)
    store.close()
    assert len(commits) == 2
