"""What is new in a database: lines of the audit trail, and the texts that were queued for people together with them."""

from __future__ import annotations

import json
from typing import Final

from sqlalchemy import func, select

from deskd.stats import Happened
from deskd.store.tables import events, messages, outbox
from deskd.store.times import moment
from deskd.store.work import Work

TOLD: Final = frozenset({"post", "ephemeral", "mail", "slack", "telegram"})
"""Kinds of rows in the outbox that tell somebody something."""
Seen = tuple[int, int]
"""The newest line of the trail and the newest row of the outbox that are known."""


def last(work: Work) -> Seen:
    newest = [
        work.once(select(func.coalesce(func.max(table.c.id), 0).label("id")))[0]["id"]
        for table in (events, outbox)
    ]
    return newest[0], newest[1]


def since(work: Work, seen: Seen) -> tuple[list[Happened], tuple[str, ...], Seen]:
    """What happened after `seen`, the texts queued meanwhile, and up to where that goes."""
    happened = work.once(select(events).where(events.c.id > seen[0]).order_by(events.c.id))
    queued = work.once(
        select(outbox.c.id, outbox.c.kind, outbox.c.payload, messages.c.text)
        .join(messages, messages.c.id == outbox.c.message_id, isouter=True)
        .where(outbox.c.id > seen[1])
        .order_by(outbox.c.id)
    )
    texts = [json.loads(row["payload"]).get("text") or row["text"] for row in queued if row["kind"] in TOLD]
    last_ = (happened[-1]["id"] if happened else seen[0], queued[-1]["id"] if queued else seen[1])
    lines = [
        Happened(row["type"], row["actor"], moment(row["at"]), json.loads(row["data"])) for row in happened
    ]
    return lines, tuple(str(text) for text in texts if text), last_
