"""The messages that rules have judged, with all that they were told: to explain a verdict, or to try other rules on the past. Reads only."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select

from deskd.model import Attachment, Envelope
from deskd.store.database import Store
from deskd.store.tables import attachments, blobs, inbox, messages, tickets
from deskd.store.times import micros, moment
from deskd.store.work import Row, Work

PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class JudgedMessage:
    """`kept`: what the rules were told (`deskd.rules.record`). `stored`: the message's columns; None where no ticket was made of it."""

    inbox_id: int
    ticket: str | None
    channel: str
    source: str
    payload: bytes
    envelope: Envelope
    received_at: datetime
    kept: Mapping[str, Any]
    fired: tuple[tuple[str, str], ...]
    stored: Row | None
    files: tuple[Attachment, ...] = ()


def count_since(work: Work, since: datetime) -> int:
    return int(work.once(select(func.count().label("n")).where(*_judged(since)))[0]["n"])


def judged_since(store: Store, since: datetime) -> Iterator[JudgedMessage]:
    """Oldest first, read in pages."""
    last = 0
    while True:
        page = store.read_now(partial(_page, conditions=(*_judged(since), inbox.c.id > last)))
        yield from page
        if len(page) < PAGE:
            return
        last = page[-1].inbox_id


def judged_of(work: Work, ref: str) -> list[JudgedMessage]:
    """The messages of one ticket."""
    number = ref.strip().strip("[]").upper()
    return _page(work, (inbox.c.facts.is_not(None), func.upper(tickets.c.ref) == number))


def _judged(since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (inbox.c.facts.is_not(None), inbox.c.received_at >= micros(since))


def _page(work: Work, conditions: Sequence[ColumnElement[bool]]) -> list[JudgedMessage]:
    built = (
        select(inbox, blobs.c.data.label("payload"), tickets.c.ref)
        .join(blobs, blobs.c.sha256 == inbox.c.sha256)
        .join(tickets, tickets.c.id == inbox.c.ticket_id, isouter=True)
        .where(*conditions)
        .order_by(inbox.c.id)
        .limit(PAGE)
    )
    rows = work.once(built)
    ids = [row["message_id"] for row in rows if row["state"] == "filed"]
    stored = {row["id"]: row for row in work.once(select(messages).where(messages.c.id.in_(ids)))}
    files: dict[int, list[Attachment]] = {}
    for row in work.once(
        select(attachments).where(attachments.c.message_id.in_(ids)).order_by(attachments.c.id)
    ):
        files.setdefault(row["message_id"], []).append(_file(row))
    return [_message(row, stored.get(row["message_id"] or 0), files) for row in rows]


def _message(row: Row, stored: Row | None, files: Mapping[int, Sequence[Attachment]]) -> JudgedMessage:
    envelope = json.loads(row["envelope"]) if row["envelope"] else {}
    fired = json.loads(stored["rules_fired"]) if stored and stored["rules_fired"] else []
    return JudgedMessage(
        inbox_id=row["id"],
        ticket=row["ref"],
        channel=row["channel"],
        source=row["source"],
        payload=bytes(row["payload"]),
        envelope=Envelope(**{**envelope, "rcpt_to": tuple(envelope.get("rcpt_to", ()))}),
        received_at=moment(row["received_at"]),
        kept=json.loads(row["facts"]),
        fired=tuple((name, because) for name, because in fired),
        stored=stored,
        files=tuple(files.get(stored["id"], ())) if stored else (),
    )


def _file(row: Row) -> Attachment:
    return Attachment(
        row["name"], row["type"], row["size"], row["sha256"], cid=row["cid"], inline=bool(row["inline"])
    )
