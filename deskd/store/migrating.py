"""Runs Alembic's migrations, and compares what a database has with what `store/tables` says. Imported where that is asked for: Alembic takes a while to load."""

from __future__ import annotations

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from deskd.store.schema import MIGRATIONS
from deskd.store.tables import metadata

_LOCK = 7_312_004_411  # any number, the same in every daemon: only one at a time changes the schema


def configuration() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring the schema to a revision, an empty database's as well."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, to)
    connection.commit()


def differences(connection: Connection) -> list[str]:
    """How the database's tables differ from `store/tables`."""
    if connection.dialect.name == "postgresql":
        _partial_there_too()
    context = MigrationContext.configure(connection, opts={"compare_type": False})
    return [str(difference) for difference in compare_metadata(context, metadata)]


def _partial_there_too() -> None:
    """The tables say once, as `sqlite_where`, of which rows an index is. Said for PostgreSQL there as well, each start would load SQLAlchemy's half for it."""
    for table in metadata.sorted_tables:
        for index in table.indexes:
            index.dialect_options["postgresql"]["where"] = index.dialect_options["sqlite"]["where"]
