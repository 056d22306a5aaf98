"""A store for tests, on either database; when a test is done with it, what must always hold is asked of the database (`deskd db check`)."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, Table, bindparam, make_url, select

from deskd.desk import changes as change
from deskd.desk.state import State
from deskd.model import RawMessage
from deskd.store import Row, Store, Work, apply, checking, contacts, inbox, schema, tickets
from deskd.store.outbox import OutboxRow
from deskd.store.outbox import load as load_delivery
from deskd.store.tables import messages, metadata
from deskd.store.tables import outbox as outbox_table
from deskd.store.work import Statement
from tests.support.desk import NOW
from tests.support.postgres import PostgresCluster


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the schema and nothing else, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "deskd.db"
    _prepare(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def empty_postgresql(request: pytest.FixtureRequest) -> str:
    """A PostgreSQL database with the schema, which every test empties before it uses it: that is quicker than making one."""
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    cluster.start()
    url = cluster.create_database()
    _prepare(url)
    return url


def _prepare(url: str) -> None:
    store = Store.open(url)
    schema.prepare(store, upgrade=False)
    store.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))])
def desk_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that has the schema and is empty otherwise: once on SQLite, once on PostgreSQL."""
    if request.param == "sqlite":
        empty: Path = request.getfixturevalue("empty_sqlite")
        shutil.copy(empty, tmp_path / "deskd.db")
        return f"sqlite:///{tmp_path / 'deskd.db'}"
    request.getfixturevalue("postgres")  # it runs, even if the test before stopped it
    url: str = request.getfixturevalue("empty_postgresql")
    with connect(make_url(url)) as connection, connection.transaction():
        for table in reversed(metadata.sorted_tables):
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)))
        connection.execute("ALTER SEQUENCE ticket_numbers RESTART")
    return url


@pytest.fixture
def open_store(desk_url: str) -> Iterator[Callable[[], Store]]:
    """Opens the test's database, each call anew. All are closed, and the database checked, at the end."""
    opened: list[Store] = []

    def make() -> Store:
        store = Store.open(desk_url)
        opened.append(store)
        return store

    yield make
    for store in opened:
        store.close()
    if opened:
        check(desk_url)


@pytest.fixture
def store(open_store: Callable[[], Store]) -> Store:
    return open_store()


def check(url: str) -> None:
    """Every invariant that the database itself can be asked about, as `deskd db check` does."""
    reader = Store.open(url, write=False)
    try:
        wrong = [problem for ask in checking.CHECKS for problem in reader.read_now(partial(_told, ask))]
        assert wrong == []
    finally:
        reader.close()


def _told(ask: checking.Check, work: Work) -> list[str]:
    return list(ask(work))


def connect(url: URL) -> psycopg.Connection[Any]:
    """A connection of the test's own, to a PostgreSQL database."""
    parts = url.translate_connect_args(username="user", database="dbname")
    return psycopg.connect(**{**parts, **dict(url.query)}, autocommit=True)


def rows(store: Store, table: Table, **where: Any) -> list[Row]:
    """The rows with these values, in the order of the primary key."""
    built = select(table).where(*[table.c[name] == bindparam(name) for name in where])
    statement = Statement(built.order_by(*table.primary_key.columns))
    return store.read_now(lambda work: work.rows(statement, **where))


def raw(external_id: str = "1", payload: bytes = b"Subject: x\r\n\r\nhello", **values: Any) -> RawMessage:
    return RawMessage(
        values.pop("channel", "support-mail"), values.pop("source", "imap"), external_id, payload, **values
    )


def accept(work: Work, message: RawMessage, order_key: str | None = None, now: datetime = NOW) -> int | None:
    return inbox.accept(work, message, hashlib.sha256(message.payload).hexdigest(), order_key, now)


def open_ticket(work: Work, **values: Any) -> int:
    """A ticket of Maria's, made as the desk's changes make one."""
    contact = contacts.find_or_add(work, "maria@cliente.example", "Maria Rossi", NOW)
    columns = {
        "subject": "Fattura", "status": "open", "priority": "normal", "urgency": "medium", "impact": "medium",
        "channel": "support-mail", "team": "front-desk", "level": 1, "assignee": None, "language": "it",
        "created_at": NOW, "updated_at": NOW, **values,
    }  # fmt: skip
    state = State(None, None, next_ref=f"ACME-{tickets.next_number(work)}")
    return apply.apply(work, state, (change.OpenTicket(columns),), NOW, contact.id).ticket


def queue(work: Work, ticket: int, *queued: change.Queue) -> list[int]:
    """Outbox rows of a ticket's; their ids, in order."""
    before = work.value(Statement(select(outbox_table.c.id).order_by(outbox_table.c.id.desc()).limit(1))) or 0
    apply.apply(work, tickets.state(work, ticket), tuple(queued), NOW)
    newer = (
        select(outbox_table.c.id).where(outbox_table.c.id > bindparam("before")).order_by(outbox_table.c.id)
    )
    return [row["id"] for row in work.rows(Statement(newer), before=before)]


def post(text: str = "x", conversation: str = "slack:1", **values: Any) -> change.Queue:
    return change.Queue(
        "react", "slack", conversation, {"channel": "C0", "ts": "1", "emoji": text, "add": True}, **values
    )


def delivery(store: Store, row_id: int) -> OutboxRow:
    return store.read_now(lambda work: load_delivery(work, row_id))


def texts(store: Store) -> list[str]:
    return [row["text"] for row in rows(store, messages)]


def database_name(url: str) -> str:
    return url.rpartition("/")[2].partition("?")[0]
