"""Messages, what came with them, and where they are shown."""

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

messages = Table(
    "messages",
    metadata,
    identity(),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("conversation_id", Id, ForeignKey("conversations.id")),  # NULL for notes
    Column("inbox_id", Id, ForeignKey("inbox.id")),
    Column("direction", String(10), nullable=False),
    Column("author", String(600), nullable=False),
    Column("author_name", Text, nullable=False, server_default=""),
    Column("channel", String(100), nullable=False),
    Column("sent_at", Micros, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("html", Text),
    Column("language", String(10)),
    Column("kind", String(20), nullable=False),
    Column("rfc_id", Text),  # Message-ID without <>
    Column("rfc_references", Text),  # JSON list, oldest first
    Column("reply_to", Text),  # JSON list of [name, address]: where an answer goes
    Column("fingerprint", String(64)),
    Column("delivery", String(20)),
    Column("error", Text),
    Column("markup", Text),  # an agent's own words as Slack has them (mrkdwn)
    Column("rules_hash", String(64)),
    Column("rules_fired", Text),  # JSON: what fired, with the facts it saw
    CheckConstraint("direction IN ('in','out','note')", name="direction"),
)
Index(None, messages.c.ticket_id, messages.c.id)
Index(None, messages.c.fingerprint)
Index(None, messages.c.inbox_id)

message_versions = Table(  # the earlier texts of an edited message
    "message_versions",
    metadata,
    identity(),
    Column("message_id", Id, ForeignKey("messages.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("until", Micros, nullable=False),
    Column("actor", String(600), nullable=False),
)
Index(None, message_versions.c.message_id)

attachments = Table(
    "attachments",
    metadata,
    identity(),
    Column("message_id", Id, ForeignKey("messages.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("type", String(255), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), ForeignKey("blobs.sha256"), nullable=False),
    Column("cid", Text),
    Column("inline", Integer, nullable=False, server_default="0"),
    Column("origin", String(300)),  # in a chat: which of its messages, and which file, as `POST:FILE`
    Column("until", Micros),  # an edit put another in its place: when
)
Index(None, attachments.c.message_id)

reference_ids = Table(  # every id a ticket's mails carry or name, whether or not the desk has seen that mail
    "reference_ids",
    metadata,
    Column(
        "rfc_id", String(64), primary_key=True
    ),  # hex SHA-256 of the id: ids have no length limit, keys do
    Column("conversation_id", Id, ForeignKey("conversations.id"), primary_key=True),
    Column(
        "seen", Integer, nullable=False
    ),  # 1: the mail that carries this id is here; 0: it is only named by another
)

reply_tokens = Table(  # a signed reply address, bound to ticket and person; only its hash is kept
    "reply_tokens",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("address", String(500), nullable=False),
    Column("created_at", Micros, nullable=False),
    Column("replaced_at", Micros),  # a stranger brought it: it opens nothing any more
)
Index(None, reply_tokens.c.ticket_id)

posts = Table(  # which message in Slack, or in a Telegram chat, is which of ours, to recognise edits, deletions and reactions
    "posts",
    metadata,
    identity(),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("message_id", Id, ForeignKey("messages.id")),
    Column("surface", String(20), nullable=False),
    Column("channel", String(200), nullable=False),
    Column("ts", String(100), nullable=False),
    Column(
        "role", String(20), nullable=False
    ),  # card | message | source | further | album | notice | customer | sent
    UniqueConstraint("surface", "channel", "ts"),
)
Index(None, posts.c.message_id)
