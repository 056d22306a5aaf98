"""Mails of ours, found by the Message-ID they went out with."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from deskd.store.tables import messages, reference_ids
from deskd.store.work import Statement, Work
from deskd.threads import reference_key

_BY_ID = Statement(
    select(messages.c.id, messages.c.ticket_id, messages.c.rfc_id)
    .join(reference_ids, reference_ids.c.conversation_id == messages.c.conversation_id)
    .where(
        reference_ids.c.rfc_id == bindparam("key"),
        messages.c.direction == "out",
        messages.c.rfc_id.is_not(None),
    )
    .order_by(messages.c.id.desc())
)


def find(work: Work, rfc_id: str) -> tuple[int, int] | None:
    """The message that went out with this id, in whatever case it comes back, and its ticket."""
    key = reference_key(rfc_id)
    for row in work.rows(_BY_ID, key=key):
        if reference_key(row["rfc_id"]) == key:
            return row["id"], row["ticket_id"]
    return None
