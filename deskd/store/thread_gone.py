"""What becomes of a ticket's thread that was deleted on the other side: a new card makes a new one, and all that waits goes into that."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import bindparam, select

from deskd.desk.changes import Queue
from deskd.store import apply, tickets
from deskd.store.outbox import OutboxRow
from deskd.store.tables import anchors
from deskd.store.tables import outbox as rows
from deskd.store.work import Statement, Work

_ANCHOR = Statement(select(anchors).where(anchors.c.id == bindparam("the_id")))


def begin_anew(work: Work, row: OutboxRow, thread: str | None, now: datetime) -> None:
    """`row` was to go into `thread`. A card that was on its way into it makes another one; for all else there is a new card, and while the anchor has no thread
    nothing else goes."""
    if row.kind == "card":
        payload = {name: value for name, value in row.payload.items() if name != "topic"}
        work.update(rows, row.id, payload=json.dumps(payload, ensure_ascii=False))
        return
    anchor = work.row(_ANCHOR, the_id=row.anchor_id) if row.anchor_id is not None else None
    if anchor is None or row.ticket_id is None or anchor["thread"] != thread:
        return  # another row has seen to it already
    work.update(anchors, anchor["id"], thread=None)
    card = Queue("card", anchor["account"], f"card-anew:{anchor['id']}", anchor_id=anchor["id"])
    apply.apply(work, tickets.state(work, row.ticket_id), (card,), now)
