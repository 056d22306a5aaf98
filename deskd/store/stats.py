"""What figures are made of: tickets of a time with their trails, read in pages (`deskd.stats`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy import ColumnElement, exists, func, select

from deskd.model import Ticket
from deskd.stats import Happened, TicketPast
from deskd.store.database import Store
from deskd.store.tables import events, ticket_tags, tickets
from deskd.store.tickets import ticket_of
from deskd.store.times import micros, moment
from deskd.store.work import Row, Work

PAGE: Final = 500
MATTER: Final = ("status", "reply", "escalated", "deescalated", "sla_breached")
"""The types of events that figures are made of."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Tickets opened from `since` until before `until`; of several values of one filter, any."""

    since: datetime | None = None
    until: datetime | None = None
    team: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()


def pasts(store: Store, wanted: Wanted, promised: Callable[[Ticket], bool]) -> Iterator[TicketPast]:
    """The tickets, oldest first, without spam, merged ones and placeholders. `promised`: whether a policy applies to it."""
    ids = store.read_now(lambda work: _ids(work, wanted))
    for at in range(0, len(ids), PAGE):
        for ticket, happened in store.read_now(partial(_page, ids=ids[at : at + PAGE])):
            yield TicketPast(ticket, happened, promised(ticket))


def open_now(work: Work) -> dict[str, int]:
    """How many open tickets each agent has, by their keys."""
    built = (
        select(tickets.c.assignee, func.count().label("open"))
        .where(tickets.c.status.in_(("new", "open", "pending", "hold")), tickets.c.assignee.is_not(None))
        .group_by(tickets.c.assignee)
    )
    return {row["assignee"]: row["open"] for row in work.once(built)}


def _ids(work: Work, wanted: Wanted) -> list[int]:
    built = select(tickets.c.id).where(*_conditions(wanted)).order_by(tickets.c.created_at, tickets.c.id)
    return [row["id"] for row in work.once(built)]


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    yield tickets.c.status != "spam"
    yield tickets.c.merged_into.is_(None)
    yield tickets.c.quarantined == 0
    if wanted.since is not None:
        yield tickets.c.created_at >= micros(wanted.since)
    if wanted.until is not None:
        yield tickets.c.created_at < micros(wanted.until)
    if wanted.team:
        yield tickets.c.team.in_(wanted.team)
    if wanted.channel:
        yield tickets.c.channel.in_(wanted.channel)
    if wanted.tag:
        yield exists().where(ticket_tags.c.ticket_id == tickets.c.id, ticket_tags.c.tag.in_(wanted.tag))


def _page(work: Work, ids: Sequence[int]) -> list[tuple[Ticket, tuple[Happened, ...]]]:
    rows = {row["id"]: row for row in work.once(select(tickets).where(tickets.c.id.in_(ids)))}
    tags: dict[int, list[str]] = {}
    for row in work.once(
        select(ticket_tags).where(ticket_tags.c.ticket_id.in_(ids)).order_by(ticket_tags.c.tag)
    ):
        tags.setdefault(row["ticket_id"], []).append(row["tag"])
    trails: dict[int, list[Happened]] = {}
    trail = select(events).where(events.c.ticket_id.in_(ids), events.c.type.in_(MATTER)).order_by(events.c.id)
    for row in work.once(trail):
        trails.setdefault(row["ticket_id"], []).append(_happened(row))
    return [
        (ticket_of(rows[one], tuple(tags.get(one, ()))), tuple(trails.get(one, ())))
        for one in ids
        if one in rows
    ]


def _happened(row: Row) -> Happened:
    return Happened(row["type"], row["actor"], moment(row["at"]), json.loads(row["data"]))
