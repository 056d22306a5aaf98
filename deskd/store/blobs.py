"""Raw messages and attachments by their SHA-256, each once, with a count of the rows that name it."""

from __future__ import annotations

import hashlib
from typing import Final

from sqlalchemy import bindparam, func, select

from deskd.store.tables import blobs
from deskd.store.work import Statement, Work, upsert

LARGE: Final = 1024 * 1024
"""Bytes from which on SQLite is handed the content piece by piece: bound to a statement it would lie in memory three times over."""


def _keep(dialect: str) -> object:
    built = upsert(dialect, blobs).values(
        sha256=bindparam("sha256"), size=bindparam("size"), refs=1, data=bindparam("data")
    )
    return built.on_conflict_do_update(index_elements=[blobs.c.sha256], set_={"refs": blobs.c.refs + 1})


def _reserve(dialect: str) -> object:
    built = upsert(dialect, blobs).values(
        sha256=bindparam("sha256"), size=bindparam("size"), refs=1, data=func.zeroblob(bindparam("size"))
    )
    return built.on_conflict_do_update(index_elements=[blobs.c.sha256], set_={"refs": blobs.c.refs + 1})


_KEEP = Statement(_keep)  # type: ignore[arg-type]
_RESERVE = Statement(_reserve)  # type: ignore[arg-type]
_COUNT = Statement(select(blobs.c.refs).where(blobs.c.sha256 == bindparam("sha256")))
_SIZE = Statement(select(blobs.c.size).where(blobs.c.sha256 == bindparam("sha256")))
_DATA = Statement(select(blobs.c.data).where(blobs.c.sha256 == bindparam("sha256")))


def keep(work: Work, data: bytes, sha256: str | None = None) -> str:
    """Keep `data`, or count it once more when it is here already; its SHA-256 in hex."""
    digest = sha256 or hashlib.sha256(data).hexdigest()
    if work.dialect == "sqlite" and len(data) >= LARGE:
        work.run(_RESERVE, sha256=digest, size=len(data))
        if work.value(_COUNT, sha256=digest) == 1:
            with work.large("blobs", "data", "sha256", digest, write=True) as place:
                place.write(data)
    else:
        work.run(_KEEP, sha256=digest, size=len(data), data=data)
    return digest


def data_of(work: Work, sha256: str) -> bytes:
    """Raises `LookupError` when there is none."""
    if work.dialect == "sqlite" and (work.value(_SIZE, sha256=sha256) or 0) >= LARGE:
        with work.large("blobs", "data", "sha256", sha256) as place:
            return bytes(place.read())
    found = work.value(_DATA, sha256=sha256)
    if found is None:
        raise LookupError(f"no content {sha256}")
    return bytes(found)
