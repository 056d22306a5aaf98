"""Brings mails that lie on disk through the same pipeline as live ones. Safe to repeat: the same bytes are recognised by their SHA-256.

`feed` keeps a batch in the inbox in one commit, brings each row to its end and tells how it ended.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from deskd.model import Envelope, RawMessage
from deskd.pipeline import Pipeline
from deskd.states import INBOX_DONE
from deskd.store import Store, Work, inbox, listing

SOURCE: Final = "ingest"
ASK_AGAIN: Final = 0.02  # seconds, while another worker has a row of ours, or one waits for its next try


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to bring in: where it lies, whose it is, what it says."""

    name: str
    channel: str
    data: bytes
    delivery: tuple[str, str] | None = None
    """Source and external id, where a connector's own mail is brought in by command; None: it comes from a file."""
    envelope: Envelope | None = None


@dataclass(frozen=True, slots=True)
class _Kept:
    row_id: int
    fresh: bool  # False: the same bytes had come before


async def feed(
    store: Store, pipeline: Pipeline, mails: Sequence[Mail], *, live: bool
) -> AsyncIterator[dict[str, Any]]:
    """Bring a batch in; one outcome a mail, as it comes: `file`, `state`, `ticket`, `reason`. Raises `StoreFull` or `StoreAway`; then it can be repeated."""
    store.check_room()
    raws = [_raw(mail, live) for mail in mails]
    kept = await store.write(lambda work: [_keep(work, pipeline, raw) for raw in raws])
    waiting: dict[int, list[tuple[Mail, _Kept]]] = {}
    for mail, one in zip(mails, kept, strict=True):
        waiting.setdefault(one.row_id, []).append((mail, one))
    while waiting:
        ids = list(waiting)
        taken = await pipeline.work_on(ids)
        ends = await store.read(partial(listing.inbox_ends, ids=ids))
        for row_id, end in ends.items():
            if end.state in INBOX_DONE:
                for mail, one in waiting.pop(row_id):
                    yield _outcome(mail, one, end)
        if waiting and not taken:
            await asyncio.sleep(ASK_AGAIN)


def _raw(mail: Mail, live: bool) -> tuple[RawMessage, str]:
    sha256 = hashlib.sha256(mail.data).hexdigest()
    source, external_id = mail.delivery or (SOURCE, f"sha256:{sha256}")
    return RawMessage(mail.channel, source, external_id, mail.data, mail.envelope or Envelope(), live), sha256


def _keep(work: Work, pipeline: Pipeline, raw: tuple[RawMessage, str]) -> _Kept:
    message, sha256 = raw
    row_id = inbox.accept(work, message, sha256, None, pipeline.clock.now())
    if row_id is not None:
        return _Kept(row_id, True)
    known = inbox.find(work, message.channel, message.source, message.external_id)
    if known is None:
        raise LookupError(f"{message.external_id} is neither new nor known")
    return _Kept(known, False)


def _outcome(mail: Mail, kept: _Kept, end: listing.InboxEnd) -> dict[str, Any]:
    if kept.fresh:
        return {"file": mail.name, "state": end.state, "ticket": end.ticket, "reason": end.reason}
    reason = f"the same bytes came before, and were {end.state}"
    return {"file": mail.name, "state": "duplicate", "ticket": end.ticket, "reason": reason}
