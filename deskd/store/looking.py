"""Looking once at every ticket that isn't over, when other rules or policies hold: which tickets, and for which configuration that was done."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, exists, select

from deskd.store.tables import counters, inbox, messages, tickets
from deskd.store.work import Statement, among, upsert

_LIVE = exists().where(
    messages.c.ticket_id == tickets.c.id, messages.c.inbox_id == inbox.c.id, inbox.c.live == 1
)


def tickets_with_clocks(*statuses: str) -> Any:
    """A deadline's row, of the parameters `kind` and `at`, for each ticket in one of these states; what was brought in as history has no clock."""
    return select(tickets.c.id, bindparam("kind"), bindparam("at")).where(
        among(tickets.c.status, *statuses), tickets.c.merged_into.is_(None), _LIVE
    )


def mark(name: str) -> Statement:
    """For which configuration it was done last."""
    return Statement(select(counters.c.value).where(counters.c.name == name))


def set_mark(name: str) -> Statement:
    """Keep that, as the parameter `value`."""
    return Statement(
        lambda dialect: (
            upsert(dialect, counters)
            .values(name=name, value=bindparam("value"))
            .on_conflict_do_update(index_elements=[counters.c.name], set_={"value": bindparam("value")})
        )
    )
