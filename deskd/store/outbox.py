"""The outbox's rows: claimed for sending, put back, ended.

A conversation's rows go out in order: one is claimed only when no earlier one of its conversation waits or is under way. A row that was sent but whose
answer never came is `unknown`, and no longer in anyone's way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, bindparam, exists, func, or_, select, update
from sqlalchemy.sql.elements import ClauseElement

from deskd import states
from deskd.desk.state import HeldAnswer
from deskd.store.tables import messages, outbox, posts
from deskd.store.times import micros, moment
from deskd.store.work import Row, Statement, Work, among

NEVER: Final = 2**62
"""`not_before` of a row that only a person can settle."""

CUSTOMER_KINDS: Final = frozenset({"mail", "slack", "telegram"})
"""Kinds that carry a message to a customer; the others show something to agents."""
_LAST: Final = frozenset({"react", "ephemeral", "update"})
"""Kinds that may wait where much has to go: marks, words to one agent, cards drawn anew."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    id: int
    key: str
    channel: str
    ticket_id: int | None
    message_id: int | None
    anchor_id: int | None
    kind: str
    conversation: str
    lane: str
    payload: Mapping[str, Any]
    content: bytes | None  # from an earlier attempt
    state: str
    attempts: int
    created_at: datetime
    error: str | None


_earlier = outbox.alias("earlier")
WAITING = ("held", "queued", "sending")


def _due(dialect: str) -> ClauseElement:
    built = (
        select(outbox)
        .where(
            among(outbox.c.state, *WAITING),
            among(outbox.c.state, "held", "queued"),
            outbox.c.lane == bindparam("lane"),
            outbox.c.not_before <= bindparam("now"),
            ~exists().where(
                _earlier.c.conversation == outbox.c.conversation,
                _earlier.c.id < outbox.c.id,
                among(_earlier.c.state, *WAITING),
            ),
        )
        .order_by(outbox.c.not_before, outbox.c.id)
        .limit(bindparam("most"))
    )
    return built.with_for_update(skip_locked=True, of=outbox) if dialect == "postgresql" else built


_DUE = Statement(_due)
_CLAIM = Statement(
    update(outbox)
    .where(outbox.c.id == bindparam("the_id"))
    .values(
        state="sending",
        attempts=outbox.c.attempts + 1,
        claimed_by=bindparam("worker"),
    )
)


_NEXT_LANE = Statement(
    select(func.min(outbox.c.lane)).where(among(outbox.c.state, *WAITING), outbox.c.lane > bindparam("after"))
)


def lanes(work: Work) -> list[str]:
    """The lanes in which anything waits: one step of the index each, however many rows that are."""
    found: list[str] = []
    lane = work.value(_NEXT_LANE, after="")
    while lane is not None:
        found.append(lane)
        lane = work.value(_NEXT_LANE, after=lane)
    return found


def due(
    work: Work,
    now: datetime,
    most: int,
    quotas: Mapping[str, int] | None = None,
    shares: Mapping[str, int] | None = None,
) -> list[OutboxRow]:
    """Rows that may go now: what customers wait for first, marks and refreshed cards last, and of each the longest waiting.

    `quotas`: lanes of which only so many may go, or none at all; `shares`: the same for accounts.
    """
    found: list[Row] = []
    for lane in lanes(work):
        quota = min(most, (quotas or {}).get(lane, most))
        if quota > 0:
            found += work.rows(_DUE, now=micros(now), most=quota, lane=lane)
    found.sort(key=lambda row: (_rank(row["kind"]), row["not_before"], row["id"]))
    return [_row(row) for row in _shared(found, shares or {})[:most]]


def _shared(found: list[Row], shares: Mapping[str, int]) -> list[Row]:
    """Of each account no more than its share."""
    left = dict(shares)
    taken = []
    for row in found:
        room = left.get(row["channel"])
        if room is None or room > 0:
            taken.append(row)
            if room is not None:
                left[row["channel"]] = room - 1
    return taken


def _rank(kind: str) -> int:
    return 0 if kind in CUSTOMER_KINDS else 2 if kind in _LAST else 1


def begin(work: Work, row: OutboxRow, worker: str, now: datetime) -> None:
    """Count an attempt, before it is made."""
    work.run(_CLAIM, the_id=row.id, worker=worker)


def _unsettled(dialect: str) -> ClauseElement:
    built = (
        select(outbox)
        .where(
            among(outbox.c.state, "unknown", "failed"),
            outbox.c.state == "unknown",
            outbox.c.not_before <= bindparam("now"),
        )
        .order_by(outbox.c.id)
        .limit(bindparam("most"))
    )
    return built.with_for_update(skip_locked=True) if dialect == "postgresql" else built


_UNSETTLED = Statement(_unsettled)


def unsettled(work: Work, now: datetime, most: int) -> list[OutboxRow]:
    """Rows whose outcome nobody knows and that a program may try to settle; they are left alone for a minute from now on."""
    found = [_row(row) for row in work.rows(_UNSETTLED, now=micros(now), most=most)]
    for row in found:
        work.update(outbox, row.id, not_before=micros(now + timedelta(minutes=1)))
    return found


_NEXT = Statement(
    select(outbox.c.not_before)
    .where(
        among(outbox.c.state, *WAITING),
        outbox.c.state != "sending",
        outbox.c.lane == bindparam("lane"),
        outbox.c.not_before > bindparam("now"),
    )
    .order_by(outbox.c.not_before)
    .limit(1)
)
_NEXT_UNSETTLED = Statement(
    select(outbox.c.not_before)
    .where(
        among(outbox.c.state, "unknown", "failed"), outbox.c.state == "unknown", outbox.c.not_before < NEVER
    )
    .order_by(outbox.c.not_before)
    .limit(1)
)


def next_due(work: Work, now: datetime, parked: Mapping[str, datetime] | None = None) -> datetime | None:
    """When the next row that isn't due yet will be, or the next `parked` lane goes on."""
    times = [work.value(_NEXT_UNSETTLED)]
    for lane in lanes(work):
        until = (parked or {}).get(lane)
        times.append(work.value(_NEXT, now=micros(now), lane=lane) if until is None else micros(until))
    known = [value for value in times if value is not None]
    return moment(min(known)) if known else None


def end(work: Work, row_id: int, old: str, state: str, **values: Any) -> None:
    """Raises `BrokenInvariant` for a move that `states.OUTBOX` doesn't know."""
    states.check(states.OUTBOX, old, state)
    work.update(outbox, row_id, state=state, claimed_by=None, **values)
    work.wake("outbox")


def put_back(work: Work, row: OutboxRow, error: str, not_before: datetime, *, counted: bool = True) -> None:
    """A temporary failure: the row, and with it its conversation, waits. Not `counted`: nothing was tried."""
    attempts = row.attempts + 1 if counted else row.attempts
    state = "held" if row.state == "held" and not counted else "queued"
    work.update(
        outbox,
        row.id,
        state=state,
        attempts=attempts,
        error=error,
        not_before=micros(not_before),
        claimed_by=None,
    )
    work.wake("outbox")


def went(work: Work, row: OutboxRow, done: int) -> None:
    """So many of a delivery's messages have gone."""
    work.update(outbox, row.id, payload=json.dumps({**row.payload, "done": done}, ensure_ascii=False))


def headed(work: Work, row: OutboxRow, thread: str) -> None:
    """The thread was made that a card is to head."""
    work.update(outbox, row.id, payload=json.dumps({**row.payload, "topic": thread}, ensure_ascii=False))


def step_aside(work: Work, row: OutboxRow) -> None:
    """Nothing waits for this row any more."""
    work.update(outbox, row.id, conversation=f"aside:{row.id}")


_BY_ID = Statement(select(outbox).where(outbox.c.id == bindparam("the_id")))


_STATE = Statement(select(outbox.c.state).where(outbox.c.id == bindparam("the_id")))


def state_of(work: Work, row_id: int) -> str | None:
    """None: there is no such row."""
    found: str | None = work.value(_STATE, the_id=row_id)
    return found


def load(work: Work, row_id: int) -> OutboxRow:
    """Raises `LookupError` when there is no such row."""
    row = work.row(_BY_ID, the_id=row_id)
    if row is None:
        raise LookupError(f"no outbox row {row_id}")
    return _row(row)


_AHEAD = timedelta(minutes=1)
_FARTHEST = timedelta(hours=1)
_BRING_BACK = Statement(
    update(outbox)
    .where(
        among(outbox.c.state, *WAITING),
        outbox.c.state == "queued",
        or_(
            outbox.c.not_before > bindparam("farthest"),
            and_(outbox.c.attempts == 0, outbox.c.not_before > bindparam("ahead")),
        ),
    )
    .values(not_before=bindparam("now"))
)


def bring_back(work: Work, now: datetime) -> None:
    """Rows that were queued while the clock stood too far ahead: no retry waits longer than an hour, and what was not tried yet waits for nothing."""
    times = {"now": micros(now), "ahead": micros(now + _AHEAD), "farthest": micros(now + _FARTHEST)}
    if work.run(_BRING_BACK, **times):
        work.wake("outbox")


_HELD = Statement(
    select(outbox.c.message_id).where(among(outbox.c.state, *WAITING), outbox.c.state == "held")
)


def held_messages(work: Work) -> list[int]:
    return [row["message_id"] for row in work.rows(_HELD) if row["message_id"] is not None]


_HELD_UNTIL = Statement(
    select(func.max(outbox.c.not_before)).where(
        outbox.c.message_id == bindparam("message_id"),
        outbox.c.state == "held",
        among(outbox.c.state, *WAITING),
    )
)


def held_until(work: Work, message_id: int) -> datetime:
    """When a held reply would go; the beginning of time where it isn't held any more."""
    return moment(work.value(_HELD_UNTIL, message_id=message_id) or 0)


def _held_answers(dialect: str) -> ClauseElement:
    built = (
        select(
            outbox.c.id,
            outbox.c.message_id,
            outbox.c.created_at,
            outbox.c.not_before,
            messages.c.author,
            posts.c.channel,
            posts.c.ts,
        )
        .join(messages, messages.c.id == outbox.c.message_id)
        .join(posts, (posts.c.message_id == messages.c.id) & (posts.c.role == "source"))
        .where(
            outbox.c.ticket_id == bindparam("ticket_id"),
            outbox.c.state == "held",
            among(outbox.c.state, *WAITING),
        )
        .order_by(outbox.c.id)
    )
    # One that is being claimed just now is on its way: it can't be stopped any more.
    return built.with_for_update(skip_locked=True, of=outbox) if dialect == "postgresql" else built


_HELD_ANSWERS = Statement(_held_answers)


def held_answers(work: Work, ticket_id: int) -> tuple[HeldAnswer, ...]:
    """A ticket's answers that wait for their time; they stay as they are until the transaction ends."""
    return tuple(
        HeldAnswer(
            row["id"],
            row["message_id"],
            row["author"],
            row["channel"],
            row["ts"],
            moment(row["created_at"]),
            moment(row["not_before"]),
        )
        for row in work.rows(_HELD_ANSWERS, ticket_id=ticket_id)
    )


def _row(row: Row) -> OutboxRow:
    content = row["content"]
    return OutboxRow(
        id=row["id"],
        key=row["key"],
        channel=row["channel"],
        ticket_id=row["ticket_id"],
        message_id=row["message_id"],
        anchor_id=row["anchor_id"],
        kind=row["kind"],
        conversation=row["conversation"],
        lane=row["lane"],
        payload=json.loads(row["payload"]),
        content=None if content is None else bytes(content),
        state=row["state"],
        attempts=row["attempts"],
        created_at=moment(row["created_at"]),
        error=row["error"],
    )
