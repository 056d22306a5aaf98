"""The outbox's units of work: claim a row with what it carries, and keep what became of it, with all that follows for its ticket."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from deskd.config import Settings
from deskd.desk import desk
from deskd.desk.changes import SetMessage
from deskd.desk.commands import Command, NotFetched, NotSent, NotShown, PerhapsSent, Posted, Sent, SentAgain
from deskd.errors import PermanentFailure, Unsupported
from deskd.model import Delivery, Receipt
from deskd.store import Work, apply, chatted, enclosed, outbox, packing, shown, tickets
from deskd.store.errors import passes
from deskd.store.outbox import CUSTOMER_KINDS, NEVER, OutboxRow
from deskd.store.thread_gone import begin_anew
from deskd.store.times import micros

KEEP_TRYING: Final = timedelta(days=3)
"""How long a customer's mail server may be away before its sender is told that the reply didn't go (RFC 5321 4.5.4.1 asks for 4 to 5 days of a relay;
an agent should know sooner)."""

NOT_YET = timedelta(seconds=1)
COSMETIC = frozenset({"react", "ephemeral", "prompt", "amend", "ack"})
"""Kinds that are worth nothing once they are old."""
STALE = timedelta(hours=1)
OLD_NEWS = timedelta(days=1)
"""After that an alert no longer tells admins anything."""

_FAILED: Mapping[str, type[NotSent | NotFetched | NotShown]] = {"fetch": NotFetched, "file": NotShown}
"""How the desk is told of a row that failed; of what carries a message to a customer it is told that it wasn't sent."""

Failure = Exception | None
"""What deskd failed on when the desk was told of an outcome, which is kept nonetheless; whoever kept it says it loudly."""


def claim(
    work: Work,
    settings: Settings,
    worker: str,
    now: datetime,
    most: int,
    unsure: Collection[int],
    quotas: Mapping[str, int] | None = None,
    shares: Mapping[str, int] | None = None,
) -> list[tuple[OutboxRow, Delivery]]:
    """Take up to `most` due rows, each with its attempt counted and its content made and kept.

    `unsure`: messages whose held replies stay, until it is known what became of them while nobody listened. `quotas`: lanes of which only so many may go; `shares`: accounts.
    """
    claimed: list[tuple[OutboxRow, Delivery]] = []
    for row in outbox.due(work, now, most, quotas, shares):
        if row.state == "held" and row.message_id in unsure:
            outbox.put_back(
                work, row, "Slack is asked first whether it still stands", now + NOT_YET, counted=False
            )
            continue
        try:
            with work.alone():
                delivery = packing.pack(work, settings, row, now)
        except packing.NotYet as waits:
            outbox.put_back(work, row, str(waits), now + NOT_YET, counted=False)
        except PermanentFailure as failure:
            outbox.begin(work, row, worker, now)
            failed(work, settings, row, str(failure), now, told=not isinstance(failure, Unsupported))
        except Exception as failure:  # ours; the rows behind this one must not suffer for it
            if passes(failure):
                raise
            outbox.begin(work, row, worker, now)
            failed(work, settings, row, f"deskd failed on it: {type(failure).__name__}: {failure}", now)
        else:
            outbox.begin(work, row, worker, now)
            claimed.append((replace(row, state="sending"), delivery))
    return claimed


def pack_again(work: Work, settings: Settings, row: OutboxRow, now: datetime) -> Delivery | None:
    """The delivery of a row that may have been sent, to look for it; None where it can't have been: it was never packed."""
    try:
        return packing.pack(work, settings, row, now)
    except (packing.NotYet, PermanentFailure):
        return None


def sent(work: Work, settings: Settings, row: OutboxRow, receipt: Receipt, now: datetime) -> Failure:
    outbox.end(
        work,
        row.id,
        _state(work, row),
        "sent",
        sent_at=micros(now),
        external_id=receipt.external_id,
        error=None,
    )
    if row.kind == "fetch":
        enclosed.keep(work, row.message_id or 0, row.payload, receipt.files, now)
    if row.kind in ("card", "post"):
        shown.remember(work, row, receipt, now)
    if row.kind in ("telegram", "prompt"):
        chatted.remember(work, row, receipt)
    if row.payload.get("written"):
        return _tell(work, settings, row, Posted(row.message_id or 0), now)
    return _tell(work, settings, row, Sent(row.message_id or 0, tuple(receipt.refused.items())), now)


def went(work: Work, row: OutboxRow, done: int, receipt: Receipt | None, now: datetime) -> None:
    """Of several messages so many have gone, these at this try: they don't go again, and what answers one of them finds its ticket."""
    outbox.went(work, row, done)
    if receipt is not None and row.kind in ("telegram", "prompt"):
        chatted.remember(work, row, receipt)
    if receipt is not None and receipt.external_id and row.kind == "post":
        shown.remember(work, row, receipt, now)


def failed(
    work: Work, settings: Settings, row: OutboxRow, error: str, now: datetime, *, told: bool = True
) -> Failure:
    """Not `told`: it can't be otherwise there, so nobody needs to hear of it."""
    outbox.end(work, row.id, _state(work, row), "failed", error=error, not_before=NEVER)
    command = _FAILED.get(row.kind, NotSent)(row.message_id or 0, error)
    return _tell(work, settings, row, command, now) if told or row.kind != "file" else None


def again(work: Work, row: OutboxRow, error: str, until: datetime) -> None:
    """A temporary failure. Files that fail twice let the words behind them pass: where Slack takes files isn't where it takes posts."""
    outbox.put_back(work, row, error, until)
    if row.kind == "file" and row.attempts > 0:
        outbox.step_aside(work, row)


def thread_gone(
    work: Work, row: OutboxRow, thread: str | None, error: str, now: datetime, again: timedelta
) -> None:
    """The thread it was for was deleted: it goes into a new one."""
    outbox.put_back(work, row, error, now + again)
    begin_anew(work, row, thread, now)


def unknown(work: Work, row: OutboxRow, error: str, look_at: datetime) -> None:
    outbox.end(work, row.id, _state(work, row), "unknown", error=error, not_before=micros(look_at))


def look_later(work: Work, row: OutboxRow, error: str, look_at: datetime) -> None:
    outbox.end(work, row.id, "unknown", "unknown", error=error, not_before=micros(look_at))


def send_again(work: Work, row: OutboxRow, now: datetime) -> None:
    """It surely wasn't sent."""
    outbox.end(work, row.id, "unknown", "queued", not_before=micros(now))


def resend(work: Work, settings: Settings, row: OutboxRow, now: datetime) -> Failure:
    """The same bytes under the same Message-ID once more: a receiver who has them recognises them. The ticket keeps that it was so."""
    outbox.end(
        work,
        row.id,
        "unknown",
        "queued",
        not_before=micros(now),
        payload=json.dumps({**row.payload, "resent": True}),
    )
    return _tell(work, settings, row, SentAgain(row.message_id or 0, row.error or "no answer came"), now)


def ask(
    work: Work, settings: Settings, row: OutboxRow, error: str, now: datetime, again: timedelta
) -> Failure:
    """No program can know: an agent is asked. What the bot says of itself is let go: nobody misses it, and twice it would be odd. What agents see goes `again`,
    and says that it may stand there twice: they must not miss a customer's words."""
    if row.kind in ("prompt", "ack"):
        outbox.end(work, row.id, "unknown", "cancelled", error=error)
        return None
    if row.kind not in CUSTOMER_KINDS:
        payload = json.dumps({**row.payload, "again": True}, ensure_ascii=False)
        outbox.end(
            work, row.id, "unknown", "queued", error=error, not_before=micros(now + again), payload=payload
        )
        return None
    outbox.end(work, row.id, "unknown", "unknown", error=error, not_before=NEVER)
    return _tell(work, settings, row, PerhapsSent(row.message_id or 0, error), now)


def too_old(row: OutboxRow, now: datetime) -> bool:
    """Whether trying again is no use any more. Cards and posts are never given up: they are how agents see a ticket at all."""
    age = now - row.created_at
    return (
        (row.kind in (*CUSTOMER_KINDS, "fetch") and age > KEEP_TRYING)
        or (row.kind in COSMETIC and age > STALE)
        or (row.kind in ("alert", "file") and age > OLD_NEWS)
    )


def _state(work: Work, row: OutboxRow) -> str:
    """As it is by now: an operator may have moved it since it was claimed."""
    found = outbox.state_of(work, row.id)
    if found is None:
        raise LookupError(f"no outbox row {row.id}")
    return found


def _tell(work: Work, settings: Settings, row: OutboxRow, command: Command, now: datetime) -> Failure:
    """The desk learns what became of a customer's message, and which files are missing; of what else agents see it needs not know.

    The outcome is a fact, whatever the desk makes of it: a mail that went must not go again because deskd failed on its ticket.
    """
    missing = isinstance(command, NotFetched | NotShown | Posted)
    if (row.kind not in CUSTOMER_KINDS and not missing) or row.ticket_id is None or row.message_id is None:
        return None
    try:
        with work.alone():
            state = tickets.state(work, row.ticket_id, row.message_id)
            apply.apply(work, state, desk(settings, state, command, now), now)
    except Exception as failure:  # ours
        if passes(failure):
            raise
        if missing:
            return failure
        if not missing:
            state = tickets.state(work, row.ticket_id)
            delivery = {"delivery": _state(work, row)}
            apply.apply(work, state, (SetMessage(row.message_id, delivery),), now)
        return failure
    return None
