"""The clock's rows: what comes due, and when the next one does."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, select
from sqlalchemy.sql.elements import ClauseElement

from deskd.store.tables import deadlines, tickets
from deskd.store.times import micros, moment
from deskd.store.work import Statement, Work, upsert

WHENEVER: Final = 1
"""The moment, in microseconds, of what has time: looks at all tickets under other policies, behind which nothing that is due may have to wait."""


def _due(dialect: str) -> ClauseElement:
    """On PostgreSQL with the tickets' locks, for whoever files takes a ticket's before its deadlines'. What another has in hand comes with the next look."""
    built = (
        select(deadlines.c.ticket_id, deadlines.c.kind)
        .join(tickets, tickets.c.id == deadlines.c.ticket_id)
        .where(deadlines.c.at > bindparam("after"), deadlines.c.at <= bindparam("now"))
        .order_by(deadlines.c.at, deadlines.c.id)
        .limit(bindparam("most"))
    )
    return (
        built.with_for_update(skip_locked=True, of=(tickets, deadlines)) if dialect == "postgresql" else built
    )


_DUE = Statement(_due)
_NEXT = Statement(select(deadlines.c.at).order_by(deadlines.c.at).limit(1))


_DROP = Statement(
    delete(deadlines).where(
        deadlines.c.ticket_id == bindparam("the_id"), deadlines.c.kind == bindparam("the_kind")
    )
)


def drop(work: Work, ticket_id: int, kind: str) -> None:
    work.run(_DROP, the_id=ticket_id, the_kind=kind)


_LOOK_AT = Statement(
    lambda dialect: (
        upsert(dialect, deadlines)
        .values(ticket_id=bindparam("ticket_id"), kind=bindparam("kind"), at=bindparam("at"))
        .on_conflict_do_update(
            index_elements=[deadlines.c.ticket_id, deadlines.c.kind], set_={"at": bindparam("at")}
        )
    )
)


def look_at(work: Work, ticket_ids: Iterable[int], kind: str, at: datetime) -> None:
    """The clock is to look at these tickets."""
    for ticket_id in ticket_ids:
        work.run(_LOOK_AT, ticket_id=ticket_id, kind=kind, at=micros(at))
        work.wake("clock")


def due(work: Work, now: datetime, most: int) -> list[tuple[int, str]]:
    """Ticket and kind of what has come due, the oldest first; then, as far as there is room, of what has time."""
    found = work.rows(_DUE, after=WHENEVER, now=micros(now), most=most)
    if len(found) < most:
        found += work.rows(_DUE, after=0, now=WHENEVER, most=most - len(found))
    return [(row["ticket_id"], row["kind"]) for row in found]


def next_at(work: Work) -> datetime | None:
    value = work.value(_NEXT)
    return None if value is None else moment(value)
