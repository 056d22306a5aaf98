"""How the desk stands, read from the tables, and alerts as rows of the outbox; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from deskd.model import RawMessage, SendMail
from deskd.store import Store, Work, inbox, schema
from deskd.store.alerts import queue_mail, queue_post
from deskd.store.figures import Figures, figures, touch
from deskd.store.tables import counters
from deskd.store.tables import inbox as inbox_table
from deskd.store.tables import outbox as outbox_table
from deskd.store.times import micros

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATE = NOW - timedelta(minutes=15)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store.open(database_url)
    schema.prepare(opened, upgrade=False)
    yield opened
    opened.close()


def keep(work: Work, number: int, ago: timedelta, **values: object) -> int:
    raw = RawMessage("support-mail", "smtp", str(number), b"From: a@b.example\r\n\r\n")
    row_id = inbox.accept(work, raw, "0" * 64, None, NOW - ago)
    assert row_id is not None
    if values:
        work.update(inbox_table, row_id, **values)
    return row_id


def queue(work: Work, key: str, ago: timedelta, kind: str = "card", **values: object) -> None:
    queue_post(work, "slack", key, "C0ADMINS", "x", NOW - ago)
    row = work.once(outbox_table.select().where(outbox_table.c.key == key))[0]
    work.update(outbox_table, row["id"], kind=kind, **values)


def test_an_empty_desk(store: Store) -> None:
    assert store.read_now(lambda work: figures(work, LATE)) == Figures()


def test_what_waits_is_late_or_needs_a_person(store: Store) -> None:
    def fill(work: Work) -> None:
        keep(work, 1, timedelta(minutes=3))
        keep(work, 2, timedelta(minutes=2), state="working")
        keep(work, 3, timedelta(minutes=9), state="quarantined", reason="no head")
        keep(work, 4, timedelta(minutes=9), state="discarded", reason="spam")
        queue(work, "fresh", timedelta(minutes=1))
        queue(work, "late", timedelta(minutes=16), error="channel_not_found")
        queue(work, "held", timedelta(minutes=20), "mail", state="held")
        queue(work, "sent", timedelta(minutes=20), state="sent")
        queue(work, "unknown", timedelta(minutes=5), state="unknown")
        queue(work, "card refused", timedelta(minutes=5), state="failed", error="is_archived")
        queue(work, "reply refused", timedelta(minutes=5), "mail", state="failed")  # its agent knows
        queue(work, "alert refused", timedelta(minutes=5), "alert", state="failed")

    store.write_now(fill)
    found = store.read_now(lambda work: figures(work, LATE))
    assert (found.inbox_waiting, found.oldest_inbox, found.quarantined) == (2, NOW - timedelta(minutes=3), 1)
    assert (found.outbox_waiting, found.outbox_unknown, found.outbox_failed) == (3, 1, 3)
    assert found.oldest_outbox == NOW - timedelta(minutes=20)
    assert [(one.channel, one.kind, one.why) for one in found.late] == [
        ("slack", "card", "channel_not_found")
    ]
    assert [one.why for one in found.newest_quarantined] == ["no head"]
    assert [one.why for one in found.newest_failed] == ["is_archived"]
    assert len(found.newest_unknown) == 1


def test_an_alert_is_queued_once_for_a_key(store: Store) -> None:
    mail = SendMail("", ("ops@acme.example",), b"Subject: x\r\n\r\n", "id@acme.example")

    def twice(work: Work) -> set[str]:
        for _ in range(2):
            queue_post(work, "slack", "k1", "C0ADMINS", "🚨 x", NOW)
            queue_mail(work, "support-mail", "k2", mail, NOW)
        return set(work.woken)

    assert "outbox" in store.write_now(twice)
    rows = store.read_now(lambda work: work.once(outbox_table.select().order_by(outbox_table.c.id)))
    assert [(row["channel"], row["kind"], row["not_before"]) for row in rows] == [
        ("slack", "alert", micros(NOW)),
        ("support-mail", "alert", micros(NOW)),
    ]
    assert bytes(rows[1]["content"]) == mail.content


def test_trying_to_write_leaves_one_row_however_often(store: Store) -> None:
    for minute in range(3):

        def write(work: Work, minute: int = minute) -> None:
            touch(work, NOW + timedelta(minutes=minute))

        store.write_now(write)
    rows = store.read_now(lambda work: work.once(counters.select()))
    assert [row["value"] for row in rows if row["name"] == "health"] == [micros(NOW + timedelta(minutes=2))]
