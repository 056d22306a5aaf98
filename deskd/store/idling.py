"""For how long nobody has done anything to a ticket, and which rules have fired meanwhile."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, case, func, select, update

from deskd.store import looking
from deskd.store.tables import deadlines, events, inbox, messages
from deskd.store.times import micros, moment
from deskd.store.work import Statement, Work, upsert

_CAME = case((inbox.c.live == 1, inbox.c.received_at), else_=messages.c.sent_at)
_WROTE = Statement(
    select(func.max(_CAME))
    .select_from(messages.outerjoin(inbox, inbox.c.id == messages.c.inbox_id))
    .where(
        messages.c.ticket_id == bindparam("ticket_id"),
        messages.c.direction == "in",
        messages.c.kind == "message",
    )
)
_ACTED = Statement(
    select(func.max(events.c.at)).where(
        events.c.ticket_id == bindparam("ticket_id"), events.c.actor.startswith("agent:")
    )
)
_FIRED = Statement(
    select(events.c.actor).where(
        events.c.ticket_id == bindparam("ticket_id"),
        events.c.type == "rule",
        events.c.at >= bindparam("since"),
    )
)
_UNDER_WAY = ("new", "open", "pending", "hold", "resolved")


def wrote_at(work: Work, ticket_id: int) -> datetime | None:
    """When a person wrote into it last, from outside; None: only programs did."""
    found = work.value(_WROTE, ticket_id=ticket_id)
    return None if found is None else moment(found)


def acted_at(work: Work, ticket_id: int) -> datetime | None:
    """When an agent last did anything to it."""
    found = work.value(_ACTED, ticket_id=ticket_id)
    return None if found is None else moment(found)


def fired_since(work: Work, ticket_id: int, since: datetime) -> frozenset[str]:
    """The rules that have fired on it since then, by name."""
    rows = work.rows(_FIRED, ticket_id=ticket_id, since=micros(since))
    return frozenset(row["actor"].removeprefix("rule:") for row in rows)


# ── another rule set ─────────────────────────────────────────────────────────────────────────────────────────────────

_ARMED = looking.mark("idle_rules")
_SET_ARMED = looking.set_mark("idle_rules")
_LOOK_AT_ALL = Statement(
    lambda dialect: (
        upsert(dialect, deadlines)
        .from_select(["ticket_id", "kind", "at"], looking.tickets_with_clocks(*_UNDER_WAY))
        .on_conflict_do_nothing(index_elements=[deadlines.c.ticket_id, deadlines.c.kind])
    )
)
_SOONER = Statement(
    update(deadlines)
    .where(deadlines.c.kind == "idle", deadlines.c.at > bindparam("latest"))
    .values(at=bindparam("latest"))
)


def look_at_all(work: Work, rules_hash: str, now: datetime) -> None:
    """Other rules wait for other moments: each ticket that isn't over is looked at once, for this set.

    Tickets that were brought in as history have no clock, and stay without.
    """
    mark = int(rules_hash[:12], 16)
    if work.value(_ARMED) == mark:
        return
    work.run(_LOOK_AT_ALL, kind="idle", at=micros(now))
    work.run(_SOONER, latest=micros(now))
    work.run(_SET_ARMED, value=mark)
    work.wake("clock")
