"""What commands list: tickets with their messages, what came in, what goes out. Reads only; values are as `--json` gives them, times as datetimes.

Lists are read in pages, so that one of a million tickets needs no more memory than one of a thousand.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from deskd.compose.ids import mask_tokens
from deskd.model import address_key
from deskd.store.database import Store
from deskd.store.tables import (
    attachments,
    contacts,
    events,
    identities,
    inbox,
    links,
    message_versions,
    messages,
    outbox,
    tasks,
    ticket_tags,
    tickets,
)
from deskd.store.times import micros, moment, moment_or_none
from deskd.store.work import Row, Work

PAGE: Final = 500
WHOLE_PAGE: Final = 20
"""Tickets read at once with all their messages."""
Line = dict[str, Any]

_TIMES: Final = ("created_at", "updated_at", "first_response_at", "resolved_at", "due_at")


@dataclass(frozen=True, slots=True)
class Filters:
    """Each given one must hold; of several values of one, any."""

    status: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    level: tuple[int, ...] = ()
    assignee: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    contact: str | None = None  # an address, or part of a name
    since: datetime | None = None  # opened then or later


# ── tickets ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def ticket_lines(store: Store, filters: Filters, *, whole: bool = False) -> Iterator[Line]:
    """Tickets, oldest first; `whole`: each as `ticket_whole` gives it."""
    ids = store.read_now(lambda work: _ticket_ids(work, filters))
    read, size = (_wholes, WHOLE_PAGE) if whole else (_tickets, PAGE)
    for at in range(0, len(ids), size):
        page = ids[at : at + size]
        found = store.read_now(partial(read, ids=page))
        yield from (found[ticket_id] for ticket_id in page if ticket_id in found)


def ticket_whole(work: Work, ref: str) -> Line | None:
    """One ticket with its messages, events and links; None where there is none of this reference, whatever its case."""
    found = work.once(
        select(tickets.c.id).where(func.lower(tickets.c.ref) == ref.strip().strip("[]").lower())
    )
    return _wholes(work, [found[0]["id"]])[found[0]["id"]] if found else None


def _ticket_ids(work: Work, filters: Filters) -> list[int]:
    built = select(tickets.c.id).where(*_conditions(filters)).order_by(tickets.c.created_at, tickets.c.id)
    return [row["id"] for row in work.once(built)]


def _conditions(filters: Filters) -> Iterator[ColumnElement[bool]]:
    for name in ("status", "team", "level", "assignee", "channel"):
        wanted = getattr(filters, name)
        if wanted:
            yield tickets.c[name].in_(wanted)
    if filters.tag:
        yield exists().where(ticket_tags.c.ticket_id == tickets.c.id, ticket_tags.c.tag.in_(filters.tag))
    if filters.since is not None:
        yield tickets.c.created_at >= micros(filters.since)
    if filters.contact:
        named = func.lower(contacts.c.name).contains(filters.contact.casefold(), autoescape=True)
        address = exists().where(
            identities.c.contact_id == tickets.c.contact_id,
            identities.c.address == address_key(filters.contact),
        )
        yield or_(address, exists().where(contacts.c.id == tickets.c.contact_id, named))


def _tickets(work: Work, ids: Sequence[int]) -> dict[int, Line]:
    known = identities.alias("known")
    first = select(func.min(known.c.id)).where(known.c.contact_id == tickets.c.contact_id)
    built = (
        select(tickets, contacts.c.name.label("contact_name"), identities.c.written.label("contact_address"))
        .join(contacts, contacts.c.id == tickets.c.contact_id)
        .join(identities, identities.c.id == first.scalar_subquery(), isouter=True)
        .where(tickets.c.id.in_(ids))
    )
    tags = _grouped(
        work.once(select(ticket_tags).where(ticket_tags.c.ticket_id.in_(ids)).order_by(ticket_tags.c.tag)),
        "ticket_id",
    )
    return {
        row["id"]: _ticket_line(row, [tag["tag"] for tag in tags.get(row["id"], ())])
        for row in work.once(built)
    }


def _ticket_line(row: Row, tags: list[str]) -> Line:
    plain = (
        "ref",
        "subject",
        "status",
        "priority",
        "urgency",
        "impact",
        "channel",
        "team",
        "level",
        "assignee",
    )
    return {
        **{name: row[name] for name in plain},
        "tags": tags,
        "contact": {"name": row["contact_name"], "address": row["contact_address"]},
        "language": row["language"],
        "messages": row["messages"],
        **{name: moment_or_none(row[name]) for name in _TIMES},
        "escalations": row["escalations"],
    }


def _wholes(work: Work, ids: Sequence[int]) -> dict[int, Line]:
    found = _tickets(work, ids)
    told = _messages(work, ids)
    happened = _grouped(
        work.once(select(events).where(events.c.ticket_id.in_(ids)).order_by(events.c.id)), "ticket_id"
    )
    linked = _links(work, ids)
    promised = _grouped(
        work.once(select(tasks).where(tasks.c.ticket_id.in_(ids)).order_by(tasks.c.id)), "ticket_id"
    )
    return {
        ticket_id: {
            **line,
            "messages": told.get(ticket_id, []),
            "events": [_event(row) for row in happened.get(ticket_id, ())],
            "links": linked.get(ticket_id, []),
            "tasks": [_task(row) for row in promised.get(ticket_id, ())],
        }
        for ticket_id, line in found.items()
    }


def _task(row: Row) -> Line:
    times = ("at", "created_at", "reminded_at", "done_at")
    plain = {name: row[name] for name in ("kind", "place", "actor", "outcome", "invited")}
    return plain | {name: moment_or_none(row[name]) for name in times}


def _event(row: Row) -> Line:
    return {"at": moment(row["at"]), "actor": row["actor"], "type": row["type"]} | {
        name: value for name, value in json.loads(row["data"]).items() if name not in ("at", "actor", "type")
    }


def _messages(work: Work, ids: Sequence[int]) -> dict[int, list[Line]]:
    """Oldest first: a live message counts from when it came, not from what its sender's clock said."""
    came = case(
        (and_(messages.c.direction == "in", inbox.c.live == 1), inbox.c.received_at), else_=messages.c.sent_at
    )
    rows = work.once(
        select(messages)
        .join(inbox, inbox.c.id == messages.c.inbox_id, isouter=True)
        .where(messages.c.ticket_id.in_(ids))
        .order_by(messages.c.ticket_id, came, messages.c.id)
    )
    known = [row["id"] for row in rows]
    files = _of_messages(
        work, known, select(attachments).order_by(attachments.c.id), attachments.c.message_id
    )
    versions = _of_messages(
        work, known, select(message_versions).order_by(message_versions.c.id), message_versions.c.message_id
    )
    told: dict[int, list[Line]] = {}
    for row in rows:
        told.setdefault(row["ticket_id"], []).append(
            _message(row, files.get(row["id"], []), versions.get(row["id"], []))
        )
    return told


def _of_messages(
    work: Work, ids: Sequence[int], built: Select[Any], column: ColumnElement[int]
) -> dict[int, list[Row]]:
    rows: list[Row] = []
    for at in range(0, len(ids), PAGE):
        rows += work.once(built.where(column.in_(ids[at : at + PAGE])))
    return _grouped(rows, "message_id")


def _message(row: Row, files: list[Row], versions: list[Row]) -> Line:
    return {
        "id": row["id"],
        "direction": row["direction"],
        "author": row["author"],
        "author_name": row["author_name"] or None,
        "channel": row["channel"],
        "sent_at": moment(row["sent_at"]),
        "subject": row["subject"],
        "text": row["text"],
        "body": row["body"],
        "html": row["html"],
        "kind": row["kind"],
        "language": row["language"],
        "attachments": [_file(file) for file in files if file["until"] is None],
        "message_id": row["rfc_id"],
        "delivery": row["delivery"],
        "error": row["error"],
        "versions": [version["text"] for version in versions],
        "replaced": [_file(file) for file in files if file["until"] is not None],
    }


def _file(row: Row) -> Line:
    return {name: row[name] for name in ("name", "type", "size", "sha256")}


def _links(work: Work, ids: Sequence[int]) -> dict[int, list[Line]]:
    """From both ends: a ticket that was merged, and the one it went into."""
    told: dict[int, list[Line]] = {}
    for this, other in ((links.c.ticket_id, links.c.other_id), (links.c.other_id, links.c.ticket_id)):
        rows = work.once(
            select(this.label("this"), tickets.c.ref, links.c.kind, links.c.because, links.c.at)
            .join(tickets, tickets.c.id == other)
            .where(this.in_(ids))
            .order_by(links.c.id)
        )
        for row in rows:
            line = {
                "ref": row["ref"],
                "kind": row["kind"],
                "because": row["because"],
                "at": moment(row["at"]),
            }
            told.setdefault(row["this"], []).append(line)
    return told


# ── what came in ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class InboxEnd:
    """How an inbox row stands. `ticket` is its reference."""

    state: str
    ticket: str | None
    reason: str | None


def inbox_ends(work: Work, ids: Sequence[int]) -> dict[int, InboxEnd]:
    built = (
        select(inbox.c.id, inbox.c.state, inbox.c.reason, tickets.c.ref)
        .join(tickets, tickets.c.id == inbox.c.ticket_id, isouter=True)
        .where(inbox.c.id.in_(ids))
    )
    return {row["id"]: InboxEnd(row["state"], row["ref"], row["reason"]) for row in work.once(built)}


def inbox_lines(store: Store, states: Sequence[str]) -> Iterator[Line]:
    """Rows in these states, oldest first; none named: all."""
    built = (
        select(inbox, tickets.c.ref)
        .join(tickets, tickets.c.id == inbox.c.ticket_id, isouter=True)
        .order_by(inbox.c.id)
    )
    wanted = built.where(inbox.c.state.in_(states)) if states else built
    return _pages(store, wanted, inbox.c.id, _inbox_line)


def inbox_line(work: Work, row_id: int) -> Line | None:
    """One row with all that is known of how it came, without its bytes."""
    built = (
        select(inbox, tickets.c.ref)
        .join(tickets, tickets.c.id == inbox.c.ticket_id, isouter=True)
        .where(inbox.c.id == row_id)
    )
    rows = work.once(built)
    if not rows:
        return None
    row = rows[0]
    return _inbox_line(row) | {
        "source": row["source"],
        "sha256": row["sha256"],
        "live": bool(row["live"]),
        "envelope": json.loads(mask_tokens(row["envelope"])) if row["envelope"] else None,
        "message": row["message_id"],
        "not_before": moment(row["not_before"]) if row["not_before"] else None,
        "auth": json.loads(row["auth"]) if row["auth"] else None,
    }


def _inbox_line(row: Row) -> Line:
    return {
        "id": row["id"],
        "channel": row["channel"],
        "external_id": row["external_id"],
        "received_at": moment(row["received_at"]),
        "state": row["state"],
        "attempts": row["attempts"],
        "reason": row["reason"],
        "ticket": row["ref"],
    }


# ── what goes out ────────────────────────────────────────────────────────────────────────────────────────────────────

NOT_SENT: Final = ("held", "queued", "sending", "unknown", "failed")
NEVER: Final = 2**61
"""From here on `not_before` says that only a person can settle the row (`outbox.NEVER`)."""


def outbox_lines(store: Store, states: Sequence[str] = NOT_SENT) -> Iterator[Line]:
    """Rows in these states, oldest first; none named: all."""
    columns = ("id", "channel", "kind", "state", "attempts", "not_before", "error")
    built = (
        select(*(outbox.c[name] for name in columns), tickets.c.ref)
        .join(tickets, tickets.c.id == outbox.c.ticket_id, isouter=True)
        .order_by(outbox.c.id)
    )
    wanted = built.where(outbox.c.state.in_(states)) if states else built
    return _pages(store, wanted, outbox.c.id, _outbox_line)


def _outbox_line(row: Row) -> Line:
    return {
        "id": row["id"],
        "channel": row["channel"],
        "ticket": row["ref"],
        "kind": row["kind"],
        "state": row["state"],
        "attempts": row["attempts"],
        "not_before": moment(row["not_before"]) if row["not_before"] < NEVER else None,
        "error": row["error"],
    }


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _pages(
    store: Store, built: Select[Any], column: ColumnElement[int], line: Callable[[Row], Line]
) -> Iterator[Line]:
    last = 0
    while True:
        page = built.where(column > last).limit(PAGE)
        rows = store.read_now(partial(Work.once, built=page))
        yield from map(line, rows)
        if len(rows) < PAGE:
            return
        last = rows[-1]["id"]


def _grouped(rows: Sequence[Row], name: str) -> dict[int, list[Row]]:
    groups: dict[int, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[name], []).append(row)
    return groups
