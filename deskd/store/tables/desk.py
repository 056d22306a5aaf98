"""The desk itself: counters, keys, leases, contents, rule sets."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Table, Text

from deskd.store.tables.schema import Micros, metadata

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

positions = Table(  # up to where each account's sources have been read
    "positions",
    metadata,
    Column("account", String(100), primary_key=True),
    Column("place", String(300), primary_key=True),
    Column("value", Text, nullable=False),
    Column("kept_at", Micros, nullable=False),
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
