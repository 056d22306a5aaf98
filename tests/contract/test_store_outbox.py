"""The outbox, on both databases: in order within a conversation, each row sent by one, its outcome kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from deskd import sending
from deskd.desk.changes import Queue, SetOutbox
from deskd.errors import BrokenInvariant
from deskd.store import Store, apply, leases, outbox, tickets, undecided
from deskd.store.outbox import NEVER, OutboxRow
from deskd.store.tables import outbox as outbox_table
from deskd.store.times import micros
from tests.support.desk import NOW, SETTINGS
from tests.support.store import delivery, open_ticket, post, queue, rows

LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def ticket(store: Store) -> int:
    return store.write_now(open_ticket)


def due(store: Store, now: datetime = NOW, most: int = 10) -> list[int]:
    return [row.id for row in store.write_now(lambda work: outbox.due(work, now, most))]


def claim(
    store: Store, worker: str = "a", now: datetime = NOW, unsure: tuple[int, ...] = ()
) -> list[OutboxRow]:
    taken = store.write_now(lambda work: sending.claim(work, SETTINGS, worker, now, 10, unsure))
    return [row for row, _ in taken]


def put_back(store: Store, row: OutboxRow, error: str, counted: bool = True) -> None:
    store.write_now(lambda work: outbox.put_back(work, row, error, NOW, counted=counted))


def finish(store: Store, row_id: int, old: str, new: str, **values: int) -> None:
    store.write_now(lambda work: outbox.end(work, row_id, old, new, **values))


def state(store: Store, row_id: int) -> str:
    return delivery(store, row_id).state


def test_a_conversations_rows_go_one_after_the_other(store: Store, ticket: int) -> None:
    a1, a2, b1 = store.write_now(
        lambda work: queue(work, ticket, post("1", "a"), post("2", "a"), post("3", "b"))
    )
    assert [row.id for row in claim(store)] == [a1, b1]
    assert claim(store) == [], "while the first is under way"
    row = delivery(store, a1)
    store.write_now(lambda work: outbox.put_back(work, row, "away", LATER))
    assert claim(store) == [], "and while it waits for its next try"
    assert [row.id for row in claim(store, now=LATER)] == [a1]
    store.write_now(lambda work: outbox.end(work, a1, "sending", "sent"))
    assert [row.id for row in claim(store)] == [a2]


@pytest.mark.parametrize(
    ("ends", "frees"),
    [
        (("sent",), True),
        (("failed",), True),  # a permanent failure holds nobody up
        (("unknown",), True),  # nor does what nobody knows
        (("cancelled",), True),
        (("queued",), False),  # a temporary failure does
        ((), False),  # and what is under way
        (("unknown", "queued"), False),  # settled: surely not sent, so it goes first again
    ],
)
def test_what_a_row_that_comes_first_means_for_the_next(
    store: Store, ticket: int, ends: tuple[str, ...], frees: bool
) -> None:
    first, second = store.write_now(lambda work: queue(work, ticket, post("1"), post("2")))
    claim(store)
    old = "sending"
    for end in ends:
        finish(store, first, old, end, not_before=micros(LATER))
        old = end
    assert due(store) == ([second] if frees else [])


def test_what_customers_wait_for_goes_first_and_marks_last(store: Store, ticket: int) -> None:
    mark = {"channel": "C0FRONT", "ts": "1.1", "emoji": "lock", "add": True}
    marked, drawn, shown, mailed = store.write_now(
        lambda work: queue(
            work,
            ticket,
            Queue("react", "slack", "react:1", mark),
            Queue("update", "slack", "card:1"),
            Queue("post", "slack", "slack:1", {"text": "words"}),
            Queue("mail", "support-mail", "out:1"),
        )
    )
    assert due(store) == [mailed, shown, marked, drawn]
    assert due(store, most=2) == [mailed, shown]


def test_a_held_row_waits_and_holds_up_what_comes_after_it(store: Store, ticket: int) -> None:
    held, after = store.write_now(
        lambda work: queue(work, ticket, post("1", held=True, not_before=LATER), post("2"))
    )
    assert due(store) == []
    assert store.read_now(lambda work: outbox.next_due(work, NOW)) == LATER
    assert due(store, LATER) == [held]
    store.write_now(
        lambda work: (
            apply.apply(work, tickets.state(work, ticket), (SetOutbox(held, "cancelled"),), NOW).ticket
        )
    )
    assert due(store) == [after]


def test_an_attempt_is_counted_before_it_is_made(store: Store, ticket: int) -> None:
    (row_id,) = store.write_now(lambda work: queue(work, ticket, post()))
    claim(store, "me")
    (row,) = rows(store, outbox_table, id=row_id)
    assert (row["state"], row["attempts"], row["claimed_by"]) == ("sending", 1, "me")


def test_a_throttled_row_has_not_been_tried(store: Store, ticket: int) -> None:
    (row_id,) = store.write_now(lambda work: queue(work, ticket, post()))
    for _ in range(3):
        (row,) = claim(store)
        put_back(store, row, "429", counted=False)
    assert (delivery(store, row_id).attempts, state(store, row_id)) == (0, "queued")
    (row,) = claim(store)
    put_back(store, row, "503")
    assert delivery(store, row_id).attempts == 1


def test_what_was_begun_is_never_held_again(store: Store, ticket: int) -> None:
    """Its bytes are made: an edit could no longer reach them."""
    (row_id,) = store.write_now(lambda work: queue(work, ticket, post(held=True, not_before=NOW)))
    (row,) = claim(store)
    store.write_now(lambda work: outbox.put_back(work, row, "429", NOW, counted=False))
    assert state(store, row_id) == "queued"


def test_a_row_ends_by_the_table_of_moves(store: Store, ticket: int) -> None:
    (row_id,) = store.write_now(lambda work: queue(work, ticket, post()))
    claim(store)
    store.write_now(lambda work: outbox.end(work, row_id, "sending", "sent"))
    with pytest.raises(BrokenInvariant):
        store.write_now(lambda work: outbox.end(work, row_id, "sent", "queued"))
    with pytest.raises(BrokenInvariant):
        store.write_now(
            lambda work: (
                apply.apply(work, tickets.state(work, ticket), (SetOutbox(row_id, "cancelled"),), NOW).ticket
            )
        )
    assert state(store, row_id) == "sent"


def test_a_key_is_unique_and_stays_the_same(store: Store, ticket: int) -> None:
    store.write_now(
        lambda work: queue(work, ticket, *[post(conversation=str(number)) for number in range(5)])
    )
    keys = [row["key"] for row in rows(store, outbox_table)]
    assert len(set(keys)) == 5
    claim(store)
    assert [row["key"] for row in rows(store, outbox_table)] == keys
    with pytest.raises(Exception, match=r"(?i)unique"):
        store.write_now(
            lambda work: work.update(outbox_table, rows(store, outbox_table)[0]["id"], key=keys[1])
        )


# ── unknown outcomes ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_deliveries_of_the_dead_are_of_unknown_outcome(store: Store, ticket: int) -> None:
    said = [Queue("alert", "slack", name, {"place": "C0", "text": name}) for name in ("a", "b")]
    first, second = store.write_now(lambda work: queue(work, ticket, *said))
    claim(store, "dead")
    assert store.write_now(leases.take_over) == 2
    assert [state(store, row_id) for row_id in (first, second)] == ["unknown", "unknown"]
    assert "stopped before an answer" in (delivery(store, first).error or "")


def test_what_does_no_harm_twice_keeps_its_place_when_its_sender_dies(store: Store, ticket: int) -> None:
    """A mark that was being put on must not be put on after the row that takes it off."""
    first, second = store.write_now(lambda work: queue(work, ticket, post("1"), post("2")))
    claim(store, "dead")
    assert store.write_now(leases.take_over) == 1
    assert [state(store, row_id) for row_id in (first, second)] == ["queued", "queued"]
    assert [row.id for row in claim(store)] == [first]


def test_deliveries_of_the_living_are_left_alone(store: Store, ticket: int) -> None:
    (row_id,) = store.write_now(lambda work: queue(work, ticket, post()))
    store.write_now(lambda work: leases.alive(work, "alive"))
    claim(store, "alive")
    assert store.write_now(leases.take_over) == 0
    assert state(store, row_id) == "sending"


def test_an_unknown_outcome_is_looked_at_by_one_and_not_at_once_again(store: Store, ticket: int) -> None:
    (row_id,) = store.write_now(lambda work: queue(work, ticket, post()))
    (row,) = claim(store)
    store.write_now(lambda work: sending.unknown(work, row, "no answer", NOW))
    assert [one.id for one in store.write_now(lambda work: outbox.unsettled(work, NOW, 5))] == [row_id]
    assert store.write_now(lambda work: outbox.unsettled(work, NOW, 5)) == []
    assert len(store.write_now(lambda work: outbox.unsettled(work, LATER, 5))) == 1


def test_what_agents_see_goes_again_and_says_so(store: Store, ticket: int) -> None:
    (row_id,) = store.write_now(lambda work: queue(work, ticket, post()))
    (row,) = claim(store)
    store.write_now(lambda work: sending.unknown(work, row, "no answer", NOW))
    store.write_now(lambda work: sending.ask(work, SETTINGS, row, "no answer", NOW, timedelta(seconds=5)))
    assert store.read_now(lambda work: outbox.next_due(work, NOW)) == NOW + timedelta(seconds=5)
    assert state(store, row_id) == "queued"
    assert store.read_now(lambda work: outbox.load(work, row_id)).payload["again"] is True


def test_what_only_a_person_can_settle_comes_due_never(store: Store, ticket: int) -> None:
    (row_id,) = store.write_now(lambda work: queue(work, ticket, post()))
    (row,) = claim(store)
    store.write_now(lambda work: sending.unknown(work, row, "no answer", NOW))
    mine = replace(row, kind="mail")
    store.write_now(lambda work: sending.ask(work, SETTINGS, mine, "no answer", NOW, timedelta(seconds=5)))
    assert rows(store, outbox_table)[0]["not_before"] == NEVER
    assert store.read_now(lambda work: outbox.next_due(work, NOW)) is None
    assert store.write_now(lambda work: outbox.unsettled(work, NOW + timedelta(days=999), 5)) == []
    assert state(store, row_id) == "unknown"


def test_only_what_may_yet_be_found_in_the_same_place_is_undecided(store: Store, ticket: int) -> None:
    """Whoever answers to a message in another channel, or beside a post that only a person can settle, waits for nothing."""

    def since(place: str = "C1") -> datetime | None:
        return store.read_now(lambda work: undecided.since(work, "slack", place))

    payload = {"channel": "C1", "text": "x"}
    (row,) = store.write_now(
        lambda work: queue(work, ticket, Queue("post", "slack", "slack:1", payload), post("1", "b"))
    )[:1]
    assert since() is None, "it wasn't sent yet"
    store.write_now(lambda work: outbox.begin(work, outbox.load(work, row), "a", NOW))
    assert (since(), since("C2")) == (NOW, None)
    finish(store, row, "sending", "unknown", not_before=micros(LATER))
    assert (since(), since("C2")) == (NOW, None)
    finish(store, row, "unknown", "unknown", not_before=NEVER)
    assert since() is None
