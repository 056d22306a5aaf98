"""Raw messages and attachments by their SHA-256, each once, with a count of the rows that name it."""

from __future__ import annotations

import hashlib

from sqlalchemy import bindparam, select

from deskd.store.tables import blobs
from deskd.store.work import Statement, Work, upsert


def _keep(dialect: str) -> object:
    built = upsert(dialect, blobs).values(
        sha256=bindparam("sha256"), size=bindparam("size"), refs=1, data=bindparam("data")
    )
    return built.on_conflict_do_update(index_elements=[blobs.c.sha256], set_={"refs": blobs.c.refs + 1})


_KEEP = Statement(_keep)  # type: ignore[arg-type]
_DATA = Statement(select(blobs.c.data).where(blobs.c.sha256 == bindparam("sha256")))


def keep(work: Work, data: bytes, sha256: str | None = None) -> str:
    """Keep `data`, or count it once more when it is here already; its SHA-256 in hex."""
    digest = sha256 or hashlib.sha256(data).hexdigest()
    work.run(_KEEP, sha256=digest, size=len(data), data=data)
    return digest


def data_of(work: Work, sha256: str) -> bytes:
    """Raises `LookupError` when there is none."""
    found = work.value(_DATA, sha256=sha256)
    if found is None:
        raise LookupError(f"no content {sha256}")
    return bytes(found)
