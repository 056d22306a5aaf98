"""Units of work, on both databases: whole or not at all, alone in what befalls them, told only after the commit."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select

from deskd.errors import BrokenInvariant, StoreAway
from deskd.store import Store, Work
from deskd.store.errors import driver_errors, passes
from deskd.store.tables import counters
from deskd.store.work import Statement
from tests.support.store import rows


def put(name: str, value: int = 1) -> Callable[[Work], str]:
    def unit(work: Work) -> str:
        work.insert(counters, name=name, value=value)
        return name

    return unit


def names(store: Store) -> list[str]:
    return [row["name"] for row in rows(store, counters)]


def test_a_unit_gives_its_result_after_the_commit(store: Store) -> None:
    assert store.write_now(put("a")) == "a"
    assert names(store) == ["a"]


async def test_of_many_at_once_only_the_failing_one_is_rolled_back(store: Store) -> None:
    def failing(work: Work) -> None:
        put("half done")(work)
        raise BrokenInvariant("no")

    units: list[Callable[[Work], object]] = [put(f"u{number}") for number in range(20)]
    units[7] = failing
    results = await asyncio.gather(*[store.write(unit) for unit in units], return_exceptions=True)
    assert isinstance(results[7], BrokenInvariant)
    assert [result for result in results if isinstance(result, Exception)] == [results[7]]
    assert set(names(store)) == {f"u{number}" for number in range(20) if number != 7}


async def test_a_broken_constraint_is_its_units_own(store: Store) -> None:
    store.write_now(put("twice"))
    results = await asyncio.gather(
        store.write(put("twice")), store.write(put("once")), return_exceptions=True
    )
    assert isinstance(results[0], driver_errors())
    assert results[1] == "once"
    assert set(names(store)) == {"twice", "once"}


async def test_a_sender_that_goes_away_undoes_nothing(open_store: Callable[[], Store]) -> None:
    store = open_store()
    entered, gate = threading.Event(), threading.Event()

    def slow(work: Work) -> None:
        entered.set()
        gate.wait(10)
        put("kept")(work)

    writing = asyncio.create_task(store.write(slow))
    await asyncio.to_thread(entered.wait, 10)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    gate.set()
    await asyncio.to_thread(store.close)
    assert names(open_store()) == ["kept"]


async def test_who_is_woken_is_told_after_the_commit(store: Store) -> None:
    seen: list[tuple[set[str], list[str]]] = []
    told = threading.Event()

    def listen(woken: set[str]) -> None:
        seen.append((woken, names(store)))
        told.set()

    def unit(work: Work) -> None:
        put("row")(work)
        work.wake("inbox")

    def failing(work: Work) -> None:
        work.wake("clock")
        raise BrokenInvariant("no")

    store.on_commit(listen)
    results = await asyncio.gather(store.write(unit), store.write(failing), return_exceptions=True)
    assert isinstance(results[1], BrokenInvariant)
    assert await asyncio.to_thread(told.wait, 10)
    assert seen == [({"inbox"}, ["row"])], "what was rolled back wakes nobody"


def test_a_reader_cannot_write(store: Store) -> None:
    store.write_now(put("a"))
    with pytest.raises((*driver_errors(), StoreAway)):
        store.read_now(put("b"))
    assert names(store) == ["a"]
    assert store.write_now(put("c")) == "c"


def test_a_reader_sees_one_moment(store: Store) -> None:
    """A list read in several statements isn't torn by what is written meanwhile."""
    statement = Statement(select(counters.c.name))

    def read(work: Work) -> tuple[int, int]:
        before = len(work.rows(statement))
        store.write_now(put("meanwhile"))
        return before, len(work.rows(statement))

    assert store.read_now(read) == (0, 0)
    assert names(store) == ["meanwhile"]


def broken(work: Work) -> None:
    raise BrokenInvariant("no")


@pytest.mark.parametrize("wrong", [put("before"), broken], ids=["a constraint", "ours"])
def test_what_is_done_alone_fails_alone(store: Store, wrong: Callable[[Work], object]) -> None:
    def unit(work: Work) -> bool:
        put("before")(work)
        try:
            with work.alone():
                put("within")(work)
                wrong(work)
        except Exception as failure:
            if passes(failure):
                raise
        with work.alone():
            put("after")(work)
        return True

    assert store.write_now(unit)
    assert names(store) == ["after", "before"]


def test_many_threads_may_write_at_once(store: Store) -> None:
    threads = [threading.Thread(target=store.write_now, args=(put(f"t{number}"),)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(names(store)) == 16


def test_closing_works_off_what_waits(open_store: Callable[[], Store]) -> None:
    store = open_store()
    jobs = [store.submit(put(f"j{number}")) for number in range(50)]
    store.close()
    assert all(job.future.done() for job in jobs)
    assert len(names(open_store())) == 50


def test_a_sender_that_leaves_while_its_unit_runs_takes_nobody_with_it(store: Store) -> None:
    left: list[bool] = []
    begun = threading.Event()

    def leaves(work: Work) -> None:
        begun.wait(60)
        left.append(job.future.cancel())

    job = store.submit(leaves)
    begun.set()
    concurrent.futures.wait([job.future], 60)
    assert left == [True]
    assert job.future.cancelled()
    assert store.write_now(lambda work: "next") == "next"
