"""The schema. Times are microseconds since 1970 UTC in BIGINT, structured facts are JSON in TEXT, flags are 0 or 1.

So every value is one that both drivers take and give as it is, and statements can run on the driver's own cursor
(`store/work.py`). Migrations live in `migrations/`; a test holds that they end at exactly these tables.
"""

from __future__ import annotations

from deskd.store.tables.chats import chats, link_codes
from deskd.store.tables.desk import blobs, counters, keys, leases, positions, rule_sets
from deskd.store.tables.duty import absences, tasks
from deskd.store.tables.incoming import inbox
from deskd.store.tables.messages import (
    attachments,
    message_versions,
    messages,
    posts,
    reference_ids,
    reply_tokens,
)
from deskd.store.tables.outgoing import outbox
from deskd.store.tables.people import agent_identities, contacts, identities
from deskd.store.tables.schema import metadata
from deskd.store.tables.tickets import (
    anchors,
    clock_segments,
    conversations,
    deadlines,
    events,
    links,
    participants,
    ticket_conversations,
    ticket_tags,
    tickets,
)

__all__ = [
    "absences",
    "agent_identities",
    "anchors",
    "attachments",
    "blobs",
    "chats",
    "clock_segments",
    "contacts",
    "conversations",
    "counters",
    "deadlines",
    "events",
    "identities",
    "inbox",
    "keys",
    "leases",
    "link_codes",
    "links",
    "message_versions",
    "messages",
    "metadata",
    "outbox",
    "participants",
    "positions",
    "posts",
    "reference_ids",
    "reply_tokens",
    "rule_sets",
    "tasks",
    "ticket_conversations",
    "ticket_tags",
    "tickets",
]
