"""A unit of work: what runs inside one transaction, on the driver's own cursor.

Statements are written in SQLAlchemy Core and compiled once for each dialect; running them costs only the driver's time, a third of what
`Connection.execute` costs on the way of a message (docs/decisions/0002-compiled-statements.md). A unit is a function of a `Work`; it may be run
again when its transaction was lost, so it has no effect but on the database and its result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, Protocol, cast

from sqlalchemy import ColumnElement, Table, bindparam, insert, literal_column, update
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.elements import ClauseElement

from deskd.store.errors import driver_errors

Row = dict[str, Any]


@cache
def dialect_of(name: str) -> Dialect:
    """Loaded when a desk first needs it: the other database's takes a while."""
    if name == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.dialect(paramstyle="named")
    from sqlalchemy.dialects import postgresql

    return postgresql.psycopg.dialect(paramstyle="pyformat")  # type: ignore[no-untyped-call]


class Cursor(Protocol):
    """What both drivers' cursors offer (PEP 249)."""

    @property
    def description(self) -> Sequence[Sequence[Any]] | None: ...
    @property
    def rowcount(self) -> int: ...
    @property
    def connection(self) -> Any: ...
    def execute(self, sql: str, params: Mapping[str, Any] = ..., /) -> Any: ...
    def executemany(self, sql: str, params: Iterable[Mapping[str, Any]], /) -> Any: ...
    def fetchall(self) -> list[Any]: ...


class Statement:
    """A Core statement, compiled for a dialect when first run there. Its values are named `bindparam`s."""

    __slots__ = ("_build", "_compiled", "_options")

    def __init__(self, build: ClauseElement | Callable[[str], ClauseElement], *, lists: bool = False) -> None:
        """`lists`: it holds lists of values (IN), and none that are to be bound."""
        self._build = build
        self._options = {"render_postcompile": True} if lists else {}
        self._compiled: dict[str, tuple[str, Mapping[str, Any]]] = {}

    def sql(self, dialect: str) -> tuple[str, Mapping[str, Any]]:
        """The SQL text, and the values the statement itself holds (constants in it)."""
        found = self._compiled.get(dialect)
        if found is None:
            built = self._build(dialect) if callable(self._build) else self._build
            compiled = built.compile(dialect=dialect_of(dialect), compile_kwargs=self._options)
            needed = {name for name, bound in compiled.binds.items() if bound.required}  # type: ignore[attr-defined]
            constants = {name: value for name, value in (compiled.params or {}).items() if name not in needed}
            found = self._compiled[dialect] = (str(compiled), constants)
        return found


def among(column: ColumnElement[str], *values: str) -> ColumnElement[bool]:
    """`column IN ('a', 'b')`, or `column = 'a'`, with the values written out: only so, and as the index says it, can SQLite see that a partial index serves."""
    written: list[ColumnElement[str]] = [literal_column(f"'{value}'") for value in values]
    return column == written[0] if len(written) == 1 else column.in_(written)


def upsert(dialect: str, table: Table) -> Any:
    """`insert(table)` in the dialect's own form, which knows ON CONFLICT."""
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)


_inserts: dict[tuple[str, tuple[str, ...], bool], Statement] = {}
_updates: dict[tuple[str, tuple[str, ...]], Statement] = {}


class Work:
    """The database inside one transaction. `woken` gathers who should look for work after the commit: inbox, outbox, clock."""

    __slots__ = ("_cursor", "dialect", "woken")

    def __init__(self, cursor: Cursor, dialect: str) -> None:
        self._cursor = cursor
        self.dialect = dialect
        self.woken: set[str] = set()

    def wake(self, who: str) -> None:
        self.woken.add(who)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """What is done within is undone when it fails, and nothing else is: the unit may go on with its next row."""
        self._cursor.execute("SAVEPOINT alone")
        try:
            yield
        except BaseException:
            # Where the transaction itself is lost, whoever asked learns why from what is raised.
            with suppress(*driver_errors()):
                self._cursor.execute("ROLLBACK TO SAVEPOINT alone")
                self._cursor.execute("RELEASE SAVEPOINT alone")
            raise
        self._cursor.execute("RELEASE SAVEPOINT alone")

    def run(self, statement: Statement, /, **params: Any) -> int:
        """Run a statement for its effect; how many rows it touched."""
        sql, constants = statement.sql(self.dialect)
        self._cursor.execute(sql, {**constants, **params} if constants else params)
        return self._cursor.rowcount

    def rows(self, statement: Statement, /, **params: Any) -> list[Row]:
        sql, constants = statement.sql(self.dialect)
        self._cursor.execute(sql, {**constants, **params} if constants else params)
        names = [column[0] for column in self._cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in self._cursor.fetchall()]

    def row(self, statement: Statement, /, **params: Any) -> Row | None:
        found = self.rows(statement, **params)
        return found[0] if found else None

    def value(self, statement: Statement, /, **params: Any) -> Any:
        """The first column of the first row, or None."""
        sql, constants = statement.sql(self.dialect)
        self._cursor.execute(sql, {**constants, **params} if constants else params)
        found = self._cursor.fetchall()
        return found[0][0] if found else None

    def once(self, built: ClauseElement) -> list[Row]:
        """Run a statement made for this one call (filters of a list); not for the way of a message."""
        return self.rows(Statement(built, lists=True))

    def large(self, table: str, column: str, key: str, value: str, *, write: bool = False) -> Any:
        """SQLite alone: a row's large value as a file to be read, or to `write` in its place; a context manager. `sqlite3.Blob`."""
        found = f"SELECT rowid FROM {table} WHERE {key} = :value"  # noqa: S608 - names from our own code
        self._cursor.execute(found, {"value": value})
        connection: Any = self._cursor.connection
        return connection.blobopen(table, column, self._cursor.fetchall()[0][0], readonly=not write)

    def insert(self, table: Table, /, **values: Any) -> int:
        """Insert one row and give its `id` (0 for a table without one)."""
        has_id = "id" in table.c and "id" not in values
        names = tuple(values)
        statement = _inserts.get((table.name, names, has_id))
        if statement is None:
            built = insert(table).values({name: bindparam(name) for name in names})
            statement = Statement(built.returning(table.c.id) if has_id else built)
            _inserts[(table.name, names, has_id)] = statement
        return cast(int, self.value(statement, **values)) if has_id else (self.run(statement, **values), 0)[1]

    def update(self, table: Table, row_id: int, /, **values: Any) -> int:
        """Update the row with this `id`; how many rows that were (0 or 1)."""
        if not values:
            return 0
        names = tuple(values)
        statement = _updates.get((table.name, names))
        if statement is None:
            built = update(table).where(table.c.id == bindparam("the_id"))
            statement = Statement(built.values({name: bindparam(f"new_{name}") for name in names}))
            _updates[(table.name, names)] = statement
        return self.run(statement, the_id=row_id, **{f"new_{name}": value for name, value in values.items()})
