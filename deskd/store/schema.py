"""Creates the schema, brings an old one up to date, and says which it is. Alembic's migrations, run from here."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, event, inspect, text

from deskd.errors import UsageError
from deskd.store.database import Store
from deskd.store.errors import DRIVER_ERRORS, translate
from deskd.store.tables import metadata

_LOCK = 7_312_004_411  # any number, the same in every daemon: only one at a time changes the schema


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def newest() -> str:
    """The revision that this version of deskd works with."""
    head = ScriptDirectory.from_config(_alembic()).get_current_head()
    if head is None:
        raise UsageError("deskd was installed without its migrations")
    return head


def current(store: Store) -> str | None:
    """The database's revision; None for an empty one."""
    with _connected(store) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def prepare(store: Store, *, upgrade: bool) -> None:
    """Make the schema fit: an empty database gets it; an old one is brought up to date if `upgrade`, else refused.

    Raises `UsageError` with the command to run, `StoreAway` where the database can't be reached.
    """
    try:
        found, wanted = current(store), newest()
        if found == wanted:
            return
        if found is not None and not _known(found):
            raise UsageError(
                f"the database's schema {found} is newer than this deskd ({wanted}): install the newer deskd"
            )
        if found is not None and not upgrade:
            raise UsageError(
                f"the database's schema is {found}, deskd works with {wanted}: run `deskd db upgrade` (make a backup first)"
            )
        with _connected(store) as connection:
            _upgrade(connection)
    except DRIVER_ERRORS as error:
        raise translate(error) from error


def _known(revision: str) -> bool:
    return any(
        script.revision == revision for script in ScriptDirectory.from_config(_alembic()).walk_revisions()
    )


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
    config = _alembic()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()


def differences(store: Store) -> list[str]:
    """How the database's tables differ from `tables.py`: nothing, unless someone changed them by hand."""
    with _connected(store) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        return [str(difference) for difference in compare_metadata(context, metadata)]


def tables(store: Store) -> list[str]:
    with _connected(store) as connection:
        return inspect(connection).get_table_names()


def _connected(store: Store) -> Connection:
    engine = create_engine(store.url, poolclass=NullPool)
    if store.dialect == "sqlite":
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA journal_mode = WAL"))
    return engine.connect()
