"""The inbox, on both databases: kept once, claimed by one, counted before it is begun, ended for good."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from deskd.errors import BrokenInvariant
from deskd.model import Envelope
from deskd.store import Store, blobs, inbox, leases
from deskd.store.inbox import InboxRow
from deskd.store.tables import blobs as contents
from deskd.store.tables import inbox as inbox_table
from tests.support.desk import NOW
from tests.support.store import accept, raw, rows

LATER = NOW + timedelta(minutes=10)


def keep(store: Store, external_id: str, order_key: str | None = None, **values: Any) -> int:
    """The row's id; 0 when the delivery was here already."""
    return store.write_now(lambda work: accept(work, raw(external_id, **values), order_key)) or 0


def claim(
    store: Store, worker: str = "a", most: int = 64, now: datetime = NOW, **values: Any
) -> list[InboxRow]:
    return store.write_now(lambda work: inbox.claim(work, worker, now, most, **values))


def end(store: Store, row_id: int, state: str, **values: Any) -> None:
    store.write_now(lambda work: inbox.end(work, row_id, state, **values))


def die(store: Store, most: int = 64) -> list[int]:
    """A worker takes rows and is killed; which ones it had."""
    taken = claim(store, "dead", most)
    store.write_now(leases.take_over)
    return ids(taken)


def ours(store: Store, row_id: int, worker: str) -> bool:
    return store.read_now(lambda work: inbox.still_ours(work, row_id, worker))


def ids(found: list[InboxRow]) -> list[int]:
    return [row.id for row in found]


def states(store: Store) -> list[str]:
    return [row["state"] for row in rows(store, inbox_table)]


def test_what_is_kept_comes_back_as_it_was(store: Store) -> None:
    payload = bytes(range(256)) * 3  # not even text
    envelope = Envelope(
        "maria@cliente.example", ("support+x@acme.example", "b@acme.example"), "192.0.2.7", "mx"
    )
    keep(store, "1", payload=payload, envelope=envelope, live=False)
    (row,) = claim(store)
    assert (row.payload, row.envelope, row.live, row.received_at) == (payload, envelope, False, NOW)
    assert (row.channel, row.source, row.attempts, row.ticket_id) == ("support-mail", "imap", 1, None)


def test_the_same_delivery_again_is_the_same_row(store: Store) -> None:
    assert keep(store, "1")
    assert not keep(store, "1", payload=b"another text, the same id")
    assert keep(store, "1", source="slack"), "an id is unique within its channel and source"
    assert keep(store, "1", channel="billing-mail")
    assert len(rows(store, inbox_table)) == 3


def test_content_is_kept_once_and_counted(store: Store) -> None:
    keep(store, "1")
    keep(store, "2")
    keep(store, "2")
    (content,) = rows(store, contents)
    assert (content["refs"], content["size"]) == (2, len(raw().payload))
    assert store.read_now(lambda work: blobs.data_of(work, content["sha256"])) == raw().payload
    with pytest.raises(LookupError):
        store.read_now(lambda work: blobs.data_of(work, "0" * 64))


def test_rows_are_claimed_oldest_first_and_by_one_worker(store: Store) -> None:
    kept = [keep(store, str(number)) for number in range(5)]
    assert ids(claim(store, "a", 3)) == kept[:3]
    assert ids(claim(store, "b")) == kept[3:]
    assert claim(store, "c") == []
    assert states(store) == ["working"] * 5


def test_an_attempt_is_counted_before_it_is_made(store: Store) -> None:
    keep(store, "1")
    assert claim(store)[0].attempts == 1
    assert rows(store, inbox_table)[0]["attempts"] == 1


def test_rows_that_were_begun_before_come_one_at_a_time_beside_the_others(store: Store) -> None:
    """One may be what killed its worker: it must hold nobody up, and no other must be begun in vain beside it again."""
    first, second, third, fourth = (keep(store, str(number)) for number in range(4))
    die(store, most=2)
    assert ids(claim(store, "a")) == [third, fourth, first], "however many new ones come, it has its turn"
    assert claim(store, "a", idle=False, again=False) == []
    assert ids(claim(store, "a", idle=False)) == [second]


def test_a_row_that_kills_its_worker_costs_no_other_more_than_one_attempt(store: Store) -> None:
    poison, deaths = keep(store, "poison"), 0
    for number in range(12):  # new ones keep coming
        keep(store, str(number))
        taken = claim(store, "dead", most=2)
        assert all(row.attempts <= 2 for row in taken if row.id != poison)
        if any(row.id == poison for row in taken):
            deaths += 1
            store.write_now(leases.take_over)
        else:
            for row in taken:
                end(store, row.id, "discarded", reason="read")
    assert deaths >= 4, "it comes in its turn, until it has had all its attempts"


def test_of_many_deaths_by_chance_no_row_gets_more_than_its_share(store: Store) -> None:
    """Whatever a worker had in hand when it was killed counts an attempt: the next one begins with another row."""
    kept = [keep(store, str(number)) for number in range(3)]
    die(store, most=3)
    assert [die(store)[0] for _ in range(6)] == [*kept, *kept]


def test_a_worker_takes_no_more_bytes_than_it_has_room_for(store: Store) -> None:
    kept = [keep(store, str(number), payload=bytes([number]) * 100) for number in range(4)]
    assert ids(claim(store, room=250)) == kept[:2]
    assert claim(store, room=50, idle=False) == []
    assert ids(claim(store, room=50)) == kept[2:3], "but a large one must get its turn"


def test_rows_of_one_order_are_worked_on_one_after_the_other(store: Store) -> None:
    a1, a2 = keep(store, "1", "slack:C1"), keep(store, "2", "slack:C1")
    b1, free = keep(store, "3", "slack:C2"), keep(store, "4")
    assert ids(claim(store)) == [a1, b1, free]
    assert claim(store) == [], "the second of C1 waits for the first to end"
    end(store, a1, "discarded", reason="x")
    assert ids(claim(store)) == [a2]


def test_a_row_that_waits_for_its_next_try_holds_up_its_order_and_nobody_else(store: Store) -> None:
    first, _, other = keep(store, "1", "slack:C1"), keep(store, "2", "slack:C1"), keep(store, "3")
    claim(store, "a", 1)
    store.write_now(lambda work: inbox.put_back(work, first, "a", "away", LATER))
    assert ids(claim(store)) == [other]
    assert store.read_now(inbox.next_due) == LATER
    assert ids(claim(store, now=LATER)) == [first]


def test_what_was_put_back_comes_again_with_its_reason(store: Store) -> None:
    row_id = keep(store, "1")
    claim(store)
    store.write_now(lambda work: inbox.put_back(work, row_id, "a", "the store was away", NOW))
    (row,) = rows(store, inbox_table)
    assert (row["state"], row["reason"], row["attempts"], row["claimed_by"]) == (
        "received",
        "the store was away",
        1,
        None,
    )
    assert claim(store)[0].attempts == 2


def test_a_try_that_failed_for_a_passing_reason_does_not_count(store: Store) -> None:
    """However long the database or a name server is away, it is no fault of the message's."""
    row_id = keep(store, "1")
    for _ in range(5):
        assert claim(store)[0].attempts == 1
        store.write_now(lambda work: inbox.put_back(work, row_id, "a", "away", NOW, counted=False))


def test_only_its_own_worker_puts_a_row_back_or_ends_it(store: Store) -> None:
    """One that was taken for dead lost its rows to another."""
    row_id = keep(store, "1")
    claim(store, "slow")
    store.write_now(leases.take_over)
    claim(store, "quick")
    store.write_now(lambda work: inbox.put_back(work, row_id, "slow", "x", NOW))
    assert states(store) == ["working"]
    assert [ours(store, row_id, who) for who in ("slow", "quick")] == [False, True]


def test_a_row_ends_once(store: Store) -> None:
    row_id = keep(store, "1")
    claim(store)
    end(store, row_id, "discarded", reason="rule:x")
    for state in ("received", "working", "filed", "quarantined"):
        with pytest.raises(BrokenInvariant):
            end(store, row_id, state, reason="again")
    assert states(store) == ["discarded"]


@pytest.mark.parametrize(
    ("state", "values"),
    [
        ("filed", {}),  # of which ticket and message?
        ("filed", {"ticket_id": 1}),
        ("duplicate", {}),  # of which?
        ("discarded", {}),  # why?
        ("quarantined", {}),
    ],
)
def test_the_database_itself_refuses_an_end_without_its_facts(
    store: Store, state: str, values: dict[str, int]
) -> None:
    row_id = keep(store, "1")
    claim(store)
    with pytest.raises(Exception, match=r"(?i)constraint"):
        end(store, row_id, state, **values)
    assert states(store) == ["working"]


def test_a_command_claims_the_rows_it_waits_for(store: Store) -> None:
    kept = [keep(store, str(number)) for number in range(4)]
    taken = store.write_now(lambda work: inbox.claim_these(work, "cli", NOW, [kept[2], kept[0], 10**9]))
    assert ids(taken) == [kept[0], kept[2]]
    assert ids(claim(store)) == [kept[1], kept[3]]


def test_whether_anything_waits_up_to_a_row(store: Store) -> None:
    assert store.read_now(inbox.newest) == 0
    first, second = keep(store, "1"), keep(store, "2")
    assert store.read_now(inbox.newest) == second
    claim(store, "a", 1)
    end(store, first, "discarded", reason="x")
    assert not store.read_now(lambda work: inbox.is_waiting(work, first))
    assert store.read_now(lambda work: inbox.is_waiting(work, second))


# ── workers that live and die ────────────────────────────────────────────────────────────────────────────────────────


def test_the_rows_of_the_living_stay_theirs(store: Store) -> None:
    keep(store, "1")
    keep(store, "2")
    store.write_now(lambda work: leases.alive(work, "alive"))
    claim(store, "alive", 1)
    claim(store, "dead", 1)
    assert store.write_now(leases.take_over) == 1
    assert states(store) == ["working", "received"]


def test_a_lease_is_held_by_one_until_it_is_given_back(store: Store) -> None:
    def take(holder: str) -> bool:
        return store.write_now(lambda work: leases.take(work, "imap:support-mail", holder))

    assert take("a")
    assert take("a"), "renewed"
    assert not take("b")
    store.write_now(lambda work: leases.release_all(work, "a"))
    assert take("b")
    assert not take("a")


def test_a_worker_that_stops_gives_back_all_that_is_its_and_nothing_of_anothers(store: Store) -> None:
    """Nobody waits until its leases have run out: its accounts and the rows it had begun are free at once."""

    def take(name: str, holder: str) -> bool:
        return store.write_now(lambda work: leases.take(work, name, holder))

    keep(store, "1")
    keep(store, "2")
    for worker in ("stops", "stays"):
        store.write_now(lambda work, worker=worker: leases.alive(work, worker))  # type: ignore[misc]
        assert take(f"imap:{worker}", worker)
        assert take(f"account:{worker}", worker)
        claim(store, worker, 1)
    store.write_now(lambda work: leases.release_all(work, "stops"))
    assert take("imap:stops", "stays")
    assert take("account:stops", "stays")
    assert not take("imap:stays", "stops")
    assert not take("account:stays", "stops")
    assert store.write_now(leases.take_over) == 1
    assert states(store) == ["received", "working"]
