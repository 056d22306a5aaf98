"""One ticket with all that hangs on it, taken from one database into another, which is empty: for trying out what would become of it.

Foreign keys lead the way, so that a table that is added later comes along. What waits to go out stays behind, and so does every mail's raw form.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Table, func, insert, select

from deskd.store.database import Store
from deskd.store.tables import identities, metadata, tickets
from deskd.store.tables import inbox as inbox_table
from deskd.store.tables import outbox as outbox_table
from deskd.store.work import Row, Work

LEFT_BEHIND: Final = (inbox_table, outbox_table)
"""What names a ticket and isn't copied for it; a message brings the inbox row it came by."""
WHOLE: Final = ("absences",)
"""Tables of the desk's own that decide about tickets."""


def copied(source: Store, target: Store, ref: str) -> int | None:
    """Copy the ticket of this reference, whatever its case; its id, which it keeps. None where there is none."""
    rows = source.read_now(lambda work: _gathered(work, ref))
    if rows is None:
        return None
    ticket_id, found = rows

    def unit(work: Work) -> None:
        for table, row in found:
            work.once(insert(table).values(**row).returning(*table.primary_key))

    target.write_now(unit)
    return ticket_id


def newest(work: Work) -> int | None:
    """The id of the ticket that was opened last."""
    found: int | None = work.once(select(func.max(tickets.c.id).label("id")))[0]["id"]
    return found


Found = list[tuple[Table, Row]]


def _gathered(work: Work, ref: str) -> tuple[int, Found] | None:
    """The rows, each after those that it names."""
    row = next(iter(work.once(select(tickets).where(func.lower(tickets.c.ref) == ref.strip().lower()))), None)
    if row is None:
        return None
    gathering = _Gathering(work)
    gathering.add(tickets, row)
    for table in _children():
        for child in work.once(
            select(table).where(table.c.ticket_id == row["id"]).order_by(*table.primary_key)
        ):
            gathering.add(table, child)
    for known in work.once(select(identities).where(identities.c.contact_id == row["contact_id"])):
        gathering.add(identities, known)
    for name in WHOLE:
        table = metadata.tables[name]
        for other in work.once(select(table)):
            gathering.add(table, other)
    return row["id"], gathering.found


def _children() -> Iterator[Table]:
    for table in metadata.sorted_tables:
        if table not in LEFT_BEHIND and "ticket_id" in table.c and table.c.ticket_id.references(tickets.c.id):
            yield table


class _Gathering:
    def __init__(self, work: Work) -> None:
        self._work = work
        self._seen: set[tuple[Any, ...]] = set()
        self.found: Found = []

    def add(self, table: Table, row: Row) -> None:
        mark = (table.name, *(row[column.name] for column in table.primary_key))
        if mark in self._seen:
            return
        self._seen.add(mark)
        for key in table.foreign_keys:
            value = row[key.parent.name]
            if value is not None:
                self._add_named(key.column.table, key.column.name, value)
        self.found.append((table, {**row, "data": b""} if table.name == "blobs" else row))

    def _add_named(self, table: Table, column: str, value: Any) -> None:
        columns = [one for one in table.c if table.name != "blobs" or one.name != "data"]
        for row in self._work.once(select(*columns).where(table.c[column] == value)):
            self.add(table, row)
