"""One-time codes that show whose an address is, and a contact's addresses on their way to another contact."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from deskd.model import Ticket, address_key
from deskd.store.contacts import addresses, surface_of
from deskd.store.tables import contacts, identities, inbox, link_codes, messages, tickets
from deskd.store.times import micros
from deskd.store.work import Statement, Work

_CODE = Statement(
    select(link_codes).where(link_codes.c.hash == bindparam("hash"), link_codes.c.used_at.is_(None))
)
_RECENT = Statement(
    select(func.count())
    .select_from(link_codes)
    .where(link_codes.c.created_at > bindparam("since"), link_codes.c.chat == bindparam("chat"))
)
_RECENT_TO = Statement(
    select(func.count())
    .select_from(link_codes)
    .where(
        link_codes.c.created_at > bindparam("since"),
        link_codes.c.address == bindparam("address"),
        link_codes.c.chat.is_not(None),
    )
)
_USED = Statement(
    update(link_codes)
    .where(link_codes.c.hash == bindparam("the_hash"), link_codes.c.used_at.is_(None))
    .values(used_at=bindparam("now"))
)
_TICKETS = Statement(
    select(tickets.c.id).where(tickets.c.contact_id == bindparam("contact_id")).order_by(tickets.c.id)
)
_written = messages.alias("written")
_BROUGHT = Statement(
    select(tickets.c.id)
    .join(messages, messages.c.ticket_id == tickets.c.id)
    .where(
        tickets.c.contact_id == bindparam("contact_id"),
        messages.c.author == bindparam("author"),
        messages.c.id
        == select(func.min(_written.c.id))
        .where(_written.c.ticket_id == tickets.c.id, _written.c.direction == "in")
        .correlate(tickets)
        .scalar_subquery(),
    )
    .order_by(tickets.c.id)
)
_GIVE = Statement(
    update(identities)
    .where(
        identities.c.surface == bindparam("of_surface"),
        identities.c.address == bindparam("of_address"),
        identities.c.contact_id == bindparam("old"),
    )
    .values(contact_id=bindparam("new"))
)
_COUNT = Statement(
    update(contacts)
    .where(contacts.c.id == bindparam("the_id"))
    .values(tickets=contacts.c.tickets + bindparam("more"))
)

_LAST_MAIL = Statement(
    select(messages.c.author, messages.c.reply_to, inbox.c.auth)
    .join(inbox, inbox.c.id == messages.c.inbox_id)
    .where(
        messages.c.ticket_id == bindparam("ticket_id"),
        messages.c.direction == "in",
        messages.c.kind == "message",
        messages.c.channel == bindparam("channel"),
    )
    .order_by(messages.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Code:
    hash: str
    contact_id: int
    address: str
    created_at: int  # microseconds since 1970
    chat: str | None


def keep(work: Work, code_hash: str, contact_id: int, address: str, chat: str | None, now: datetime) -> None:
    work.insert(
        link_codes,
        hash=code_hash,
        contact_id=contact_id,
        address=address[:500],
        chat=chat,
        created_at=micros(now),
    )


def find(work: Work, code_hash: str) -> Code | None:
    """A code that nobody has used."""
    row: dict[str, Any] | None = work.row(_CODE, hash=code_hash)
    return (
        Code(row["hash"], row["contact_id"], row["address"], row["created_at"], row["chat"]) if row else None
    )


def use(work: Work, code: Code, now: datetime) -> bool:
    """False: somebody was faster."""
    return bool(work.run(_USED, the_hash=code.hash, now=micros(now)))


def asked_since(work: Work, chat: str, address: str, since: datetime) -> int:
    """How many codes were asked for from this chat, or for this address."""
    from_chat = work.value(_RECENT, since=micros(since), chat=chat) or 0
    to_address = work.value(_RECENT_TO, since=micros(since), address=address[:500]) or 0
    return max(int(from_chat), int(to_address))


def proven(work: Work, ticket: Ticket) -> str:
    """The address of the ticket's last mail, if authentication has shown that it comes from there, it is the contact's, and answers go there; else ""."""
    last = work.row(_LAST_MAIL, ticket_id=ticket.id, channel=ticket.channel)
    if last is None or not last["auth"] or json.loads(last["auth"])[0] != "pass":
        return ""
    author = address_key(last["author"].partition(":")[2])
    asked = {address_key(address) for _, address in json.loads(last["reply_to"] or "[]")}
    return author if asked <= {author} and author in addresses(work, ticket.contact_id) else ""


def tickets_of(work: Work, contact_id: int) -> list[int]:
    return [row["id"] for row in work.rows(_TICKETS, contact_id=contact_id)]


def brought_by(work: Work, contact_id: int, author: str) -> list[int]:
    """A contact's tickets that began with a message of this author's (`contact:telegram:501`)."""
    return [row["id"] for row in work.rows(_BROUGHT, contact_id=contact_id, author=author)]


def give(work: Work, address: str, old: int, new: int, moved: int) -> bool:
    """One address goes from one contact to another, with the count of the tickets that go along; whether it was the first one's."""
    if not work.run(_GIVE, of_surface=surface_of(address), of_address=address, old=old, new=new):
        return False
    work.run(_COUNT, the_id=old, more=-moved)
    work.run(_COUNT, the_id=new, more=moved)
    return True
