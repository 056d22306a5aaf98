"""When a contact was last sent a template by a rule: what keeps automatic answers from becoming a flood."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select

from deskd.store.tables import counters
from deskd.store.times import micros
from deskd.store.work import Statement, Work, upsert

_LAST = Statement(select(counters.c.value).where(counters.c.name == bindparam("name")))
_SET = Statement(
    lambda dialect: (
        upsert(dialect, counters)
        .values(name=bindparam("name"), value=bindparam("value"))
        .on_conflict_do_update(index_elements=[counters.c.name], set_={"value": bindparam("value")})
    )
)


def sent_since(work: Work, contact_id: int, template: str, since: datetime) -> bool:
    last = work.value(_LAST, name=_name(contact_id, template))
    return last is not None and last > micros(since)


def remember(work: Work, contact_id: int, template: str, now: datetime) -> None:
    work.run(_SET, name=_name(contact_id, template), value=micros(now))


def _name(contact_id: int, template: str) -> str:
    return f"answered:{contact_id}:{template}"[:100]


# ── how many, whatever the template ──────────────────────────────────────────────────────────────────────────────────


def in_a_row(work: Work, contact_id: int, since: datetime) -> tuple[int, bool]:
    """How many automatic answers a contact was sent in the time counted now, if it began after `since`, and whether it was told that they are too many."""
    began = work.value(_LAST, name=_counted(contact_id, "since"))
    if began is None or began <= micros(since):
        return 0, False
    count = int(work.value(_LAST, name=_counted(contact_id, "count")) or 0)
    told = work.value(_LAST, name=_counted(contact_id, "told"))
    return count, told is not None and told >= began


def count(work: Work, contact_id: int, sent: int, now: datetime, since: datetime) -> None:
    """So many more were sent. The time counted begins anew where it began before `since`."""
    before, _ = in_a_row(work, contact_id, since)
    if not before:
        work.run(_SET, name=_counted(contact_id, "since"), value=micros(now))
    work.run(_SET, name=_counted(contact_id, "count"), value=before + sent)


def told(work: Work, contact_id: int, now: datetime) -> None:
    work.run(_SET, name=_counted(contact_id, "told"), value=micros(now))


def _counted(contact_id: int, what: str) -> str:
    return f"answers:{contact_id}:{what}"
