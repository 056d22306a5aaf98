"""What goes out: the outbox."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from deskd.store.tables.schema import Id, Micros, identity, metadata

outbox = Table(
    "outbox",
    metadata,
    identity(),  # the order within a conversation
    Column("key", String(64), nullable=False, unique=True),
    Column("channel", String(100), nullable=False),  # the account it goes through
    Column("ticket_id", Id, ForeignKey("tickets.id")),
    Column("message_id", Id, ForeignKey("messages.id")),
    Column("anchor_id", Id, ForeignKey("anchors.id")),
    Column("kind", String(20), nullable=False),  # post, mail, …: see `store/packing.py`
    Column("conversation", String(300), nullable=False),
    Column("lane", String(300), nullable=False),  # what the other side counts when it asks for a slower pace
    Column("payload", Text, nullable=False),  # JSON, by kind
    Column("content", LargeBinary),  # the exact bytes, from the first attempt on
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", Micros, nullable=False),
    Column("created_at", Micros, nullable=False),
    Column("sent_at", Micros),
    Column("claimed_by", String(200)),
    Column("external_id", Text),
    Column("error", Text),
    CheckConstraint(
        "state IN ('held','queued','sending','sent','failed','bounced','unknown','cancelled')", name="state"
    ),
)
_WAITING = ("held", "queued", "sending")
Index(
    "ix_outbox_due",
    outbox.c.lane,
    outbox.c.not_before,
    outbox.c.id,
    sqlite_where=outbox.c.state.in_(_WAITING),
)
Index(
    "ix_outbox_conversation",
    outbox.c.conversation,
    outbox.c.id,
    sqlite_where=outbox.c.state.in_(_WAITING),
)
Index(
    "ix_outbox_unsettled",
    outbox.c.id,
    sqlite_where=outbox.c.state.in_(("unknown", "failed")),
)
Index(None, outbox.c.message_id)
Index(None, outbox.c.ticket_id)
