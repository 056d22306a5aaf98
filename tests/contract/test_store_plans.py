"""What the running desk asks the database, however many tickets there are: no statement reads a table that grows with them from end to end.

SQLite serves a partial index only where the statement says its condition in the index's own words; a word that differs reads the whole table, and nothing tells.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from deskd import store as store_package
from deskd.store import Store, schema
from deskd.store.tables import metadata
from deskd.store.work import Statement

SMALL = frozenset(
    "absences agent_identities agents alembic_version chats counters deadlines keys leases link_codes positions rule_sets suspensions tasks".split()
)
"""Tables that don't grow with the tickets that are over."""
WHOLE = {
    "following._CHATS": "the newest messages, so many and no more",
    "following._THREADS": "the newest messages, so many and no more",
    "following._HEARD": "the newest rows, so many and no more",
    "idling._LOOK_AT_ALL": "once for each set of rules",
}
"""Statements that may, and why."""


def statements() -> Iterator[tuple[str, Statement]]:
    """Those that modules hold, by name."""
    for module in pkgutil.iter_modules(store_package.__path__):
        if module.name in ("migrating", "migrations", "postgres", "tables"):
            continue
        held = importlib.import_module(f"deskd.store.{module.name}")
        for name, value in vars(held).items():
            if isinstance(value, Statement):
                yield f"{module.name}.{name}", value
            elif isinstance(value, tuple):
                for pair in value:
                    if isinstance(pair, tuple) and isinstance(pair[-1], Statement):
                        yield f"{module.name}.{name}", pair[-1]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path: Path = tmp_path_factory.mktemp("plans") / "deskd.db"
    store = Store.open(f"sqlite:///{path}")
    schema.prepare(store, upgrade=False)
    store.close()
    connection = sqlite3.connect(path)
    yield connection
    connection.close()


def read_whole(database: sqlite3.Connection, statement: Statement) -> set[str]:
    """The tables that it reads from end to end, by SQLite's own plan."""
    sql, constants = statement.sql("sqlite")
    values = {name: constants.get(name) for name in re.findall(r":(\w+)", sql)}
    try:
        plan = database.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
    except sqlite3.OperationalError as error:
        if "no such function" in str(error):  # PostgreSQL's own statements
            return set()
        raise
    steps = [re.match(r"SCAN (\w+)(?: USING .*INDEX (ix_\w+))?", step[3]) for step in plan]
    return {step[1] for step in steps if step and not step[2]} & set(metadata.tables) - SMALL


def test_no_statement_of_the_running_desk_reads_a_table_that_grows_from_end_to_end(
    database: sqlite3.Connection,
) -> None:
    found = {name: tables for name, each in statements() if (tables := read_whole(database, each))}
    assert {name: tables for name, tables in found.items() if name not in WHOLE} == {}
    assert WHOLE.keys() <= found.keys(), "what is excused and doesn't need it any more"


def test_a_condition_in_other_words_than_the_indexs_is_seen(database: sqlite3.Connection) -> None:
    from sqlalchemy import bindparam, func, select

    from deskd.store.tables import inbox

    asked = Statement(select(func.count()).where(inbox.c.state == bindparam("state")))
    assert read_whole(database, asked) == {"inbox"}
