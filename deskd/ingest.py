"""Brings mails that lie on disk through the same pipeline as live ones. Safe to repeat: the same bytes are recognised by their SHA-256.

`channel_of` says whose mail it is; `feed` keeps a batch in the inbox in one commit, brings each row to its end and tells how it ended.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from deskd.config import Settings
from deskd.errors import UsageError
from deskd.model import RawMessage
from deskd.pipeline import Pipeline
from deskd.states import INBOX_DONE
from deskd.store import Store, Work, inbox, listing

SOURCE: Final = "ingest"
ASK_AGAIN: Final = 0.02  # seconds, while another worker has a row of ours, or one waits for its next try

_HEADER: Final = 256 * 1024
_RECIPIENTS: Final = re.compile(
    rb"(?im)^(?:to|cc|delivered-to|x-original-to|envelope-to)[ \t]*:((?:[^\n]|\n[ \t])*)"
)
_ADDRESS: Final = re.compile(r"[^\s<>,;:\"()\[\]@]+@[^\s<>,;:\"()\[\]@]+")


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to bring in: where it lies, whose it is, what it says."""

    name: str
    channel: str
    data: bytes


# ── whose mail it is ─────────────────────────────────────────────────────────────────────────────────────────────────


def chosen_channel(settings: Settings, named: str | None) -> str | None:
    """The channel asked for, if any. Raises `UsageError` where it is no mail channel, or the desk has none at all."""
    known = settings.mail_channels()
    if not known:
        raise UsageError(f"{settings.file} has no channel of type mail: nothing could come in from files")
    if named is not None and named not in known:
        raise UsageError(f"no mail channel is called {named!r}; {settings.file} has {', '.join(known)}")
    return named


def channel_of(settings: Settings, data: bytes) -> str:
    """The mail channel whose address is among a mail's recipients, else the first one. `settings` have one at least."""
    channels = settings.mail_channels()
    first = next(iter(channels))
    if len(channels) == 1:
        return first
    header = data[:_HEADER].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    for recipients in _RECIPIENTS.findall(header):
        for address in _ADDRESS.findall(recipients.decode("utf-8", "replace")):
            owner = settings.mail_channel_for(address)
            if owner is not None:
                return owner[0]
    return first


# ── feeding ──────────────────────────────────────────────────────────────────────────────────────────────────────────


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
    return RawMessage(mail.channel, SOURCE, f"sha256:{sha256}", mail.data, live=live), sha256


def _keep(work: Work, pipeline: Pipeline, raw: tuple[RawMessage, str]) -> _Kept:
    message, sha256 = raw
    row_id = inbox.accept(work, message, sha256, None, pipeline.clock.now())
    if row_id is not None:
        return _Kept(row_id, True)
    known = inbox.find(work, message.channel, SOURCE, message.external_id)
    if known is None:
        raise LookupError(f"{message.external_id} is neither new nor known")
    return _Kept(known, False)


def _outcome(mail: Mail, kept: _Kept, end: listing.InboxEnd) -> dict[str, Any]:
    if kept.fresh:
        return {"file": mail.name, "state": end.state, "ticket": end.ticket, "reason": end.reason}
    reason = f"the same bytes came before, and were {end.state}"
    return {"file": mail.name, "state": "duplicate", "ticket": end.ticket, "reason": reason}
