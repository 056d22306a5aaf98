"""Contacts and their addresses; where agents were found."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from deskd.store.tables.schema import Id, Micros, identity, metadata

contacts = Table(
    "contacts",
    metadata,
    identity(),
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
    identity(),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False),
    Column("surface", String(20), nullable=False),
    Column("address", String(500), nullable=False),  # case-folded; telegram:ID and slack:ID for chats
    Column("written", String(500), nullable=False),  # as the person writes it
    Column("created_at", Micros, nullable=False),
    Column("undelivered", Text),  # why the last mail there came back; NULL since they wrote from it again
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
