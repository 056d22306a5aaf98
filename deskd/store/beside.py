"""What stands beside a ticket: its contact's other tickets and addresses, its links, and its last part. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, or_, select

from deskd.model import Direction, Status
from deskd.store.tables import identities, links, messages, tickets
from deskd.store.work import Statement, Work, among

MOST: Final = 20
"""Other tickets, links and addresses that are looked at."""
MANY: Final = 100
"""A customer's messages of which one is chosen."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another ticket, as a line tells of it."""

    ref: str
    subject: str
    status: Status
    kind: str = ""  # of the link; "" where it is none


@dataclass(frozen=True, slots=True)
class Part:
    """A message, as far as parting a ticket needs it."""

    id: int
    direction: Direction
    name: str
    subject: str
    text: str


_OTHERS = Statement(
    select(tickets.c.ref, tickets.c.subject, tickets.c.status)
    .where(
        tickets.c.contact_id == bindparam("contact_id"),
        tickets.c.id != bindparam("ticket_id"),
        among(tickets.c.status, "new", "open", "pending", "hold"),
    )
    .order_by(tickets.c.id.desc())
    .limit(MOST)
)
_ADDRESSES = Statement(
    select(identities.c.written)
    .where(identities.c.contact_id == bindparam("contact_id"))
    .order_by(identities.c.id)
    .limit(MOST)
)
_LINKS = Statement(
    select(tickets.c.ref, tickets.c.subject, tickets.c.status, links.c.kind)
    .join(
        links,
        or_(
            (links.c.ticket_id == bindparam("ticket_id")) & (links.c.other_id == tickets.c.id),
            (links.c.other_id == bindparam("ticket_id")) & (links.c.ticket_id == tickets.c.id),
        ),
    )
    .order_by(links.c.id)
    .limit(MOST)
)
_LINKED = Statement(
    select(links.c.id)
    .where(
        or_(
            (links.c.ticket_id == bindparam("one")) & (links.c.other_id == bindparam("other")),
            (links.c.ticket_id == bindparam("other")) & (links.c.other_id == bindparam("one")),
        ),
        links.c.kind == "related",
    )
    .limit(1)
)
_TWO_LAST = Statement(
    select(messages.c.id)
    .where(messages.c.ticket_id == bindparam("ticket_id"), messages.c.direction == "in")
    .order_by(messages.c.id.desc())
    .limit(2)
)
_INCOMING = Statement(
    select(messages.c.id)
    .where(messages.c.ticket_id == bindparam("ticket_id"), messages.c.direction == "in")
    .order_by(messages.c.id.desc())
    .limit(MANY + 1)
)
_FROM = Statement(
    select(
        messages.c.id,
        messages.c.direction,
        messages.c.author,
        messages.c.author_name,
        messages.c.subject,
        messages.c.text,
    )
    .where(messages.c.ticket_id == bindparam("ticket_id"), messages.c.id >= bindparam("first"))
    .order_by(messages.c.id)
)


def others_of(work: Work, contact_id: int, ticket_id: int) -> tuple[Neighbour, ...]:
    """The contact's other tickets that aren't over, the newest first."""
    return tuple(Neighbour(**row) for row in work.rows(_OTHERS, contact_id=contact_id, ticket_id=ticket_id))


def addresses_of(work: Work, contact_id: int) -> tuple[str, ...]:
    """As the person writes them, the oldest first."""
    return tuple(row["written"] for row in work.rows(_ADDRESSES, contact_id=contact_id))


def links_of(work: Work, ticket_id: int) -> tuple[Neighbour, ...]:
    return tuple(Neighbour(**row) for row in work.rows(_LINKS, ticket_id=ticket_id))


def linked(work: Work, one: int, other: int) -> bool:
    """Whether somebody linked them already, either way."""
    return work.value(_LINKED, one=one, other=other) is not None


def last_part(work: Work, ticket_id: int, first: int | None = None) -> tuple[Part, ...]:
    """A message of the customer's (None: their last) and what came after it; nothing where it is their first one, or none of theirs."""
    if first is None:
        last = [row["id"] for row in work.rows(_TWO_LAST, ticket_id=ticket_id)]
        first = last[0] if len(last) == 2 else None
    elif first not in may_part(work, ticket_id):
        first = None
    if first is None:
        return ()
    return tuple(
        Part(
            row["id"],
            row["direction"],
            row["author_name"] or row["author"].partition(":")[2],
            row["subject"],
            row["text"],
        )
        for row in work.rows(_FROM, ticket_id=ticket_id, first=first)
    )


def may_part(work: Work, ticket_id: int) -> tuple[int, ...]:
    """The customer's messages with which a ticket of its own may begin, oldest first: all but their first; of very many the newest."""
    newest = [row["id"] for row in work.rows(_INCOMING, ticket_id=ticket_id)]
    return tuple(reversed(newest[:-1]))  # either their first, or one more than is looked at
