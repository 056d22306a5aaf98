"""Migrations, on both databases: they end at exactly tables.py, once, and an old or newer schema is refused in plain words."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from deskd.errors import StoreAway, UsageError
from deskd.store import Store, checking, migrating, schema
from deskd.store.tables import metadata


@pytest.fixture
def bare(database_url: str) -> Iterator[Store]:
    store = Store.open(database_url)
    yield store
    store.close()


def test_an_empty_database_gets_the_schema(bare: Store) -> None:
    assert schema.current(bare) is None
    schema.prepare(bare, upgrade=False)
    assert schema.current(bare) == schema.newest()
    assert set(schema.tables(bare)) == {*metadata.tables, "alembic_version"}
    assert schema.differences(bare) == []
    assert checking.problems(bare) == []


def test_preparing_twice_changes_nothing(bare: Store) -> None:
    schema.prepare(bare, upgrade=False)
    schema.prepare(bare, upgrade=False)
    assert schema.differences(bare) == []


def test_what_was_changed_by_hand_is_seen(bare: Store) -> None:
    schema.prepare(bare, upgrade=False)
    with schema.connected(bare) as connection:
        connection.execute(text("CREATE TABLE by_hand (id INTEGER)"))
        connection.execute(text("DROP INDEX ix_inbox_order"))
        connection.commit()
    told = " ".join(schema.differences(bare))
    assert "by_hand" in told
    assert "ix_inbox_order" in told


def test_nobody_writes_between_the_statements_of_a_migration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where another did, SQLite would refuse the migration in its middle."""
    tried: list[str] = []

    def upgrade(connection: Connection, to: str) -> None:
        connection.execute(text("SELECT 1"))
        with (
            contextlib.closing(sqlite3.connect(tmp_path / "deskd.db", timeout=0)) as another,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            another.execute("CREATE TABLE meanwhile (id INTEGER)")
        tried.append(to)

    monkeypatch.setattr(migrating, "upgrade", upgrade)
    with contextlib.closing(Store.open(f"sqlite:///{tmp_path}/deskd.db")) as store:
        schema.prepare(store, upgrade=True)
    assert tried == ["head"]


def test_a_migration_says_that_another_holds_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    monkeypatch.setattr(migrating, "upgrade", lambda connection, to: begun.append(to))
    with contextlib.closing(Store.open(f"sqlite:///{tmp_path}/deskd.db")) as store:
        with contextlib.closing(sqlite3.connect(tmp_path / "deskd.db", isolation_level=None)) as another:
            another.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreAway, match="held by another program"):
                schema.prepare(store, upgrade=True)
        schema.prepare(store, upgrade=True)
    assert begun == ["head"]


def test_a_newer_schema_is_refused(bare: Store) -> None:
    schema.prepare(bare, upgrade=False)
    with schema.connected(bare) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.commit()
    for upgrade in (False, True):
        with pytest.raises(UsageError, match="newer"):
            schema.prepare(bare, upgrade=upgrade)


def test_two_daemons_that_start_at_once_make_one_schema(postgresql_url: str) -> None:
    stores = [Store.open(postgresql_url) for _ in range(3)]
    failures: list[Exception] = []

    def prepare(store: Store) -> None:
        try:
            schema.prepare(store, upgrade=False)
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=prepare, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert schema.differences(stores[0]) == []
    for store in stores:
        store.close()
