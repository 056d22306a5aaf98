"""Leases: which worker lives, who polls an account. Times are the database's own, so that hosts' clocks needn't agree."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, bindparam, cast, delete, func, literal_column, or_, select, update

from deskd.store.tables import inbox, leases, outbox
from deskd.store.work import Statement, Work, among, upsert

SECONDS = 8
"""How long a lease holds; it is renewed four times as often, and whoever stops renewing is gone within 10 seconds."""


def _now(dialect: str) -> Any:
    """Microseconds since 1970, by the database's clock."""
    if dialect == "postgresql":
        return cast(func.extract("epoch", func.clock_timestamp()) * 1_000_000, BigInteger)
    return cast(
        (func.julianday("now") - literal_column("2440587.5")) * literal_column("86400000000.0"), BigInteger
    )


def _take(dialect: str) -> Any:
    until = _now(dialect) + SECONDS * 1_000_000
    built = upsert(dialect, leases).values(name=bindparam("name"), holder=bindparam("holder"), until=until)
    return built.on_conflict_do_update(
        index_elements=[leases.c.name],
        set_={"holder": bindparam("holder"), "until": until},
        where=or_(leases.c.holder == bindparam("holder"), leases.c.until < _now(dialect)),
    ).returning(leases.c.holder)


_TAKE = Statement(_take)
_FORGET = Statement(delete(leases))
_RELEASE_ONE = Statement(
    delete(leases).where(leases.c.name == bindparam("name"), leases.c.holder == bindparam("who"))
)
_RELEASE = Statement(delete(leases).where(leases.c.holder == bindparam("who")))


def take(work: Work, name: str, holder: str) -> bool:
    """Take a lease that is free or run out, or renew one's own; whether `holder` has it now."""
    return bool(work.value(_TAKE, name=name, holder=holder) == holder)


def release(work: Work, name: str, holder: str) -> None:
    """Give back a lease of one's own; another's stays."""
    work.run(_RELEASE_ONE, name=name, who=holder)


def release_all(work: Work, holder: str) -> None:
    work.run(_RELEASE, who=holder)


def forget_all(work: Work) -> None:
    """At the start of the one daemon that there is: nobody else lives."""
    work.run(_FORGET)


def alive(work: Work, worker: str) -> None:
    """Say that this worker lives: what it claimed stays its own."""
    take(work, f"worker:{worker}", worker)


def _living(dialect: str) -> Any:
    return select(leases.c.holder).where(leases.c.name.like("worker:%"), leases.c.until >= _now(dialect))


_ROWS_OF_THE_DEAD = Statement(
    lambda dialect: (
        update(inbox)
        .where(
            among(inbox.c.state, "received", "working"),
            inbox.c.state == "working",
            inbox.c.claimed_by.not_in(_living(dialect)),
        )
        .values(state="received", claimed_by=None)
    )
)
# Doing these twice does no harm, so they wait again in their place: a mark that is put on late must not come after the one that takes it off.
_REPEATABLE: Final = ("react", "update", "ephemeral", "fetch", "amend", "ack")
_REPEATED = Statement(
    lambda dialect: (
        update(outbox)
        .where(
            among(outbox.c.state, "held", "queued", "sending"),
            outbox.c.state == "sending",
            among(outbox.c.kind, *_REPEATABLE),
            outbox.c.claimed_by.not_in(_living(dialect)),
        )
        .values(
            state="queued", not_before=0, claimed_by=None, error="its sender stopped before an answer came"
        )
    )
)
_DELIVERIES_OF_THE_DEAD = Statement(
    lambda dialect: (
        update(outbox)
        .where(
            among(outbox.c.state, "held", "queued", "sending"),
            outbox.c.state == "sending",
            outbox.c.claimed_by.not_in(_living(dialect)),
        )
        .values(
            state="unknown", not_before=0, claimed_by=None, error="its sender stopped before an answer came"
        )
    )
)


_OLD_MARKS = Statement(
    lambda dialect: delete(leases).where(leases.c.name.like("commit:%"), leases.c.until < _now(dialect))
)


def take_over(work: Work) -> int:
    """What workers that are gone had begun: inbox rows wait again, deliveries are of unknown outcome or, where that does no harm, wait again. How many rows."""
    work.run(_OLD_MARKS)  # of writers that are gone (units.py)
    rows = work.run(_ROWS_OF_THE_DEAD)
    deliveries = work.run(_REPEATED) + work.run(_DELIVERIES_OF_THE_DEAD)
    if rows:
        work.wake("inbox")
    if deliveries:
        work.wake("outbox")
    return rows + deliveries
