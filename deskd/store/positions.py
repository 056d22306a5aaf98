"""Up to where each account's sources have been read, kept together with what was read (`deskd.model.Position`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from deskd.model import Position
from deskd.store.tables import positions
from deskd.store.times import micros
from deskd.store.work import Statement, Work, upsert


def _keep(dialect: str) -> Any:
    built = upsert(dialect, positions).values(
        account=bindparam("account"),
        place=bindparam("place"),
        value=bindparam("value"),
        kept_at=bindparam("kept_at"),
    )
    return built.on_conflict_do_update(
        index_elements=[positions.c.account, positions.c.place],
        set_={"value": bindparam("value"), "kept_at": bindparam("kept_at")},
    )


BOT_NAME = "bot"
"""The place among a Telegram account's positions under which the bot's own name is kept."""

_KEEP = Statement(_keep)
_OF = Statement(
    select(positions.c.place, positions.c.value)
    .where(positions.c.account == bindparam("account"))
    .order_by(positions.c.place)
)


def keep(work: Work, position: Position, now: datetime) -> None:
    work.run(_KEEP, account=position.account, place=position.place, value=position.value, kept_at=micros(now))


def of(work: Work, account: str) -> Mapping[str, str]:
    """Place -> value."""
    return {row["place"]: row["value"] for row in work.rows(_OF, account=account)}


def bots(work: Work, accounts: Iterable[str]) -> tuple[str, ...]:
    """The names of these Telegram accounts' bots, as far as they are known."""
    return tuple(name for account in accounts if (name := of(work, account).get(BOT_NAME)))
