"""What the clocks of a ticket are computed from, and which tickets have any."""

from __future__ import annotations

import json
from typing import Final

from sqlalchemy import bindparam, select

from deskd.clock.sla import Done, Past, Segment
from deskd.store import looking
from deskd.store.deadlines import WHENEVER
from deskd.store.tables import clock_segments, deadlines, events, inbox, messages
from deskd.store.times import moment, moment_or_none
from deskd.store.work import Statement, Work, among, upsert

ANEW: Final = "sla_anew"
"""The look at a ticket's clocks that other policies ask for. It stands beside the clocks' own deadline, which so comes due meanwhile as ever."""
_KINDS = {"sla_warned": "warn", "sla_breached": "breach", "sla_step": "step"}

_ASKED = Statement(
    select(inbox.c.received_at)
    .select_from(messages.join(inbox, inbox.c.id == messages.c.inbox_id))
    .where(
        messages.c.ticket_id == bindparam("ticket_id"),
        messages.c.direction == "in",
        messages.c.kind == "message",
        inbox.c.live == 1,
    )
    .order_by(inbox.c.received_at)
)
_ANSWERED = Statement(
    select(messages.c.sent_at)
    .where(
        messages.c.ticket_id == bindparam("ticket_id"),
        messages.c.direction == "out",
        messages.c.author.startswith("agent:"),
        among(messages.c.delivery, "sent", "bounced"),
    )
    .order_by(messages.c.sent_at)
)
_SEGMENTS = Statement(
    select(
        clock_segments.c.level,
        clock_segments.c.team,
        clock_segments.c.status,
        clock_segments.c.since,
        clock_segments.c.until,
    )
    .where(clock_segments.c.ticket_id == bindparam("ticket_id"))
    .order_by(clock_segments.c.since, clock_segments.c.id)
)
_DONE = Statement(
    select(events.c.type, events.c.data).where(
        events.c.ticket_id == bindparam("ticket_id"), among(events.c.type, *_KINDS)
    )
)


def past(work: Work, ticket_id: int) -> Past:
    """All that a ticket's clocks follow from. What was brought in as history counts for nothing."""
    return Past(
        tuple(moment(row["received_at"]) for row in work.rows(_ASKED, ticket_id=ticket_id)),
        tuple(moment(row["sent_at"]) for row in work.rows(_ANSWERED, ticket_id=ticket_id)),
        segments(work, ticket_id),
        frozenset(
            _done(row["type"], json.loads(row["data"])) for row in work.rows(_DONE, ticket_id=ticket_id)
        ),
    )


def segments(work: Work, ticket_id: int) -> tuple[Segment, ...]:
    """How the ticket stood when, oldest first."""
    return tuple(
        Segment(
            row["level"],
            row["status"],
            moment(row["since"]),
            moment_or_none(row["until"]),
            row["team"],
        )
        for row in work.rows(_SEGMENTS, ticket_id=ticket_id)
    )


def _done(kind: str, data: dict[str, object]) -> Done:
    number = data.get("step")
    return (
        _KINDS[kind],
        str(data.get("clock")),
        str(data.get("since")),
        number if isinstance(number, int) else 0,
    )


# ── other policies ───────────────────────────────────────────────────────────────────────────────────────────────────

_MARK = looking.mark("sla_policies")
_SET_MARK = looking.set_mark("sla_policies")
_LOOK_AT_ALL = Statement(
    lambda dialect: (
        upsert(dialect, deadlines)
        .from_select(
            ["ticket_id", "kind", "at"], looking.tickets_with_clocks("new", "open", "pending", "hold")
        )
        .on_conflict_do_update(
            index_elements=[deadlines.c.ticket_id, deadlines.c.kind], set_={"at": bindparam("at")}
        )
    )
)


def look_at_all(work: Work, mark: int) -> None:
    """Other policies or calendars mean other deadlines: each ticket that isn't over is looked at once, when there is time. `mark` tells one
    configuration from another; 0: there are no policies, and as long as there never were any, nothing is to be done.
    """
    if (work.value(_MARK) or 0) == mark:
        return
    work.run(_LOOK_AT_ALL, kind=ANEW, at=WHENEVER)
    work.run(_SET_MARK, value=mark)
    work.wake("clock")
