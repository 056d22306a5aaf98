"""What moves when two tickets become one, and who besides its contact may write into a ticket."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from deskd.desk.changes import Move, SetParticipant
from deskd.desk.commands import Moved
from deskd.desk.joining import MERGED
from deskd.store import contacts
from deskd.store.tables import (
    deadlines,
    events,
    links,
    messages,
    participants,
    reference_ids,
    ticket_conversations,
    tickets,
)
from deskd.store.times import micros, moment
from deskd.store.work import Statement, Work, upsert

# ── what a ticket holds ──────────────────────────────────────────────────────────────────────────────────────────────

_CONVERSATIONS = Statement(
    select(ticket_conversations.c.conversation_id)
    .where(ticket_conversations.c.ticket_id == bindparam("ticket_id"), ticket_conversations.c.until.is_(None))
    .order_by(ticket_conversations.c.id)
)
_MESSAGES = Statement(
    select(
        messages.c.id,
        messages.c.conversation_id,
        messages.c.direction,
        messages.c.author,
        messages.c.author_name,
        messages.c.text,
    )
    .where(messages.c.ticket_id == bindparam("ticket_id"))
    .order_by(messages.c.id)
)
_DEADLINES = Statement(
    select(deadlines.c.kind, deadlines.c.at)
    .where(deadlines.c.ticket_id == bindparam("ticket_id"))
    .order_by(deadlines.c.kind)
)
_PARTICIPANTS = Statement(
    select(participants.c.address, participants.c.state)
    .where(participants.c.ticket_id == bindparam("ticket_id"))
    .order_by(participants.c.id)
)
_MERGED = Statement(
    select(events.c.data)
    .where(events.c.ticket_id == bindparam("ticket_id"), events.c.type == MERGED)
    .order_by(events.c.id.desc())
    .limit(1)
)


def participants_of(work: Work, ticket_id: int) -> dict[str, str]:
    """Address -> accepted or proposed."""
    return {row["address"]: row["state"] for row in work.rows(_PARTICIPANTS, ticket_id=ticket_id)}


def accepted(work: Work, ticket_id: int) -> tuple[str, ...]:
    return tuple(
        address for address, state in participants_of(work, ticket_id).items() if state == "accepted"
    )


def holds(work: Work, ticket_id: int, contact_id: int, into: int, into_contact: int) -> Moved:
    """All that would go from a ticket to another one."""
    found = work.rows(_MESSAGES, ticket_id=ticket_id)
    own = {*contacts.addresses(work, into_contact)}
    people = dict.fromkeys((*contacts.addresses(work, contact_id), *accepted(work, ticket_id)))
    known = participants_of(work, into)
    new = tuple(address for address in people if address not in own)
    return Moved(
        messages=tuple(row["id"] for row in found),
        conversations=tuple(row["conversation_id"] for row in work.rows(_CONVERSATIONS, ticket_id=ticket_id)),
        deadlines=tuple(
            (row["kind"], moment(row["at"])) for row in work.rows(_DEADLINES, ticket_id=ticket_id)
        ),
        people=new,
        known=tuple((address, known.get(address)) for address in new),
        words=tuple(
            (row["author_name"] or row["author"].partition(":")[2], row["text"], row["id"])
            for row in found
            if row["direction"] == "in"
        ),
    )


def undo_of(work: Work, ticket_id: int) -> dict[str, Any] | None:
    """What the event of the last join of this ticket kept; None: there was none, or none that can be undone."""
    data = work.value(_MERGED, ticket_id=ticket_id)
    found: dict[str, Any] | None = json.loads(data).get("undo") if data else None
    return found


def came_with(
    work: Work, holder: int, kept: Sequence[int], conversations: Collection[int]
) -> tuple[int, ...]:
    """The messages in a ticket's custody that belong to another: those that were moved, and what came in their conversations since."""
    wanted = set(kept)
    return tuple(
        row["id"]
        for row in work.rows(_MESSAGES, ticket_id=holder)
        if row["id"] in wanted or row["conversation_id"] in conversations
    )


# ── what changes ─────────────────────────────────────────────────────────────────────────────────────────────────────

_LEAVE = Statement(
    update(ticket_conversations)
    .where(
        ticket_conversations.c.ticket_id == bindparam("the_ticket"),
        ticket_conversations.c.conversation_id == bindparam("the_conversation"),
        ticket_conversations.c.until.is_(None),
    )
    .values(until=bindparam("ended"))
)
_TAKE = Statement(
    update(messages)
    .where(messages.c.id == bindparam("the_id"), messages.c.ticket_id == bindparam("old"))
    .values(ticket_id=bindparam("new"))
)
_COUNT = Statement(
    update(tickets)
    .where(tickets.c.id == bindparam("the_id"))
    .values(messages=tickets.c.messages + bindparam("more"))
)
_DROP_LINK = Statement(
    delete(links).where(
        links.c.ticket_id == bindparam("the_ticket"),
        links.c.other_id == bindparam("the_other"),
        links.c.kind == bindparam("the_kind"),
    )
)
_REMOVE = Statement(
    delete(participants).where(
        participants.c.ticket_id == bindparam("the_ticket"),
        participants.c.address == bindparam("the_address"),
    )
)
_SET = Statement(
    lambda dialect: (
        upsert(dialect, participants)
        .values({name: bindparam(name) for name in ("ticket_id", "address", "state", "actor", "at")})
        .on_conflict_do_update(
            index_elements=[participants.c.ticket_id, participants.c.address],
            set_={name: bindparam(name) for name in ("state", "actor", "at")},
        )
    )
)
_ARRIVED = Statement(
    update(reference_ids)
    .where(
        reference_ids.c.rfc_id == bindparam("the_id"),
        reference_ids.c.conversation_id == bindparam("the_conversation"),
    )
    .values(seen=1)
)


def move(work: Work, ticket_id: int, made: Move, now: datetime) -> None:
    """Conversations and messages that are still this ticket's become the other's."""
    for conversation in made.conversations:
        left = work.run(_LEAVE, the_ticket=ticket_id, the_conversation=conversation, ended=micros(now))
        if left:
            work.insert(
                ticket_conversations, ticket_id=made.into, conversation_id=conversation, since=micros(now)
            )
    count = sum(work.run(_TAKE, the_id=each, old=ticket_id, new=made.into) for each in made.messages)
    work.run(_COUNT, the_id=ticket_id, more=-count)
    work.run(_COUNT, the_id=made.into, more=count)


def set_participant(work: Work, ticket_id: int, made: SetParticipant, now: datetime) -> None:
    if made.state is None:
        work.run(_REMOVE, the_ticket=ticket_id, the_address=made.address[:500])
        return
    work.run(
        _SET,
        ticket_id=ticket_id,
        address=made.address[:500],
        state=made.state,
        actor=made.actor[:200],
        at=micros(now),
    )


def drop_link(work: Work, ticket_id: int, other_id: int, kind: str) -> None:
    work.run(_DROP_LINK, the_ticket=ticket_id, the_other=other_id, the_kind=kind)


def no_longer_awaited(work: Work, key: str, conversations: Sequence[int]) -> None:
    """The mail that these conversations' mails answer has come, in another conversation of the same ticket."""
    for conversation in conversations:
        work.run(_ARRIVED, the_id=key, the_conversation=conversation)
