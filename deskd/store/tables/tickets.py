"""Tickets and what hangs on them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
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

tickets = Table(
    "tickets",
    metadata,
    identity(),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("ref", String(60), nullable=False, unique=True),
    Column("subject", Text, nullable=False),
    Column("status", String(20), nullable=False),
    Column("priority", String(20), nullable=False),
    Column("priority_set", Integer, nullable=False, server_default="0"),
    Column("urgency", String(20), nullable=False),
    Column("impact", String(20), nullable=False),
    Column("channel", String(100), nullable=False),
    Column("team", String(100)),
    Column("level", Integer, nullable=False),
    Column("assignee", String(100)),
    Column("language", String(10), nullable=False),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False),
    Column("created_at", Micros, nullable=False),
    Column("updated_at", Micros, nullable=False),
    Column("first_response_at", Micros),
    Column("resolved_at", Micros),
    Column("closed_at", Micros),
    Column("pending_until", Micros),
    Column("due_at", Micros),
    Column("messages", Integer, nullable=False, server_default="0"),
    Column("escalations", Integer, nullable=False, server_default="0"),
    Column("merged_into", Id),
    Column("warned", Text, nullable=False, server_default=""),
    Column("quarantined", Integer, nullable=False, server_default="0"),
    Column("waiting", String(20), nullable=False, server_default=""),  # why nobody has it: model.Waiting
    Column(
        "skills", Text, nullable=False, server_default="[]"
    ),  # JSON list: what a rule wants its agent to know
    Column("handed_at", Micros),  # since when a handoff waits for the taking team's word; NULL: none does
    CheckConstraint("status IN ('new','open','pending','hold','resolved','closed','spam')", name="status"),
)
Index(None, tickets.c.contact_id, tickets.c.id)
Index(
    "ix_tickets_load",
    tickets.c.assignee,
    tickets.c.priority,
    sqlite_where=tickets.c.status.in_(("new", "open", "pending", "hold")),
)
Index(
    "ix_tickets_queue",
    tickets.c.team,
    tickets.c.id,
    sqlite_where=tickets.c.waiting != "",
)

ticket_tags = Table(
    "ticket_tags",
    metadata,
    Column("ticket_id", Id, ForeignKey("tickets.id"), primary_key=True),
    Column("tag", String(100), primary_key=True),
)
Index(None, ticket_tags.c.tag, ticket_tags.c.ticket_id)

conversations = Table(  # an exchange with the outside: a mail thread, a chat. Joined to tickets by a table, so merge and split can be undone
    "conversations",
    metadata,
    identity(),
    Column("channel", String(100), nullable=False),
    Column("thread_key", String(300)),  # a chat's id; NULL for mail, whose ids stand in reference_ids
    Column("created_at", Micros, nullable=False),
)
Index(None, conversations.c.channel, conversations.c.thread_key)

ticket_conversations = Table(
    "ticket_conversations",
    metadata,
    identity(),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("conversation_id", Id, ForeignKey("conversations.id"), nullable=False),
    Column("since", Micros, nullable=False),
    Column("until", Micros),  # NULL: now
)
Index(None, ticket_conversations.c.conversation_id)
Index(None, ticket_conversations.c.ticket_id)

participants = Table(  # who besides the contact may write into a ticket, and who let them in
    "participants",
    metadata,
    identity(),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("address", String(500), nullable=False),
    Column("state", String(20), nullable=False),  # accepted | proposed
    Column("actor", String(200), nullable=False),
    Column("at", Micros, nullable=False),
    UniqueConstraint("ticket_id", "address"),
)

links = Table(
    "links",
    metadata,
    identity(),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("other_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("kind", String(20), nullable=False),  # related | follow_up | merged | split
    Column("because", Text, nullable=False),
    Column("at", Micros, nullable=False),
    UniqueConstraint("ticket_id", "other_id", "kind"),
)
Index(None, links.c.other_id)

anchors = Table(  # where a ticket is shown to agents; it may be in more than one thread
    "anchors",
    metadata,
    identity(),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("surface", String(20), nullable=False),
    Column("account", String(100), nullable=False),
    Column("channel", String(200), nullable=False),
    Column("thread", String(100)),
    Column(
        "card", String(100)
    ),  # the card's own id, where it isn't the thread's as well (a topic in Telegram)
    Column("role", String(20), nullable=False),
    Column("created_at", Micros, nullable=False),
    UniqueConstraint("surface", "account", "channel", "thread"),
)
Index(None, anchors.c.ticket_id)
Index(None, anchors.c.thread)

events = Table(  # the audit trail
    "events",
    metadata,
    identity(),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("at", Micros, nullable=False),
    Column("actor", String(600), nullable=False),
    Column("type", String(50), nullable=False),
    Column("data", Text, nullable=False),  # JSON
)
Index(None, events.c.ticket_id)

deadlines = Table(  # what the clock must do: a due row becomes a command
    "deadlines",
    metadata,
    identity(),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("kind", String(50), nullable=False),  # pending | close | …
    Column("at", Micros, nullable=False),
    UniqueConstraint("ticket_id", "kind"),
)
Index(None, deadlines.c.at)

clock_segments = (
    Table(  # which level had a ticket when, and in which status: all clocks are computed from these
        "clock_segments",
        metadata,
        identity(),
        Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
        Column("level", Integer, nullable=False),
        Column("team", String(100)),
        Column("status", String(20), nullable=False),
        Column("since", Micros, nullable=False),
        Column("until", Micros),
    )
)
Index(None, clock_segments.c.ticket_id)
