"""A ticket's thread that was deleted: a new card, and behind it what waits, on both databases."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from deskd import sending
from deskd.desk.changes import NEW, AddAnchor, Queue
from deskd.model import Receipt
from deskd.store import Store, Work, apply, outbox, tickets
from deskd.store.tables import anchors
from deskd.store.tables import outbox as rows_table
from tests.support.desk import NOW, SETTINGS
from tests.support.store import delivery, open_ticket, rows


@pytest.fixture
def shown(store: Store) -> tuple[int, int, int]:
    """A ticket in topic 77, with a post under way there: the anchor, its card's row, the post's."""
    ticket = store.write_now(open_ticket)

    def unit(work: Work) -> None:
        changes = (
            AddAnchor("slack", "C1"),
            Queue("card", "slack", "slack:1", {}, anchor_id=NEW),
            Queue("post", "slack", "slack:1", {"text": "x"}, anchor_id=NEW),
        )
        apply.apply(work, tickets.state(work, ticket), changes, NOW)

    store.write_now(unit)
    (anchor,) = [row["id"] for row in rows(store, anchors) if row["channel"] == "C1"]
    card, post = [row["id"] for row in rows(store, rows_table) if row["anchor_id"] == anchor]

    def sent(work: Work) -> None:
        work.update(anchors, anchor, thread="77")
        outbox.begin(work, outbox.load(work, card), "a", NOW)
        outbox.end(work, card, "sending", "sent", payload=json.dumps({"topic": "77"}))
        outbox.begin(work, outbox.load(work, post), "a", NOW)

    store.write_now(sent)
    return anchor, card, post


def gone(store: Store, row_id: int, thread: str = "77") -> None:
    store.write_now(
        lambda work: sending.thread_gone(
            work, outbox.load(work, row_id), thread, "deleted", NOW, timedelta(seconds=1)
        )
    )


def test_a_new_card_makes_a_new_thread_and_what_waits_goes_there(
    store: Store, shown: tuple[int, int, int]
) -> None:
    anchor, card, post = shown
    gone(store, post)
    assert rows(store, anchors, id=anchor)[0]["thread"] is None
    later = NOW + timedelta(seconds=2)
    taken = store.write_now(lambda work: sending.claim(work, SETTINGS, "a", later, 9, ()))
    (anew,) = [row for row, _ in taken if row.anchor_id == anchor]
    assert (anew.kind, anew.id > card) == ("card", True)
    assert delivery(store, post).error == "the card isn't posted yet"
    receipt = Receipt(external_id="5", place="C1", thread="88")
    store.write_now(lambda work: sending.sent(work, SETTINGS, anew, receipt, later))
    later += timedelta(seconds=2)
    taken = store.write_now(lambda work: sending.claim(work, SETTINGS, "a", later, 9, ()))
    assert [one.content.place.thread for row, one in taken if row.id == post] == ["88"]  # type: ignore[union-attr]


def test_a_thread_that_was_made_anew_already_stays(store: Store, shown: tuple[int, int, int]) -> None:
    anchor, card, post = shown
    store.write_now(lambda work: work.update(anchors, anchor, thread="88"))
    gone(store, post)
    assert rows(store, anchors, id=anchor)[0]["thread"] == "88"
    assert [row["id"] for row in rows(store, rows_table, kind="card") if row["id"] > card] == []


def test_a_card_on_its_way_into_a_deleted_thread_begins_again(
    store: Store, shown: tuple[int, int, int]
) -> None:
    anchor, _, post = shown
    gone(store, post)
    (anew,) = [
        row for row in rows(store, rows_table, kind="card", state="queued") if row["anchor_id"] == anchor
    ]
    store.write_now(lambda work: outbox.headed(work, outbox.load(work, anew["id"]), "88"))
    assert delivery(store, anew["id"]).payload == {"topic": "88"}
    gone(store, anew["id"], "88")
    assert (delivery(store, anew["id"]).state, delivery(store, anew["id"]).payload) == ("queued", {})
