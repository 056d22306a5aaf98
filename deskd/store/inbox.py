"""The inbox's rows: kept, claimed for work, ended.

A row's attempt is counted in the commit that claims it, before anyone looks inside, so that a message that kills the process cannot kill it for
ever. Rows of one `order_key` (a Slack channel's gestures) are worked on one after the other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, or_, select, update
from sqlalchemy.sql.elements import ClauseElement

from deskd import states
from deskd.model import AuthVerdict, Envelope, RawMessage
from deskd.model.flat import flat
from deskd.store import blobs
from deskd.store.tables import blobs as contents
from deskd.store.tables import inbox
from deskd.store.times import micros, moment
from deskd.store.work import Statement, Work, among, upsert


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A claimed row, with all that is needed to work on it."""

    id: int
    channel: str
    source: str
    payload: bytes
    envelope: Envelope
    live: bool
    received_at: datetime
    attempts: int  # this one counted
    ticket_id: int | None  # the placeholder of an earlier quarantine
    order_key: str | None
    auth: AuthVerdict | None = None  # what the DNS said at an earlier try


def _accept(dialect: str) -> ClauseElement:
    names = (
        "channel",
        "source",
        "external_id",
        "sha256",
        "envelope",
        "live",
        "order_key",
        "received_at",
        "state",
    )
    built = upsert(dialect, inbox).values({name: bindparam(name) for name in names})
    statement: ClauseElement = built.on_conflict_do_nothing(
        index_elements=[inbox.c.channel, inbox.c.source, inbox.c.external_id]
    ).returning(inbox.c.id)
    return statement


_ACCEPT = Statement(_accept)
_KNOWN = Statement(
    select(inbox.c.id).where(
        inbox.c.channel == bindparam("channel"),
        inbox.c.source == bindparam("source"),
        inbox.c.external_id == bindparam("external_id"),
    )
)


def find(work: Work, channel: str, source: str, external_id: str) -> int | None:
    """The row of a delivery that is here already."""
    found: int | None = work.value(_KNOWN, channel=channel, source=source, external_id=external_id)
    return found


@dataclass(frozen=True, slots=True)
class Came:
    """That a delivery is here, and since when."""

    id: int
    external_id: str
    received_at: datetime


_BEGINNING = Statement(
    select(inbox.c.id, inbox.c.external_id, inbox.c.received_at)
    .where(
        inbox.c.channel == bindparam("channel"),
        inbox.c.source == bindparam("source"),
        inbox.c.external_id >= bindparam("start"),
        inbox.c.external_id < bindparam("after"),
    )
    .order_by(inbox.c.id)
)


def beginning(work: Work, channel: str, source: str, start: str) -> list[Came]:
    """The deliveries whose external ids begin so and go on with a digit or a small letter, oldest first."""
    rows = work.rows(_BEGINNING, channel=channel, source=source, start=start, after=start + "zz")
    # Between the two a database's own order may put others: in many, punctuation hardly counts.
    return [
        Came(row["id"], row["external_id"], moment(row["received_at"]))
        for row in rows
        if row["external_id"].startswith(start)
    ]


def accept(work: Work, raw: RawMessage, sha256: str, order_key: str | None, now: datetime) -> int | None:
    """Keep a raw message; its row's id, or None when the same delivery is here already."""
    if raw.source != "smtp" and work.value(
        _KNOWN, channel=raw.channel, source=raw.source, external_id=raw.external_id
    ):
        return None
    blobs.keep(work, raw.payload, sha256)
    row_id = work.value(
        _ACCEPT,
        channel=raw.channel,
        source=raw.source,
        external_id=raw.external_id,
        sha256=sha256,
        envelope=json.dumps(flat(raw.envelope)) if raw.envelope != Envelope() else None,
        live=int(raw.live),
        order_key=order_key,
        received_at=micros(now),
        state="received",
    )
    work.wake("inbox")
    return int(row_id) if row_id is not None else None


# ── claiming ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_earlier = inbox.alias("earlier")
_IN_TURN = or_(
    inbox.c.order_key.is_(None),
    ~exists().where(
        _earlier.c.order_key == inbox.c.order_key,
        _earlier.c.id < inbox.c.id,
        among(_earlier.c.state, "received", "working"),
    ),
)


def _waiting(begun: bool) -> Callable[[str], ClauseElement]:
    """Rows that may be worked on now. `begun`: those that were begun before, the least often begun first; else the others, oldest first."""

    def build(dialect: str) -> ClauseElement:
        built = (
            select(inbox.c.id, inbox.c.attempts, contents.c.size)
            .join(contents, contents.c.sha256 == inbox.c.sha256)
            .where(
                among(inbox.c.state, "received", "working"),
                inbox.c.state == "received",
                inbox.c.attempts > 0 if begun else inbox.c.attempts == 0,
                inbox.c.not_before <= bindparam("now"),
                _IN_TURN,
            )
            .order_by(*([inbox.c.attempts] if begun else []), inbox.c.id)
            .limit(bindparam("most"))
        )
        return built.with_for_update(skip_locked=True, of=inbox) if dialect == "postgresql" else built

    return build


_FRESH = Statement(_waiting(begun=False))
_BEGUN = Statement(_waiting(begun=True))
_CLAIM = Statement(
    update(inbox)
    .where(inbox.c.id == bindparam("the_id"))
    .values(
        state="working",
        attempts=inbox.c.attempts + 1,
        claimed_by=bindparam("worker"),
    )
)
_ROW = Statement(select(inbox).where(inbox.c.id == bindparam("the_id")))


def claim(
    work: Work,
    worker: str,
    now: datetime,
    most: int,
    room: int = 2**62,
    *,
    idle: bool = True,
    again: bool = True,
) -> list[InboxRow]:
    """Take up to `most` waiting rows for `worker`, oldest first, of `room` bytes in all; where one alone is larger, just that one, if it is `idle`.

    A row that was begun before may be what killed its worker. Only one of them is under way at a time (`again`: none is now), so that it holds up no other
    and no other that was begun before falls under suspicion with it: a row that does no harm loses at most the attempt that was its first. The
    least often begun comes first, so that of many kills by chance no row gets more than its share.
    """
    taken: list[int] = []
    for row in work.rows(_FRESH, now=micros(now), most=most):
        if row["size"] > room and (taken or not idle):
            break
        room -= row["size"]
        taken.append(row["id"])
    if again:
        begun = work.rows(_BEGUN, now=micros(now), most=1)
        taken += [row["id"] for row in begun if row["size"] <= room or (idle and not taken)]
    return _take(work, taken, worker, now)


def claim_these(work: Work, worker: str, now: datetime, wanted: Sequence[int]) -> list[InboxRow]:
    """Those of the `wanted` rows that wait, for a command that waits for them; one that was begun before is taken alone, after the others."""
    built = (
        select(inbox.c.id, inbox.c.attempts)
        .where(
            inbox.c.id.in_(wanted),
            inbox.c.state == "received",
            inbox.c.not_before <= micros(now),
            _IN_TURN,
        )
        .order_by(inbox.c.id)
    )
    if work.dialect == "postgresql":
        built = built.with_for_update(skip_locked=True, of=inbox)
    found = work.once(built)
    fresh = [row["id"] for row in found if row["attempts"] == 0]
    return _take(work, fresh or [row["id"] for row in found[:1]], worker, now)


def _take(work: Work, taken: Sequence[int], worker: str, now: datetime) -> list[InboxRow]:
    for row_id in taken:
        work.run(_CLAIM, the_id=row_id, worker=worker)
    return [load(work, row_id) for row_id in taken]


def load(work: Work, row_id: int) -> InboxRow:
    """Raises `LookupError` when there is no such row."""
    row = work.row(_ROW, the_id=row_id)
    if row is None:
        raise LookupError(f"no inbox row {row_id}")
    envelope = json.loads(row["envelope"]) if row["envelope"] else {}
    return InboxRow(
        id=row["id"],
        channel=row["channel"],
        source=row["source"],
        payload=blobs.data_of(work, row["sha256"]),
        envelope=Envelope(**{**envelope, "rcpt_to": tuple(envelope.get("rcpt_to", ()))}),
        live=bool(row["live"]),
        received_at=moment(row["received_at"]),
        attempts=row["attempts"],
        ticket_id=row["ticket_id"],
        order_key=row["order_key"],
        auth=AuthVerdict(*json.loads(row["auth"])) if row["auth"] else None,
    )


def keep_auth(work: Work, row_id: int, auth: AuthVerdict) -> None:
    """What the DNS said of a mail stays with its raw form: it may say otherwise tomorrow, and nobody asks it twice."""
    work.update(inbox, row_id, auth=json.dumps([auth.result, auth.because]))


_NEXT = Statement(
    select(inbox.c.not_before)
    .where(among(inbox.c.state, "received", "working"), inbox.c.state == "received", _IN_TURN)
    .order_by(inbox.c.not_before)
    .limit(1)
)


def next_due(work: Work) -> datetime | None:
    """When the next waiting row may be worked on."""
    value = work.value(_NEXT)
    return None if value is None else moment(value)


# ── ending ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_STATE = Statement(select(inbox.c.state).where(inbox.c.id == bindparam("the_id")))


def state_of(work: Work, row_id: int) -> str | None:
    """None: there is no such row."""
    found: str | None = work.value(_STATE, the_id=row_id)
    return found


def end(work: Work, row_id: int, state: str, **values: Any) -> None:
    """Give a row its end (invariant I2); `values` are further columns. Raises `BrokenInvariant` for a move `states.INBOX` doesn't know."""
    states.check(states.INBOX, work.value(_STATE, the_id=row_id), state)
    work.update(inbox, row_id, state=state, claimed_by=None, **values)


_PUT_BACK = Statement(
    update(inbox)
    .where(
        inbox.c.id == bindparam("the_id"),
        inbox.c.state == "working",
        inbox.c.claimed_by == bindparam("worker"),
    )
    .values(
        state="received",
        attempts=inbox.c.attempts - bindparam("uncounted"),
        claimed_by=None,
        reason=bindparam("why"),
        not_before=bindparam("until"),
    )
)


def put_back(
    work: Work, row_id: int, worker: str, reason: str, not_before: datetime, *, counted: bool = True
) -> None:
    """A failure that may pass: the row waits until `not_before`. Not `counted`: it was no fault of the message's, however often. A row that another worker ended meanwhile stays as it is."""
    work.run(
        _PUT_BACK,
        the_id=row_id,
        worker=worker,
        why=reason,
        until=micros(not_before),
        uncounted=int(not counted),
    )
    work.wake("inbox")


def retry(work: Work, row_id: int) -> None:
    """An operator's word: a quarantined row is worked on again, as if it were new."""
    end(work, row_id, "received", attempts=0, not_before=0)
    work.wake("inbox")


_HOLDER = Statement(
    select(inbox.c.claimed_by).where(inbox.c.id == bindparam("the_id"), inbox.c.state == "working")
)


def still_ours(work: Work, row_id: int, worker: str) -> bool:
    """Whether the row is still this worker's to end: one that was taken for dead lost its rows to another."""
    return bool(work.value(_HOLDER, the_id=row_id) == worker)


_NEWEST = Statement(select(func.max(inbox.c.id)))
_IS_WAITING = Statement(
    select(inbox.c.id)
    .where(among(inbox.c.state, "received", "working"), inbox.c.id <= bindparam("up_to"))
    .limit(1)
)


def newest(work: Work) -> int:
    """The id of the row kept last; 0 when there is none."""
    return int(work.value(_NEWEST) or 0)


def is_waiting(work: Work, up_to: int) -> bool:
    """Whether a row up to this id is still to be worked on."""
    return work.value(_IS_WAITING, up_to=up_to) is not None
