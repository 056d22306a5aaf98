"""A desk of any earlier schema comes up to the newest with all it holds, on both databases."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from sqlalchemy import MetaData, Table, inspect, select

from deskd.store import Store, checking, schema

T = 1_772_445_600_000_000

# A ticket with its mail, as the first schema has them. A column or table of a later one isn't named: what it holds for old rows is its migration's matter.
ROWS = {
    "contacts": [{"id": 1, "name": "Maria Rossi", "created_at": T}],
    "blobs": [{"sha256": "a" * 64, "size": 5, "refs": 1, "data": b"hello"}],
    "counters": [{"name": "number", "value": 1042}],
    "inbox": [
        {
            "id": 1, "channel": "support-mail", "source": "smtp", "external_id": "x1", "sha256": "a" * 64,
            "live": 1, "received_at": T, "state": "received", "attempts": 0, "not_before": 0,
        }
    ],
    "leases": [{"name": "worker:gone", "holder": "gone", "until": T}],
}  # fmt: skip


@pytest.fixture
def bare(database_url: str) -> Iterator[Store]:
    store = Store.open(database_url)
    yield store
    store.close()


def fill(store: Store) -> dict[str, list[dict[str, object]]]:
    """Puts the rows in, as far as this schema has their columns, and gives them back as they went in."""
    with schema.connected(store) as connection:
        metadata = MetaData()
        metadata.reflect(connection)
        found = {}
        for table in metadata.sorted_tables:
            rows = [
                {name: value for name, value in row.items() if name in table.c}
                for row in ROWS.get(table.name, [])
            ]
            for row in rows:
                connection.execute(table.insert().values(row))
            if rows:
                found[table.name] = rows
        connection.commit()
    return found


@pytest.mark.parametrize("revision", schema.revisions()[:-1])
def test_a_desk_of_an_earlier_schema_loses_nothing(bare: Store, revision: str) -> None:
    schema.bring_to(bare, revision)
    assert schema.current(bare) == revision
    before = fill(bare)
    assert set(before) == set(ROWS)
    schema.prepare(bare, upgrade=True)
    assert schema.current(bare) == schema.newest()
    assert schema.differences(bare) == []
    with schema.connected(bare) as connection:
        for name, rows in before.items():
            columns = inspect(connection).get_columns(name)
            kept = [column["name"] for column in columns if column["name"] in rows[0]]
            table = Table(name, MetaData(), autoload_with=connection)
            found = [
                dict(row._mapping) for row in connection.execute(select(*[table.c[one] for one in kept]))
            ]
            assert found == [{one: row[one] for one in kept} for row in rows]
    assert checking.problems(bare) == []


def test_the_migrations_are_numbered_one_after_the_other() -> None:
    """`schema.newest` reads it off the names of the files, without asking Alembic."""
    from alembic.script import ScriptDirectory

    from deskd.store import migrating

    scripts = ScriptDirectory.from_config(migrating.configuration())
    chain = [script.revision for script in reversed(list(scripts.walk_revisions()))]
    assert chain == schema.revisions()
    assert scripts.get_heads() == [schema.newest()]
    assert all(
        os.path.basename(script.path).startswith(script.revision) for script in scripts.walk_revisions()
    )
