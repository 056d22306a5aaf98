"""Contacts and their addresses. Two people are never made one by a name they share."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import bindparam, func, select, update

from deskd.model import Contact, address_key
from deskd.store.tables import contacts, identities
from deskd.store.times import micros
from deskd.store.work import Row, Statement, Work
from deskd.threads import reference_key

_BY_ADDRESS = Statement(
    select(contacts, identities.c.written, identities.c.undelivered)
    .join(identities, identities.c.contact_id == contacts.c.id)
    .where(identities.c.surface == bindparam("surface"), identities.c.address == bindparam("address"))
)
_BY_ID = Statement(
    select(contacts, identities.c.written, identities.c.undelivered)
    .join(identities, identities.c.contact_id == contacts.c.id)
    .where(contacts.c.id == bindparam("the_id"))
    .order_by(identities.c.id)
    .limit(1)
)
_ADDRESSES = Statement(select(identities.c.address).where(identities.c.contact_id == bindparam("contact_id")))
_MARK = Statement(
    update(identities)
    .where(identities.c.surface == bindparam("surface"), identities.c.address == bindparam("the_address"))
    .values(undelivered=bindparam("reason"))
)
_COUNT = Statement(
    update(contacts).where(contacts.c.id == bindparam("the_id")).values(tickets=contacts.c.tickets + 1)
)


_LOCK = Statement(select(func.pg_advisory_xact_lock(bindparam("key"))))


def surface_of(address: str) -> str:
    """telegram:ID and slack:ID are chats' addresses; all others are mail."""
    head = address.partition(":")[0]
    return head if head in ("telegram", "slack", "phone") and ":" in address else "mail"


def find(work: Work, address: str) -> Contact | None:
    row = work.row(_BY_ADDRESS, surface=surface_of(address), address=address_key(address)[:500])
    return contact_of(row) if row else None


def find_or_add(work: Work, address: str, name: str, now: datetime) -> Contact:
    """The contact who has this address; a new one when nobody has. A name is learnt when none is known yet."""
    known = find(work, address)
    if known is None and work.dialect == "postgresql":  # two of their messages may come at once
        work.run(_LOCK, key=int(reference_key(address_key(address))[:15], 16))
        known = find(work, address)
    if known is None:
        contact_id = work.insert(contacts, name=name, created_at=micros(now))
        work.insert(
            identities,
            contact_id=contact_id,
            surface=surface_of(address),
            address=address_key(address)[:500],
            written=address[:500],
            created_at=micros(now),
        )
        return Contact(contact_id, name, address)
    if name and not known.name:
        work.update(contacts, known.id, name=name)
    return known


def load(work: Work, contact_id: int) -> Contact | None:
    row = work.row(_BY_ID, the_id=contact_id)
    return contact_of(row) if row else None


def addresses(work: Work, contact_id: int) -> tuple[str, ...]:
    return tuple(row["address"] for row in work.rows(_ADDRESSES, contact_id=contact_id))


def contact_of(row: Row) -> Contact:
    return Contact(
        row["id"],
        row["name"],
        row["written"],
        row["language"],
        tuple(json.loads(row["tags"])),
        row["tickets"],
        row["undelivered"] or "",
    )


def count_ticket(work: Work, contact_id: int) -> None:
    work.run(_COUNT, the_id=contact_id)


def change_tags(work: Work, contact_id: int, added: tuple[str, ...], removed: tuple[str, ...]) -> None:
    known = load(work, contact_id)
    if known is not None:
        tags = sorted({*known.tags, *added} - set(removed))
        work.update(contacts, contact_id, tags=json.dumps(tags))


def came_back(work: Work, address: str, reason: str) -> None:
    """A mail to this address came back for good."""
    work.run(_MARK, surface=surface_of(address), the_address=address_key(address)[:500], reason=reason[:500])


def reached(work: Work, contact: Contact) -> None:
    """They wrote: their address works."""
    if contact.undelivered:
        work.run(
            _MARK,
            surface=surface_of(contact.address),
            the_address=address_key(contact.address)[:500],
            reason=None,
        )
