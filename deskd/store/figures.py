"""How the desk stands, in numbers: what waits, what is stuck, what needs a person. For `/health`, the metrics and the alerts.

Each number is read over a partial index, so that a million settled rows cost nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Table, bindparam, func, select

from deskd.store.outbox import CUSTOMER_KINDS
from deskd.store.tables import counters, inbox, outbox
from deskd.store.times import micros, moment, moment_or_none
from deskd.store.work import Row, Statement, Work, among, upsert

NEWEST: Final = 200
"""So many rows of what needs a person are read; what lies further back was told before."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A row that a person should look at. `channel` is its account's key, `why` the reason kept with it."""

    id: int
    channel: str
    kind: str
    since: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of rows; `oldest_*` is when the longest waiting one came in. `quarantined` and `unknown` count all there are."""

    inbox_waiting: int = 0
    oldest_inbox: datetime | None = None
    quarantined: int = 0
    outbox_waiting: int = 0
    outbox_unknown: int = 0
    outbox_failed: int = 0
    oldest_outbox: datetime | None = None
    late: tuple[Trouble, ...] = ()
    """Rows that should have gone since `late_since`, the oldest first."""
    newest_quarantined: tuple[Trouble, ...] = ()
    newest_unknown: tuple[Trouble, ...] = ()
    newest_failed: tuple[Trouble, ...] = ()
    """Failed rows that no agent is told of in a thread: cards and posts, not replies."""


_INBOX: Final = Statement(
    select(func.count().label("waiting"), func.min(inbox.c.received_at).label("oldest")).where(
        among(inbox.c.state, "received", "working")
    )
)
_QUARANTINED: Final = Statement(select(func.count()).where(among(inbox.c.state, "quarantined")))
_WAITING: Final = ("held", "queued", "sending")
_OUTBOX: Final = Statement(
    select(func.count().label("waiting"), func.min(outbox.c.created_at).label("oldest")).where(
        among(outbox.c.state, *_WAITING)
    )
)
_UNSETTLED: Final = Statement(
    select(outbox.c.state, func.count().label("rows"))
    .where(among(outbox.c.state, "unknown", "failed"))
    .group_by(outbox.c.state)
)
_LATE: Final = Statement(
    select(outbox.c.id, outbox.c.channel, outbox.c.kind, outbox.c.created_at.label("since"), outbox.c.error)
    .where(
        among(outbox.c.state, *_WAITING),
        among(outbox.c.state, "queued", "sending"),
        outbox.c.created_at < bindparam("late"),
    )
    .order_by(outbox.c.created_at)
    .limit(NEWEST)
)
_NEWEST_QUARANTINED: Final = Statement(
    select(
        inbox.c.id,
        inbox.c.channel,
        inbox.c.source.label("kind"),
        inbox.c.received_at.label("since"),
        inbox.c.reason.label("error"),
    )
    .where(among(inbox.c.state, "quarantined"))
    .order_by(inbox.c.id.desc())
    .limit(NEWEST)
)
_NEWEST_UNSETTLED: Final = Statement(
    select(
        outbox.c.id,
        outbox.c.channel,
        outbox.c.kind,
        outbox.c.created_at.label("since"),
        outbox.c.error,
        outbox.c.state,
    )
    .where(among(outbox.c.state, "unknown", "failed"))
    .order_by(outbox.c.id.desc())
    .limit(NEWEST)
)


def figures(work: Work, late_since: datetime) -> Figures:
    """What there is now. `late_since`: what has waited since before then is late."""
    came = work.row(_INBOX) or {}
    goes = work.row(_OUTBOX) or {}
    unsettled = {row["state"]: row["rows"] for row in work.rows(_UNSETTLED)}
    troubles = work.rows(_NEWEST_UNSETTLED)
    return Figures(
        inbox_waiting=came.get("waiting", 0),
        oldest_inbox=moment_or_none(came.get("oldest")),
        quarantined=work.value(_QUARANTINED) or 0,
        outbox_waiting=goes.get("waiting", 0),
        outbox_unknown=unsettled.get("unknown", 0),
        outbox_failed=unsettled.get("failed", 0),
        oldest_outbox=moment_or_none(goes.get("oldest")),
        late=tuple(map(_trouble, work.rows(_LATE, late=micros(late_since)))),
        newest_quarantined=tuple(map(_trouble, work.rows(_NEWEST_QUARANTINED))),
        newest_unknown=tuple(_trouble(row) for row in troubles if row["state"] == "unknown"),
        newest_failed=tuple(_trouble(row) for row in troubles if _is_ours(row)),
    )


QUIET = ("react", "ephemeral", "alert", "file", "fetch")
"""Kinds whose failure is no admin's business: the ticket's thread tells of it where it matters."""


def _is_ours(row: Row) -> bool:
    return row["state"] == "failed" and row["kind"] not in (*CUSTOMER_KINDS, *QUIET)


def _trouble(row: Row) -> Trouble:
    return Trouble(row["id"], row["channel"], row["kind"], moment(row["since"]), row["error"] or "")


def _touch(dialect: str) -> Any:
    return (
        upsert(dialect, counters)
        .values(name="health", value=bindparam("at"))
        .on_conflict_do_update(index_elements=[counters.c.name], set_={"value": bindparam("at")})
    )


_TOUCH: Final = Statement(_touch)


def touch(work: Work, now: datetime) -> None:
    """Write something: only a true write tells whether the database takes any."""
    work.run(_TOUCH, at=micros(now))


def _counted(table: Table, *states: str) -> Statement:
    """By states that one index holds: with those of another among them, the whole table would be read."""
    return Statement(
        select(table.c.state, func.count().label("rows"))
        .where(among(table.c.state, *states))
        .group_by(table.c.state)
    )


_STATES: Final = (
    ("inbox", _counted(inbox, "received", "working")),
    ("inbox", _counted(inbox, "quarantined")),
    ("outbox", _counted(outbox, *_WAITING)),
    ("outbox", _UNSETTLED),
)


def by_state(work: Work) -> dict[str, dict[str, int]]:
    """Inbox and outbox rows that are not at their end, counted by state."""
    found: dict[str, dict[str, int]] = {"inbox": {}, "outbox": {}}
    for name, statement in _STATES:
        found[name] |= {row["state"]: row["rows"] for row in work.rows(statement)}
    return found
