"""Who is away when, and what people promised to do at a certain time."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from deskd.store.tables.schema import Id, Micros, identity, metadata

absences = Table(
    "absences",
    metadata,
    identity(),
    Column("agent", String(100), nullable=False),
    Column("since", Micros, nullable=False),
    Column("until", Micros),  # NULL: until they say that they are back
    Column("source", String(20), nullable=False),  # typed | file | slack
    Column("because", Text, nullable=False, server_default=""),
    Column("begun", Integer, nullable=False, server_default="0"),  # 1: their urgent work was looked at
)
Index(None, absences.c.agent)

tasks = Table(  # callbacks and visits
    "tasks",
    metadata,
    identity(),
    Column("ticket_id", Id, ForeignKey("tickets.id"), nullable=False),
    Column("kind", String(20), nullable=False),  # callback | visit
    Column("at", Micros, nullable=False),
    Column("place", Text, nullable=False, server_default=""),  # the number to call, or where to go
    Column("actor", String(600), nullable=False),  # who promised it
    Column("created_at", Micros, nullable=False),
    Column("reminded_at", Micros),
    Column("done_at", Micros),
    Column("outcome", String(20)),  # done | cancelled
    Column(
        "invited", Integer, nullable=False, server_default="0"
    ),  # how many invitations went to the customer
)
Index(None, tasks.c.ticket_id)
Index(
    "ix_tasks_open",
    tasks.c.at,
    sqlite_where=tasks.c.done_at.is_(None),
)
