"""Remembers where Slack, or Telegram, put what the outbox sent: a card's thread, a post's id."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select

from deskd.model import Receipt, surface_of
from deskd.store.outbox import OutboxRow
from deskd.store.tables import anchors, posts
from deskd.store.work import Statement, Work, upsert

_CHANNEL = Statement(select(anchors.c.channel).where(anchors.c.id == bindparam("the_id")))
_POST = Statement(
    lambda dialect: (
        upsert(dialect, posts)
        .values(
            ticket_id=bindparam("ticket_id"),
            message_id=bindparam("message_id"),
            surface=bindparam("on"),
            channel=bindparam("channel"),
            ts=bindparam("ts"),
            role=bindparam("role"),
        )
        .on_conflict_do_nothing()
    )
)


def remember(work: Work, row: OutboxRow, receipt: Receipt, now: datetime) -> None:
    """A card's id becomes its anchor's thread, unless it stands in one that was made for it; under the channel's id even where the configuration has its name.

    What went as several messages has several ids, with commas between them.
    """
    channel = receipt.place or work.value(_CHANNEL, the_id=row.anchor_id)
    ids = receipt.external_id.split(",")
    if row.kind == "card" and row.anchor_id is not None:
        inside = {"card": ids[0]} if receipt.thread else {}
        work.update(anchors, row.anchor_id, thread=receipt.thread or ids[0], channel=channel, **inside)
    for one in ids:
        work.run(
            _POST,
            on=surface_of(channel),
            ticket_id=row.ticket_id,
            message_id=row.message_id,
            channel=channel,
            ts=one,
            role="card" if row.kind == "card" else "source" if row.payload.get("written") else "message",
        )
