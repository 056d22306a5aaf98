"""What came in: the inbox."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from deskd.store.tables.schema import Id, Micros, identity, metadata

inbox = Table(
    "inbox",
    metadata,
    identity(),
    Column("channel", String(100), nullable=False),
    Column("source", String(20), nullable=False),
    Column("external_id", String(300), nullable=False),
    Column("sha256", String(64), ForeignKey("blobs.sha256"), nullable=False),
    Column("envelope", Text),  # JSON of model.Envelope
    Column("live", Integer, nullable=False, server_default="1"),
    Column("order_key", String(300)),  # rows of one key are worked on one after the other
    Column("received_at", Micros, nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", Micros, nullable=False, server_default="0"),
    Column("claimed_by", String(200)),
    Column("reason", Text),
    Column("ticket_id", Id),
    Column("message_id", Id),  # for a duplicate: of which
    Column("facts", Text),  # JSON: what the rules were told besides the message (deskd.rules.record)
    Column("parser_version", Integer),
    Column("auth", Text),  # JSON of model.AuthVerdict
    UniqueConstraint("channel", "source", "external_id"),
    CheckConstraint(
        "state IN ('received','working','filed','applied','duplicate','discarded','quarantined')",
        name="state",
    ),
    CheckConstraint("state <> 'filed' OR (ticket_id IS NOT NULL AND message_id IS NOT NULL)", name="filed"),
    CheckConstraint("state <> 'duplicate' OR message_id IS NOT NULL", name="duplicate"),
    CheckConstraint("state NOT IN ('discarded','quarantined') OR reason IS NOT NULL", name="reason"),
)
Index(
    "ix_inbox_waiting",
    inbox.c.id,
    sqlite_where=inbox.c.state.in_(("received", "working")),
)
Index(
    "ix_inbox_order",
    inbox.c.order_key,
    inbox.c.id,
    sqlite_where=inbox.c.state.in_(("received", "working")),
)
Index(
    "ix_inbox_quarantined",
    inbox.c.id,
    sqlite_where=inbox.c.state == "quarantined",
)
