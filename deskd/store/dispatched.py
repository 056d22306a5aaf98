"""Mails of ours, found by the Message-ID they went out with."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from deskd.store.tables import messages, reference_ids, ticket_conversations
from deskd.store.work import Statement, Work
from deskd.threads import reference_key

_BY_ID = Statement(
    select(messages.c.id, messages.c.ticket_id, messages.c.rfc_id)
    .select_from(
        reference_ids.join(
            ticket_conversations, ticket_conversations.c.conversation_id == reference_ids.c.conversation_id
        ).join(messages, messages.c.ticket_id == ticket_conversations.c.ticket_id)
    )
    .where(
        reference_ids.c.rfc_id == bindparam("key"),
        ticket_conversations.c.until.is_(None),
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
