"""The desk's keys: HMAC keys of our Message-IDs, and the hashes of signed reply addresses."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import bindparam, select, update

from deskd.model import address_key
from deskd.store.tables import keys, reply_tokens
from deskd.store.times import micros
from deskd.store.work import Statement, Work

_SIGNING = Statement(
    select(keys.c.id, keys.c.secret)
    .where(keys.c.retired_at.is_(None))
    .order_by(keys.c.created_at.desc())
    .limit(1)
)
_ALL = Statement(select(keys.c.id, keys.c.secret))
_REPLACE = Statement(
    update(reply_tokens)
    .where(reply_tokens.c.hash == bindparam("the_hash"), reply_tokens.c.replaced_at.is_(None))
    .values(replaced_at=bindparam("at"))
)


def signing(work: Work, now: datetime) -> tuple[str, bytes]:
    """The id and the secret that sign now; made when the desk has none yet."""
    row = work.row(_SIGNING)
    if row is not None:
        return row["id"], bytes(row["secret"])
    made, secret = secrets.token_hex(3), secrets.token_bytes(32)
    work.insert(keys, id=made, secret=secret, created_at=micros(now))
    return made, secret


def verifying(work: Work) -> dict[str, bytes]:
    """All secrets by their ids: those that no longer sign still tell what they signed."""
    return {row["id"]: bytes(row["secret"]) for row in work.rows(_ALL)}


def keep_token(work: Work, hashed: str, ticket_id: int, address: str, now: datetime) -> None:
    work.insert(
        reply_tokens,
        hash=hashed,
        ticket_id=ticket_id,
        address=address_key(address)[:500],
        created_at=micros(now),
    )


def replace_token(work: Work, hashed: str, now: datetime) -> None:
    """A stranger brought it: it opens nothing any more. The person it was signed for gets a fresh one with the next mail."""
    work.run(_REPLACE, the_hash=hashed, at=micros(now))
