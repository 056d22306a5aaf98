"""Chats: what the desk remembers of each, and the one-time codes that show whose an address is."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from deskd.store.tables.schema import Id, Micros, metadata

chats = Table(
    "chats",
    metadata,
    Column("channel", String(100), primary_key=True),  # the account's key in deskd.yaml
    Column("chat", String(200), primary_key=True),  # as in conversations.thread_key
    Column("memory", Text, nullable=False),  # JSON: see `deskd.chats.memory`
    Column("updated_at", Micros, nullable=False),
)

link_codes = Table(  # a link in a mail, or a code mailed to an address: whoever brings it in a chat is that contact. Only its hash is kept
    "link_codes",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False),
    Column("address", String(500), nullable=False),  # what it was sent to
    Column("chat", String(200)),  # where the code was asked for; NULL: a link, good in any chat
    Column("created_at", Micros, nullable=False),
    Column("used_at", Micros),
    Column("tries", Integer, nullable=False, server_default="0"),
)
Index(None, link_codes.c.contact_id)
Index(None, link_codes.c.chat)
