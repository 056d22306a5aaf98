"""The schema. Times are microseconds since 1970 UTC in BIGINT, structured facts are JSON in TEXT, flags are 0 or 1.

So every value is one that both drivers take and give as it is, and statements can run on the driver's own cursor
(`store/work.py`). Migrations live in `migrations/`; a test holds that they end at exactly these tables.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives a table a real rowid only for INTEGER; PostgreSQL wants the width.
Id = BigInteger().with_variant(Integer(), "sqlite")
Micros = BigInteger


def _id() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=True)


# ── the desk itself ──────────────────────────────────────────────────────────────────────────────────────────────────

counters = Table(
    "counters",
    metadata,
    Column("name", String(100), primary_key=True),  # tickets, round_robin:TEAM
    Column("value", BigInteger, nullable=False),
)

keys = Table(  # HMAC keys of our Message-IDs; the newest one without `retired_at` signs, all of them verify
    "keys",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("secret", LargeBinary, nullable=False),
    Column("created_at", Micros, nullable=False),
    Column("retired_at", Micros),
)

leases = Table(  # who polls an account, who runs the clock; times are the database's own
    "leases",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("holder", String(200), nullable=False),
    Column("until", Micros, nullable=False),
)

blobs = Table(  # raw messages and attachments, by content; `refs` counts the rows that name one
    "blobs",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("refs", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

rule_sets = Table(
    "rule_sets",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("source", Text, nullable=False),  # JSON: file name -> text
    Column("first_used_at", Micros, nullable=False),
)

# ── what came in ─────────────────────────────────────────────────────────────────────────────────────────────────────

inbox = Table(
    "inbox",
    metadata,
    _id(),
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
    Column("claimed_until", Micros),
    Column("reason", Text),
    Column("ticket_id", Id),
    Column("message_id", Id),  # for a duplicate: of which
    Column("facts", Text),  # JSON: what parse found, without texts and attachments
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
    postgresql_where=inbox.c.state.in_(("received", "working")),
)
Index(
    "ix_inbox_order",
    inbox.c.order_key,
    inbox.c.id,
    sqlite_where=inbox.c.state.in_(("received", "working")),
    postgresql_where=inbox.c.state.in_(("received", "working")),
)
Index(
    "ix_inbox_quarantined",
    inbox.c.id,
    sqlite_where=inbox.c.state == "quarantined",
    postgresql_where=inbox.c.state == "quarantined",
)

# ── people ───────────────────────────────────────────────────────────────────────────────────────────────────────────

contacts = Table(
    "contacts",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("language", String(10)),
    Column("language_set", Integer, nullable=False, server_default="0"),
    Column("tags", Text, nullable=False, server_default="[]"),
    Column("tickets", Integer, nullable=False, server_default="0"),
    Column("created_at", Micros, nullable=False),
)

identities = Table(  # a contact's addresses on every surface
    "identities",
    metadata,
    _id(),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False),
    Column("surface", String(20), nullable=False),
    Column("address", String(500), nullable=False),  # case-folded; telegram:ID and slack:ID for chats
    Column("written", String(500), nullable=False),  # as the person writes it
    Column("created_at", Micros, nullable=False),
    UniqueConstraint("surface", "address"),
)
Index(None, identities.c.contact_id)

agent_identities = Table(  # where the roster's e-mail addresses and names were found on a surface
    "agent_identities",
    metadata,
    Column("agent", String(100), primary_key=True),
    Column("surface", String(20), primary_key=True),
    Column("account", String(100), primary_key=True),
    Column("external_id", String(200), nullable=False),
    Column("found_at", Micros, nullable=False),
)

# ── tickets ──────────────────────────────────────────────────────────────────────────────────────────────────────────

tickets = Table(
    "tickets",
    metadata,
    _id(),
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
    CheckConstraint("status IN ('new','open','pending','hold','resolved','closed','spam')", name="status"),
)
Index(None, tickets.c.contact_id, tickets.c.id)
Index(
    "ix_tickets_load",
    tickets.c.assignee,
    sqlite_where=tickets.c.status.in_(("new", "open", "pending", "hold")),
    postgresql_where=tickets.c.status.in_(("new", "open", "pending", "hold")),
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
    _id(),
    Column("channel", String(100), nullable=False),
    Column("thread_key", String(300)),  # a chat's id; NULL for mail, whose ids stand in reference_ids
    Column("created_at", Micros, nullable=False),
)
Index(None, conversations.c.channel, conversations.c.thread_key)

ticket_conversations = Table(
    "ticket_conversations",
    metadata,
    _id(),
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
    _id(),
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
    _id(),
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
    _id(),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("surface", String(20), nullable=False),
    Column("account", String(100), nullable=False),
    Column("channel", String(200), nullable=False),
    Column("thread", String(100)),
    Column("role", String(20), nullable=False),
    Column("created_at", Micros, nullable=False),
    UniqueConstraint("surface", "account", "channel", "thread"),
)
Index(None, anchors.c.ticket_id)
Index(None, anchors.c.thread)

events = Table(  # the audit trail
    "events",
    metadata,
    _id(),
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
    _id(),
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
        _id(),
        Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
        Column("level", Integer, nullable=False),
        Column("team", String(100)),
        Column("status", String(20), nullable=False),
        Column("since", Micros, nullable=False),
        Column("until", Micros),
    )
)
Index(None, clock_segments.c.ticket_id)

# ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────

messages = Table(
    "messages",
    metadata,
    _id(),
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
    _id(),
    Column("message_id", Id, ForeignKey("messages.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("until", Micros, nullable=False),
    Column("actor", String(600), nullable=False),
)
Index(None, message_versions.c.message_id)

attachments = Table(
    "attachments",
    metadata,
    _id(),
    Column("message_id", Id, ForeignKey("messages.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("type", String(255), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), ForeignKey("blobs.sha256"), nullable=False),
    Column("cid", Text),
    Column("inline", Integer, nullable=False, server_default="0"),
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

posts = Table(  # which Slack message is which of ours, to recognise edits, deletions and reactions
    "posts",
    metadata,
    _id(),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("message_id", Id, ForeignKey("messages.id")),
    Column("surface", String(20), nullable=False),
    Column("channel", String(200), nullable=False),
    Column("ts", String(100), nullable=False),
    Column("role", String(20), nullable=False),  # card | message | source | notice
    UniqueConstraint("surface", "channel", "ts"),
)
Index(None, posts.c.message_id)

# ── what goes out ────────────────────────────────────────────────────────────────────────────────────────────────────

outbox = Table(
    "outbox",
    metadata,
    _id(),  # the order within a conversation
    Column("key", String(64), nullable=False, unique=True),
    Column("channel", String(100), nullable=False),  # the account it goes through
    Column("ticket_id", Id, ForeignKey("tickets.id")),
    Column("message_id", Id, ForeignKey("messages.id")),
    Column("anchor_id", Id, ForeignKey("anchors.id")),
    Column("kind", String(20), nullable=False),  # card | update | post | react | ephemeral | mail
    Column("conversation", String(300), nullable=False),
    Column("payload", Text, nullable=False),  # JSON, by kind
    Column("content", LargeBinary),  # the exact bytes, from the first attempt on
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", Micros, nullable=False),
    Column("created_at", Micros, nullable=False),
    Column("sent_at", Micros),
    Column("claimed_by", String(200)),
    Column("claimed_until", Micros),
    Column("external_id", Text),
    Column("error", Text),
    CheckConstraint(
        "state IN ('held','queued','sending','sent','failed','bounced','unknown','cancelled')", name="state"
    ),
)
_WAITING = ("held", "queued", "sending")
Index(
    "ix_outbox_due",
    outbox.c.not_before,
    outbox.c.id,
    sqlite_where=outbox.c.state.in_(_WAITING),
    postgresql_where=outbox.c.state.in_(_WAITING),
)
Index(
    "ix_outbox_conversation",
    outbox.c.conversation,
    outbox.c.id,
    sqlite_where=outbox.c.state.in_(_WAITING),
    postgresql_where=outbox.c.state.in_(_WAITING),
)
Index(
    "ix_outbox_unsettled",
    outbox.c.id,
    sqlite_where=outbox.c.state.in_(("unknown", "failed")),
    postgresql_where=outbox.c.state.in_(("unknown", "failed")),
)
Index(None, outbox.c.message_id)
Index(None, outbox.c.ticket_id)
