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
