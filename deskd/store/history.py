"""What a ticket went through, read for those who take it over and for its clocks. Reads only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from deskd.handoff import Said, Step
from deskd.store.tables import attachments, events, messages
from deskd.store.times import moment
from deskd.store.work import Row, Statement, Work, among
from deskd.words import size

MOST = 500
"""Messages and events that are looked at, the newest; a handoff shows far fewer."""

_SAID = Statement(
    select(
        messages.c.id,
        messages.c.direction,
        messages.c.author,
        messages.c.author_name,
        messages.c.sent_at,
        messages.c.text,
        messages.c.body,
    )
    .where(messages.c.ticket_id == bindparam("ticket_id"))
    .order_by(messages.c.id.desc())
    .limit(MOST)
)
_FIRST = Statement(
    select(
        messages.c.id,
        messages.c.direction,
        messages.c.author,
        messages.c.sent_at,
        messages.c.text,
        messages.c.body,
    )
    .where(messages.c.ticket_id == bindparam("ticket_id"), messages.c.direction == "in")
    .order_by(messages.c.id)
    .limit(1)
)
_ONE = Statement(
    select(
        messages.c.id,
        messages.c.direction,
        messages.c.author,
        messages.c.author_name,
        messages.c.sent_at,
        messages.c.text,
        messages.c.body,
    ).where(messages.c.id == bindparam("message_id"))
)
_LAST_SENT = Statement(
    select(
        messages.c.id,
        messages.c.direction,
        messages.c.author,
        messages.c.sent_at,
        messages.c.text,
        messages.c.body,
    )
    .where(
        messages.c.ticket_id == bindparam("ticket_id"),
        messages.c.direction == "out",
        messages.c.delivery != "cancelled",
    )
    .order_by(messages.c.id.desc())
    .limit(1)
)
_FILES = Statement(
    select(attachments.c.message_id, attachments.c.name, attachments.c.size)
    .join(messages, messages.c.id == attachments.c.message_id)
    .where(messages.c.ticket_id == bindparam("ticket_id"), attachments.c.until.is_(None))
    .order_by(attachments.c.id)
)
_EVENTS = Statement(
    select(events.c.at, events.c.actor, events.c.type, events.c.data)
    .where(events.c.ticket_id == bindparam("ticket_id"))
    .order_by(events.c.id.desc())
    .limit(MOST)
)
_LAST = Statement(
    select(events.c.at, events.c.actor, events.c.type, events.c.data)
    .where(events.c.ticket_id == bindparam("ticket_id"), events.c.type == bindparam("type"))
    .order_by(events.c.id.desc())
    .limit(1)
)
_ALL_OF = Statement(
    select(events.c.at, events.c.actor, events.c.type, events.c.data)
    .where(events.c.ticket_id == bindparam("ticket_id"), events.c.type == bindparam("type"))
    .order_by(events.c.id)
)

_RELEASED = Statement(
    select(events.c.at, events.c.actor, events.c.type, events.c.data)
    .where(
        events.c.ticket_id == bindparam("ticket_id"),
        among(events.c.type, "released", "escalated", "deescalated"),
    )
    .order_by(events.c.id)
)


def said(work: Work, ticket_id: int) -> tuple[Said, ...]:
    """The ticket's messages, oldest first; of very many its first and the newest."""
    files: dict[int, list[str]] = {}
    for row in work.rows(_FILES, ticket_id=ticket_id):
        files.setdefault(row["message_id"], []).append(f"{row['name']} ({size(row['size'])})")
    rows = work.rows(_SAID, ticket_id=ticket_id)[::-1]
    first = work.row(_FIRST, ticket_id=ticket_id)
    if first is not None and first["id"] not in {row["id"] for row in rows}:
        rows.insert(0, first)
    return tuple(_said(row, files.get(row["id"], ())) for row in rows)


def whole(work: Work, ticket_id: int) -> tuple[Said, ...]:
    """The ticket's messages with all of their text, quotes and signatures too; oldest first, of very many the newest."""
    return tuple(_whole(row) for row in work.rows(_SAID, ticket_id=ticket_id)[::-1])


def whole_message(work: Work, message_id: int) -> Said | None:
    row = work.row(_ONE, message_id=message_id)
    return None if row is None else _whole(row)


def by_id(work: Work, ticket_id: int) -> dict[int, Said]:
    """The newest messages by their numbers."""
    return {row["id"]: _said(row, ()) for row in work.rows(_SAID, ticket_id=ticket_id)}


def _whole(row: Row) -> Said:
    text, name = row["body"] or row["text"], row["author_name"] if row["direction"] == "in" else ""
    return Said(row["direction"], row["author"], moment(row["sent_at"]), text, name=name)


def last_sent(work: Work, ticket_id: int) -> Said | None:
    """The newest reply that went out or is to go; one that was stopped doesn't count."""
    row = work.row(_LAST_SENT, ticket_id=ticket_id)
    return None if row is None else _said(row, ())


def _said(row: Row, files: Sequence[str]) -> Said:
    text = row["text"] or row["body"]
    return Said(row["direction"], row["author"], moment(row["sent_at"]), text, tuple(files))


def steps(work: Work, ticket_id: int) -> tuple[Step, ...]:
    """The ticket's events, oldest first."""
    return tuple(map(_step, work.rows(_EVENTS, ticket_id=ticket_id)[::-1]))


def last(work: Work, ticket_id: int, kind: str) -> Step | None:
    """The newest event of a type."""
    row = work.row(_LAST, ticket_id=ticket_id, type=kind)
    return None if row is None else _step(row)


def all_of(work: Work, ticket_id: int, kind: str) -> tuple[Step, ...]:
    """All events of a type, oldest first."""
    return tuple(map(_step, work.rows(_ALL_OF, ticket_id=ticket_id, type=kind)))


def released_by(work: Work, ticket_id: int) -> frozenset[str]:
    """The agents from whom the ticket was let go since it came to its team."""
    who: set[str] = set()
    for step in map(_step, work.rows(_RELEASED, ticket_id=ticket_id)):
        if step.type != "released":
            who.clear()
        elif step.data.get("from"):
            who.add(str(step.data["from"]))
    return frozenset(who)


def _step(row: Row) -> Step:
    data: dict[str, Any] = json.loads(row["data"])
    return Step(moment(row["at"]), row["actor"], row["type"], data)


def had_by(steps: Sequence[Step], now_with: str | None) -> tuple[str, ...]:
    """The agents who had the ticket, in order, the one who has it last. Pure."""
    keys: dict[str, None] = {}
    for step in steps:
        place = step.data.get("to") if step.type in ("escalated", "deescalated") else step.data
        if step.type not in ("claimed", "assigned", "escalated", "deescalated") or not isinstance(
            place, dict
        ):
            continue
        agent = place.get("agent") or place.get("assignee")
        if agent:
            keys.setdefault(str(agent))
    if now_with is not None:
        keys.pop(now_with, None)
        keys[now_with] = None
    return tuple(keys)
