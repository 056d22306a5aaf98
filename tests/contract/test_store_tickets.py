"""Tickets found again, on both databases."""

from __future__ import annotations

import pytest

from deskd.store import Store, Work, tickets
from tests.support.store import open_ticket


@pytest.fixture
def ref(store: Store) -> str:
    ticket_id = store.write_now(open_ticket)
    ticket = store.read_now(lambda work: tickets.load(work, ticket_id))
    assert ticket is not None
    return ticket.ref


def found(store: Store, ref: str) -> str | None:
    """The reference of what is found by `ref`."""

    def look(work: Work) -> str | None:
        ticket_id = tickets.by_ref(work, ref)
        ticket = tickets.load(work, ticket_id) if ticket_id is not None else None
        return ticket.ref if ticket else None

    return store.read_now(look)


def test_a_reference_finds_its_ticket_however_it_is_written(store: Store, ref: str) -> None:
    for written in (ref, ref.lower(), ref.upper(), f"[{ref}]", f" {ref} "):
        assert found(store, written) == ref, written


@pytest.mark.parametrize(
    "change",
    [
        lambda ref: "OTHER-" + ref.rpartition("-")[2],  # another desk's, or a former prefix
        lambda ref: ref.replace("-", "-0"),  # a leading zero is another word
        lambda ref: ref + "0",
        lambda ref: ref.rpartition("-")[0],
        lambda ref: ref.rpartition("-")[0] + "-" + "9" * 40,  # no database holds such a number
        lambda ref: ref.rpartition("-")[0] + "-١٠٠١",  # digits to Python's eyes
        lambda ref: "",
    ],
)
def test_what_only_looks_like_a_reference_finds_nothing(store: Store, ref: str, change: object) -> None:
    assert callable(change)
    assert found(store, change(ref)) is None


def test_looking_for_a_reference_uses_an_index(store: Store, ref: str) -> None:
    sql, _ = tickets._BY_NUMBER.sql(store.dialect)

    def plan(work: Work) -> str:
        if work.dialect == "sqlite":
            work._cursor.execute(f"EXPLAIN QUERY PLAN {sql}", {"number": 1})
        else:
            work._cursor.execute(
                "SET LOCAL enable_seqscan = off", {}
            )  # else it walks through a table this small, and rightly so
            work._cursor.execute(f"EXPLAIN {sql}", {"number": 1})
        return str(work._cursor.fetchall()).upper()

    assert "INDEX" in store.read_now(plan)
