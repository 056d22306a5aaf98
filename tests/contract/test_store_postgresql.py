"""What only PostgreSQL does: several writers at once, a server that goes away, a commit nobody answered."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from deskd.desk import changes as change
from deskd.errors import BrokenInvariant, StoreAway, StoreFull, TemporaryFailure
from deskd.store import Store, Work, apply, deadlines, inbox, outbox, tickets
from deskd.store.errors import translate
from deskd.store.tables import counters
from tests.support.desk import NOW
from tests.support.postgres import PostgresCluster
from tests.support.store import accept, connect, database_name, delivery, open_ticket, post, queue, raw, rows

pytestmark = pytest.mark.needs("postgresql")

_WAITING_FOR_A_LOCK = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.fixture
def desk_url(postgres: PostgresCluster, empty_postgresql: str) -> str:
    return empty_postgresql


def put(name: str) -> Callable[[Work], str]:
    def unit(work: Work) -> str:
        work.insert(counters, name=name, value=1)
        return name

    return unit


def names(store: Store, prefix: str) -> set[str]:
    """The rows of one test: others leave theirs, for nobody empties the database here."""
    return {row["name"] for row in rows(store, counters) if row["name"].startswith(prefix)}


def test_connections_that_died_while_idle_are_replaced(store: Store, postgres: PostgresCluster) -> None:
    store.write_now(put("idle-1"))
    names(store, "idle")
    assert postgres.kill_backends(database_name(str(store.url.render_as_string(hide_password=False)))) > 0
    store.write_now(put("idle-2"))
    assert names(store, "idle") == {"idle-1", "idle-2"}, "readers as well"


def test_readers_that_were_replaced_leave_nothing_behind(store: Store, postgres: PostgresCluster) -> None:
    for _ in range(3):
        names(store, "idle")
        postgres.kill_backends(database_name(str(store.url.render_as_string(hide_password=False))))
    names(store, "idle")
    assert len(store._opened) == 1


def test_the_clock_leaves_a_ticket_that_another_has_in_hand(store: Store) -> None:
    """Filing takes a ticket and then its deadlines; the clock, which comes from the other side, waits for neither."""
    ticket = store.write_now(open_ticket)
    store.write_now(lambda work: deadlines.look_at(work, [ticket], "assign", NOW))
    with connect(store.url) as filing:
        filing.execute("BEGIN")
        filing.execute("SELECT id FROM tickets WHERE id = %s FOR UPDATE", [ticket])
        assert store.write_now(lambda work: deadlines.due(work, NOW, 1000)) == []
        filing.execute("ROLLBACK")
    assert (ticket, "assign") in store.write_now(lambda work: deadlines.due(work, NOW, 1000))


def test_a_delivery_is_not_stopped_behind_the_back_of_its_sender(store: Store) -> None:
    ticket = store.write_now(open_ticket)
    (row,) = store.write_now(lambda work: queue(work, ticket, post()))
    stop = change.SetOutbox(row, "cancelled")
    with connect(store.url) as sender, connect(store.url) as looking:
        sender.execute("BEGIN")
        sender.execute("UPDATE outbox SET state = 'sent' WHERE id = %s", [row])
        job = store.submit(lambda work: apply.apply(work, tickets.state(work, ticket), (stop,), NOW))
        until = time.monotonic() + 60
        while looking.execute(_WAITING_FOR_A_LOCK).fetchone() == (0,) and time.monotonic() < until:
            time.sleep(0.01)
        sender.execute("COMMIT")
    with pytest.raises(BrokenInvariant):
        job.future.result(60)
    assert delivery(store, row).state == "sent"


def test_a_restart_of_the_server_is_survived(store: Store, postgres: PostgresCluster) -> None:
    store.write_now(put("restart-1"))
    postgres.stop("immediate")
    with pytest.raises(StoreAway):
        store.write_now(put("restart-2"))
    assert "out of reach" in str(store.trouble)
    with pytest.raises(StoreAway):
        names(store, "restart")
    postgres.start()
    store.write_now(put("restart-3"))
    assert store.trouble is None
    assert names(store, "restart") == {"restart-1", "restart-3"}


def test_a_backend_killed_within_a_unit_takes_nothing_half_done(
    store: Store, postgres: PostgresCluster
) -> None:
    tries: list[int] = []

    def unit(work: Work) -> str:
        put("killed-half")(work)
        tries.append(1)
        if len(tries) == 1:
            postgres.kill_backends(database_name(str(store.url.render_as_string(hide_password=False))))
        return put("killed-whole")(work)

    assert store.write_now(unit) == "killed-whole"
    assert len(tries) == 2, "a unit may be run again: nothing of its first run was kept"
    assert names(store, "killed") == {"killed-half", "killed-whole"}


@pytest.mark.parametrize("took_place", [True, False])
async def test_a_commit_without_an_answer_is_looked_up(
    store: Store, postgres: PostgresCluster, monkeypatch: pytest.MonkeyPatch, took_place: bool
) -> None:
    """COMMIT is sent, and the connection dies before its answer: the transaction's mark is there, or isn't."""
    name = f"commit-{took_place}"
    real: Any = psycopg.Cursor.execute
    died: list[int] = []

    def execute(cursor: psycopg.Cursor[Any], query: Any, *args: Any, **values: Any) -> Any:
        if query == "COMMIT" and not died:
            died.append(1)
            if took_place:
                real(cursor, "COMMIT")
            cursor.connection.close()
            raise psycopg.OperationalError("server closed the connection unexpectedly")
        return real(cursor, query, *args, **values)

    monkeypatch.setattr(psycopg.Cursor, "execute", execute)
    assert await store.write(put(name)) == name
    assert died
    assert names(store, name) == {name}, "not lost, and not twice: the name is unique"


def test_two_that_deadlock_are_both_done_in_the_end(store: Store) -> None:
    store.write_now(put("dead-a"))
    store.write_now(put("dead-b"))
    both = threading.Barrier(2, timeout=10)
    first_try = {"a": True, "b": True}

    def lock(work: Work, name: str) -> None:
        work._cursor.execute("UPDATE counters SET value = value + 1 WHERE name = %(name)s", {"name": name})

    def unit(one: str, other: str) -> Callable[[Work], None]:
        def run(work: Work) -> None:
            lock(work, f"dead-{one}")
            if first_try.pop(one, False):
                both.wait()
            lock(work, f"dead-{other}")

        return run

    jobs = [store.submit(unit("a", "b")), store.submit(unit("b", "a"))]
    for job in jobs:
        job.future.result(30)
    assert {row["value"] for row in rows(store, counters) if row["name"].startswith("dead-")} == {3}


def test_many_workers_never_claim_the_same_row(store: Store, open_store: Callable[[], Store]) -> None:
    """Two daemons, each with several writers, empty one inbox: SKIP LOCKED."""
    other = open_store()
    total = 60
    kept = store.write_now(lambda work: [accept(work, raw(f"claim-{n}")) for n in range(total)])
    taken: list[int] = []
    guard = threading.Lock()

    def work_off(desk: Store, worker: str) -> None:
        while found := desk.write_now(lambda work: inbox.claim(work, worker, NOW, 4)):
            with guard:
                taken.extend(row.id for row in found)

    threads = [
        threading.Thread(target=work_off, args=(desk, f"{number}"))
        for number, desk in enumerate((store, other, store, other))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    # One that finds all free rows locked by others stops early; what is left is then free.
    work_off(store, "last")
    assert len(taken) == len(set(taken))
    assert set(taken) >= set(kept)


def test_ticket_numbers_never_wait_and_never_repeat(store: Store) -> None:
    numbers: list[int] = []

    def run() -> None:
        numbers.extend([store.write_now(tickets.next_number) for _ in range(10)])

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(set(numbers)) == 40


def test_a_ticket_is_decided_on_by_one_at_a_time(store: Store) -> None:
    """Whoever reads a ticket's state to change it holds it until the commit."""
    ticket = store.write_now(open_ticket)
    inside: list[int] = []
    overlapped: list[int] = []

    def unit(work: Work) -> None:
        tickets.state(work, ticket)
        inside.append(1)
        overlapped.append(len(inside))
        work._cursor.execute("SELECT pg_sleep(0.01)")
        inside.pop()

    jobs = [store.submit(unit) for _ in range(12)]
    for job in jobs:
        job.future.result(30)
    assert set(overlapped) == {1}


def test_a_stop_waits_for_a_sending_under_way_and_sees_it(store: Store) -> None:
    """A worker is claiming the held reply while its author stops it: what goes out is not told as stopped."""
    ticket = store.write_now(open_ticket)

    def reply(work: Work) -> int:
        queued = change.Queue("mail", "support-mail", "out:{ticket}", {}, message_id=change.NEW, held=True)
        message = change.AddMessage("out", "agent:anna", "Ciao", "Ciao", NOW, "support-mail", delivery="held")
        return apply.apply(work, tickets.state(work, ticket), (message, queued), NOW).message or 0

    message_id = store.write_now(reply)
    claimed = threading.Event()

    def claim(work: Work) -> None:
        (row,) = [row for row in outbox.due(work, NOW, 500) if row.message_id == message_id]
        outbox.begin(work, row, "w", NOW)
        claimed.set()
        deadline = time.monotonic() + 20
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        while time.monotonic() < deadline:
            work._cursor.execute(waiting)
            if work._cursor.fetchall()[0][0]:
                return

    sending = store.submit(claim)
    assert claimed.wait(20)
    stopping = store.submit(lambda work: tickets.state(work, ticket, message_id).message)
    sending.future.result(30)
    message = stopping.future.result(30)
    assert message is not None
    assert message.outbox_state == "sending"


async def test_units_of_several_tickets_run_side_by_side(store: Store) -> None:
    """Two units that each wait for the other to have begun: one writer alone would never end."""
    both = threading.Barrier(2, timeout=20)
    await asyncio.gather(store.write(lambda work: both.wait()), store.write(lambda work: both.wait()))


def test_a_reader_of_the_test_sees_what_is_committed(store: Store) -> None:
    store.write_now(put("seen"))
    with connect(store.url) as connection:
        found = connection.execute("SELECT value FROM counters WHERE name = 'seen'").fetchone()
    assert found == (1,)


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (psycopg.errors.DiskFull("no space"), StoreFull),
        (psycopg.errors.SerializationFailure("again"), TemporaryFailure),
        (psycopg.errors.AdminShutdown("terminating"), StoreAway),
        (psycopg.errors.CannotConnectNow("starting up"), StoreAway),
        (psycopg.OperationalError("connection refused"), StoreAway),
        (psycopg.InterfaceError("the connection is closed"), StoreAway),
        (psycopg.errors.UniqueViolation("twice"), psycopg.errors.UniqueViolation),  # ours
        (psycopg.errors.SyntaxError("near FORM"), psycopg.errors.SyntaxError),
    ],
)
def test_what_the_driver_says_is_told_as_what_happens_next(
    error: Exception, meaning: type[Exception]
) -> None:
    assert type(translate(error)) is meaning
