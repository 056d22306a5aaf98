"""Tickets as the desk decides about them: loaded with what hangs on them, found by reference or by the Slack thread they live in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, func, select

from deskd.desk.state import KnownMessage, State
from deskd.model import Anchor, Ticket, surface_of
from deskd.store import absences, contacts
from deskd.store.tables import (
    anchors,
    counters,
    messages,
    outbox,
    posts,
    ticket_tags,
    tickets,
)
from deskd.store.times import moment, moment_or_none
from deskd.store.work import Row, Statement, Work, among, upsert

_TICKET = Statement(select(tickets).where(tickets.c.id == bindparam("the_id")))
_LOCKED = Statement(
    lambda dialect: (
        select(tickets).where(tickets.c.id == bindparam("the_id")).with_for_update()
        if dialect == "postgresql"
        else select(tickets).where(tickets.c.id == bindparam("the_id"))
    )
)
_TAGS = Statement(
    select(ticket_tags.c.tag)
    .where(ticket_tags.c.ticket_id == bindparam("ticket_id"))
    .order_by(ticket_tags.c.tag)
)
_ANCHORS = Statement(
    select(anchors).where(anchors.c.ticket_id == bindparam("ticket_id")).order_by(anchors.c.id)
)
_CONVERSATION = Statement(
    select(messages.c.conversation_id)
    .where(
        messages.c.ticket_id == bindparam("ticket_id"),
        messages.c.direction == "in",
        messages.c.channel == bindparam("channel"),
        messages.c.conversation_id.is_not(None),
    )
    .order_by(messages.c.id.desc())
    .limit(1)
)
LONGEST_NUMBER = 18  # digits that a BIGINT surely holds
_BY_NUMBER = Statement(select(tickets.c.id, tickets.c.ref).where(tickets.c.number == bindparam("number")))
_BY_THREAD = Statement(
    select(anchors.c.ticket_id).where(
        anchors.c.thread == bindparam("thread"), anchors.c.channel == bindparam("channel")
    )
)
_POST = Statement(
    select(posts).where(
        posts.c.surface == bindparam("on"),
        posts.c.channel == bindparam("channel"),
        posts.c.ts == bindparam("ts"),
    )
)
_MESSAGE = Statement(
    select(
        messages,
        outbox.c.id.label("outbox_id"),
        outbox.c.state.label("outbox_state"),
        outbox.c.payload.label("outbox_payload"),
    )
    .select_from(
        messages.outerjoin(
            outbox, (outbox.c.message_id == messages.c.id) & among(outbox.c.kind, "mail", "slack", "telegram")
        )
    )
    .where(messages.c.id == bindparam("the_id"))
    .order_by(outbox.c.id.desc())
    .limit(1)
)
_HOLD_DELIVERY = Statement(
    select(outbox.c.id)
    .where(outbox.c.message_id == bindparam("message_id"), among(outbox.c.kind, "mail", "slack", "telegram"))
    .order_by(outbox.c.id)
    .with_for_update()
)
_SOURCE = Statement(
    select(posts.c.channel, posts.c.ts)
    .where(posts.c.message_id == bindparam("message_id"), posts.c.role == "source")
    .limit(1)
)


def load(work: Work, ticket_id: int, *, lock: bool = False) -> Ticket | None:
    row = work.row(_LOCKED if lock else _TICKET, the_id=ticket_id)
    if row is None:
        return None
    tags = tuple(found["tag"] for found in work.rows(_TAGS, ticket_id=ticket_id))
    return ticket_of(row, tags)


_TIMES = ("first_response_at", "resolved_at", "closed_at", "pending_until", "due_at", "handed_at")
_NOT_OURS = frozenset(
    {*_TIMES, "number", "created_at", "updated_at", "priority_set", "quarantined", "skills"}
)


def ticket_of(row: Row, tags: tuple[str, ...]) -> Ticket:
    plain = {name: value for name, value in row.items() if name not in _NOT_OURS}
    times: Row = {name: moment_or_none(row[name]) for name in _TIMES}
    return Ticket(
        **plain,
        **times,
        created_at=moment(row["created_at"]),
        updated_at=moment(row["updated_at"]),
        priority_set=bool(row["priority_set"]),
        quarantined=bool(row["quarantined"]),
        tags=tags,
        skills=tuple(json.loads(row["skills"])),
    )


def state(work: Work, ticket_id: int, message_id: int | None = None, *, follow: bool = True) -> State:
    """All that a command on this ticket may need; the ticket is locked until the transaction ends.

    Raises `LookupError` when there is no such ticket. A merged one is followed to where it went, unless its own state is wanted.
    """
    ticket = load(work, ticket_id, lock=True)
    while follow and ticket is not None and ticket.merged_into is not None:
        ticket = load(work, ticket.merged_into, lock=True)
    if ticket is None:
        raise LookupError(f"no ticket {ticket_id}")
    if message_id is not None and work.dialect == "postgresql":
        work.run(
            _HOLD_DELIVERY, message_id=message_id
        )  # a worker may be claiming it: then it isn't held any more
    return State(
        ticket=ticket,
        contact=contacts.load(work, ticket.contact_id),
        anchors=anchors_of(work, ticket.id),
        message=None if message_id is None else known_message(work, message_id),
        conversation_id=work.value(_CONVERSATION, ticket_id=ticket.id, channel=ticket.channel),
        absences=absences.known(work),
    )


def glance(work: Work, ticket_id: int) -> State | None:
    """A ticket as it stands, for showing: nothing is locked, so that it may be read where nothing can be written. A merged one is followed."""
    ticket = load(work, ticket_id)
    while ticket is not None and ticket.merged_into is not None:
        ticket = load(work, ticket.merged_into)
    if ticket is None:
        return None
    contact = contacts.load(work, ticket.contact_id)
    return State(ticket, contact, anchors_of(work, ticket.id))


def anchors_of(work: Work, ticket_id: int) -> tuple[Anchor, ...]:
    return tuple(anchor_of(row) for row in work.rows(_ANCHORS, ticket_id=ticket_id))


def anchor_of(row: Row) -> Anchor:
    return Anchor(
        row["id"], row["surface"], row["account"], row["channel"], row["thread"], row["role"], row["card"]
    )


def known_message(work: Work, message_id: int) -> KnownMessage | None:
    row = work.row(_MESSAGE, the_id=message_id)
    if row is None:
        return None
    source = work.row(_SOURCE, message_id=message_id)
    payload = json.loads(row["outbox_payload"]) if row["outbox_payload"] else {}
    return KnownMessage(
        id=row["id"],
        direction=row["direction"],
        author=row["author"],
        text=row["text"],
        markup=row["markup"] or "",
        kind=row["kind"],
        delivery=row["delivery"],
        sent_at=moment(row["sent_at"]),
        source=(source["channel"], source["ts"]) if source else None,
        outbox_id=row["outbox_id"],
        outbox_state=row["outbox_state"],
        then=payload.get("then"),
    )


def by_ref(work: Work, ref: str) -> int | None:
    """Its case doesn't count. Looked up by the number at its end, which has an index: a reference in a subject must not cost a walk through all tickets."""
    wanted = ref.strip().strip("[]").lower()
    digits = wanted.rpartition("-")[2]
    if not (digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_NUMBER):
        return None
    row = work.row(_BY_NUMBER, number=int(digits))
    return row["id"] if row is not None and row["ref"].lower() == wanted else None


def by_thread(work: Work, channel: str, thread: str) -> int | None:
    found: int | None = work.value(_BY_THREAD, channel=channel, thread=thread)
    return found


def post(work: Work, channel: str, ts: str) -> Row | None:
    """Which ticket and message a message in Slack, or in a team's Telegram group, is; None when it is none of ours."""
    return work.row(_POST, on=surface_of(channel), channel=channel, ts=ts)


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────

FIRST_NUMBER = 1001


def _count(dialect: str) -> Any:
    built = upsert(dialect, counters).values(name=bindparam("name"), value=bindparam("first"))
    return built.on_conflict_do_update(
        index_elements=[counters.c.name], set_={"value": counters.c.value + 1}
    ).returning(counters.c.value)


_COUNT = Statement(_count)
_SEQUENCE = Statement(select(func.nextval("ticket_numbers")))


def next_number(work: Work) -> int:
    """From a sequence (PostgreSQL), so that two that open at once don't wait for each other, or a counter row. Gaps are allowed."""
    if work.dialect == "postgresql":
        return int(work.value(_SEQUENCE))
    return int(work.value(_COUNT, name="tickets", first=FIRST_NUMBER))


def count(work: Work, name: str) -> int:
    """One more of a named counter; its new value, from 0."""
    return int(work.value(_COUNT, name=name, first=0))


_COUNTED = Statement(select(counters.c.value).where(counters.c.name == bindparam("name")))
_TURN = Statement(
    lambda dialect: (
        upsert(dialect, counters)
        .values(name=bindparam("name"), value=bindparam("value"))
        .on_conflict_do_update(index_elements=[counters.c.name], set_={"value": bindparam("value")})
    )
)


def turns(work: Work, team: str, agents: Iterable[str]) -> dict[str, int]:
    """When each agent last had a turn in a team: the greater, the later."""
    found = {agent: work.value(_COUNTED, name=_turn(team, agent)) for agent in agents}
    return {agent: value for agent, value in found.items() if value is not None}


def took_turn(work: Work, team: str, agent: str) -> None:
    work.run(_TURN, name=_turn(team, agent), value=count(work, f"round_robin:{team}"))


def _turn(team: str, agent: str) -> str:
    name = f"turn:{team}:{agent}"
    return name if len(name) <= 100 else f"turn:{hashlib.sha256(name.encode()).hexdigest()}"


_LOAD = Statement(
    select(tickets.c.priority, func.count().label("open"))
    .where(
        tickets.c.assignee == bindparam("agent"), among(tickets.c.status, "new", "open", "pending", "hold")
    )
    .group_by(tickets.c.priority)
)


def load_of(work: Work, agent: str) -> dict[str, int]:
    """How many tickets an agent has that are not over, by priority."""
    return {row["priority"]: row["open"] for row in work.rows(_LOAD, agent=agent)}


_LAST_ASSIGNEE = Statement(
    select(tickets.c.assignee)
    .where(tickets.c.contact_id == bindparam("contact_id"), tickets.c.assignee.is_not(None))
    .order_by(tickets.c.id.desc())
    .limit(1)
)


def last_assignee(work: Work, contact_id: int) -> str | None:
    """Who had the contact's last ticket."""
    found: str | None = work.value(_LAST_ASSIGNEE, contact_id=contact_id)
    return found


_OF_MESSAGE = Statement(select(messages.c.ticket_id).where(messages.c.id == bindparam("message_id")))


def of_message(work: Work, message_id: int) -> int | None:
    found: int | None = work.value(_OF_MESSAGE, message_id=message_id)
    return found
