"""Remembers where Slack put what the outbox sent: a card's thread, a post's ts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select

from deskd.model import Receipt
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
            surface="slack",
            channel=bindparam("channel"),
            ts=bindparam("ts"),
            role=bindparam("role"),
        )
        .on_conflict_do_nothing()
    )
)


def remember(work: Work, row: OutboxRow, receipt: Receipt, now: datetime) -> None:
    """A card's ts becomes its anchor's thread, under the channel's id even where the configuration has its name."""
    channel = receipt.place or work.value(_CHANNEL, the_id=row.anchor_id)
    if row.kind == "card" and row.anchor_id is not None:
        work.update(anchors, row.anchor_id, thread=receipt.external_id, channel=channel)
    work.run(
        _POST,
        ticket_id=row.ticket_id,
        message_id=row.message_id,
        channel=channel,
        ts=receipt.external_id,
        role="card" if row.kind == "card" else "source" if row.payload.get("written") else "message",
    )
