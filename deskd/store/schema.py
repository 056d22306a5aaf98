"""Says which schema a database has, creates it, and brings an old one up to date (`store/migrating.py`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, NullPool, column, create_engine, event, inspect, select, table, text
from sqlalchemy.exc import DBAPIError

from deskd.errors import UsageError
from deskd.store.database import Store
from deskd.store.errors import driver_errors, translate
from deskd.store.work import Statement, Work

MIGRATIONS: Final = Path(__file__).parent / "migrations"

_HAS_TABLE: Final = {
    "sqlite": Statement(text("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")),
    "postgresql": Statement(text("SELECT to_regclass('alembic_version')")),
}
_REVISION: Final = Statement(select(column("version_num")).select_from(table("alembic_version")))


def newest() -> str:
    """The revision that this version of deskd works with: its migrations are numbered, one after the other."""
    found = revisions()
    if not found:
        raise UsageError("deskd was installed without its migrations")
    return found[-1]


def revisions() -> list[str]:
    """All there have been, the oldest first."""
    return sorted(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def current(store: Store) -> str | None:
    """The database's revision; None for an empty one. Raises `StoreAway` where it can't be reached."""

    def asked(work: Work) -> str | None:
        return work.value(_REVISION) if work.value(_HAS_TABLE[work.dialect]) is not None else None

    return store.read_now(asked)


def prepare(store: Store, *, upgrade: bool) -> None:
    """Make the schema fit: an empty database gets it; an old one is brought up to date if `upgrade`, else refused.

    Raises `UsageError` with the command to run, `StoreAway` where the database can't be reached.
    """
    found, wanted = current(store), newest()
    if found == wanted:
        return
    if found is not None and found not in revisions():
        raise UsageError(
            f"the database's schema {found} is newer than this deskd ({wanted}): install the newer deskd"
        )
    if found is not None and not upgrade:
        raise UsageError(
            f"the database's schema is {found}, deskd works with {wanted}: run `deskd db upgrade` (make a backup first)"
        )
    bring_to(store, "head")


def bring_to(store: Store, revision: str) -> None:
    """Whole or not at all. Raises `StoreAway` where another program holds the database, `StoreFull`."""
    from deskd.store import migrating

    try:
        with connected(store, write=True) as connection:
            migrating.upgrade(connection, revision)
    except DBAPIError as error:  # as SQLAlchemy wraps it
        raise translate(error.orig) if isinstance(error.orig, Exception) else error from error
    except driver_errors() as error:
        raise translate(error) from error


def differences(store: Store) -> list[str]:
    """How the database's tables differ from `tables.py`: nothing, unless someone changed them by hand."""
    from deskd.store import migrating

    with connected(store) as connection:
        return migrating.differences(connection)


def tables(store: Store) -> list[str]:
    with connected(store) as connection:
        return inspect(connection).get_table_names()


def connected(store: Store, *, write: bool = False) -> Connection:
    """`write`: with the right to from the first statement on. SQLite would else refuse it in the middle where another writes meanwhile."""
    engine = create_engine(store.url, poolclass=NullPool)
    if store.dialect == "sqlite":
        begin = "BEGIN IMMEDIATE" if write else "BEGIN"
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine.connect()


def _set_up(raw: Any, _: object) -> None:
    """The driver's own transactions leave out what changes a schema: BEGIN is said by us."""
    raw.isolation_level = None
    raw.execute("PRAGMA journal_mode = WAL")
