"""Alembic's environment: `deskd.store.schema` runs it on a connection it holds open; there is no alembic.ini."""

from __future__ import annotations

from alembic import context

from deskd.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=True,  # whole or not at all, on SQLite too: whoever is killed meanwhile finds the schema as it was
)
with context.begin_transaction():
    context.run_migrations()
