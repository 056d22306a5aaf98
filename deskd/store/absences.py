"""Who is away when: what agents said, what their calendar files and Slack say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, delete, select, update

from deskd.clock.duty import Absence, Source
from deskd.store.tables import absences
from deskd.store.times import micros, moment, moment_or_none
from deskd.store.work import Row, Statement, Work

KEPT: Final = timedelta(days=7)
"""How long an absence is kept after its end."""

_ALL = Statement(select(absences).order_by(absences.c.since, absences.c.id))
_OF = Statement(
    select(absences)
    .where(absences.c.agent == bindparam("agent"), absences.c.source == bindparam("source"))
    .order_by(absences.c.since, absences.c.id)
)
_NEW = Statement(
    select(absences)
    .where(absences.c.since <= bindparam("now"), absences.c.begun == 0)
    .order_by(absences.c.since, absences.c.id)
)
_BEGUN = Statement(
    update(absences).where(absences.c.since <= bindparam("now"), absences.c.begun == 0).values(begun=1)
)
_NEXT = Statement(select(absences.c.since).where(absences.c.begun == 0).order_by(absences.c.since).limit(1))
_END = Statement(
    update(absences)
    .where(
        absences.c.agent == bindparam("the_agent"),
        absences.c.since <= bindparam("now"),
        absences.c.until.is_(None) | (absences.c.until > bindparam("now")),
    )
    .values(until=bindparam("ended"))
)
_DROP = Statement(delete(absences).where(absences.c.id == bindparam("the_id")))
_FORGET = Statement(delete(absences).where(absences.c.until < bindparam("before")))


def known(work: Work) -> tuple[Absence, ...]:
    """All that are kept: few rows, those that are long over are forgotten."""
    return tuple(map(_absence, work.rows(_ALL)))


def keep(work: Work, absence: Absence) -> None:
    work.insert(
        absences,
        agent=absence.agent,
        since=micros(absence.since),
        until=None if absence.until is None else micros(absence.until),
        source=absence.source,
        because=absence.because,
    )
    work.wake("clock")


def end(work: Work, agent: str, now: datetime) -> int:
    """The agent is back: what keeps them away ends now. How many that were."""
    work.wake("clock")
    return work.run(_END, the_agent=agent, now=micros(now), ended=micros(now))


def replace(work: Work, agent: str, source: Source, wanted: Iterable[Absence]) -> bool:
    """All that one source says of an agent; whether it says anything else than before. What stands already stays as it is."""
    new = {(one.since, one.until): one for one in wanted}
    changed = False
    for row in work.rows(_OF, agent=agent, source=source):
        if new.pop((moment(row["since"]), moment_or_none(row["until"])), None) is None:
            work.run(_DROP, the_id=row["id"])
            changed = True
    for one in new.values():
        keep(work, one)
    return changed or bool(new)


def begun(work: Work, now: datetime) -> tuple[Absence, ...]:
    """Absences that have begun since this was asked last."""
    found = tuple(map(_absence, work.rows(_NEW, now=micros(now))))
    if found:
        work.run(_BEGUN, now=micros(now))
    return found


def next_begins(work: Work) -> datetime | None:
    value = work.value(_NEXT)
    return None if value is None else moment(value)


def forget_old(work: Work, now: datetime) -> None:
    work.run(_FORGET, before=micros(now - KEPT))


def _absence(row: Row) -> Absence:
    return Absence(
        row["agent"], moment(row["since"]), moment_or_none(row["until"]), row["source"], row["because"]
    )
