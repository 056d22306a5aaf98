"""Rule sets by their hash, so that a past verdict can be explained; and where the roster's people were found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, select

from deskd.store.tables import agent_identities, rule_sets
from deskd.store.times import micros
from deskd.store.work import Statement, Work, upsert

_KEEP = Statement(
    lambda dialect: (
        upsert(dialect, rule_sets)
        .values(hash=bindparam("hash"), source=bindparam("source"), first_used_at=bindparam("at"))
        .on_conflict_do_nothing()
    )
)
_SOURCE = Statement(select(rule_sets.c.source).where(rule_sets.c.hash == bindparam("hash")))
_PEOPLE = Statement(
    select(agent_identities.c.agent, agent_identities.c.external_id).where(
        agent_identities.c.surface == "slack", agent_identities.c.account == bindparam("account")
    )
)
_KEEP_PERSON = Statement(
    lambda dialect: (
        upsert(dialect, agent_identities)
        .values(
            agent=bindparam("agent"),
            surface="slack",
            account=bindparam("account"),
            external_id=bindparam("external_id"),
            found_at=bindparam("at"),
        )
        .on_conflict_do_update(
            index_elements=[agent_identities.c.agent, agent_identities.c.surface, agent_identities.c.account],
            set_={"external_id": bindparam("external_id"), "found_at": bindparam("at")},
        )
    )
)


def keep(work: Work, hash: str, source: str, now: datetime) -> None:
    work.run(_KEEP, hash=hash, source=source, at=micros(now))


def source_of(work: Work, hash: str) -> str | None:
    """The set's files as JSON, file name -> text."""
    found: str | None = work.value(_SOURCE, hash=hash)
    return found


def people(work: Work, account: str) -> dict[str, str]:
    """E-mail address or name, as the roster gives it -> the id it had when it was last looked up."""
    return {row["agent"]: row["external_id"] for row in work.rows(_PEOPLE, account=account)}


def keep_people(work: Work, account: str, found: Mapping[str, str], now: datetime) -> None:
    for reference, external_id in found.items():
        work.run(
            _KEEP_PERSON, agent=reference[:100], account=account, external_id=external_id, at=micros(now)
        )
