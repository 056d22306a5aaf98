"""The files of messages: what came with them, what goes with them, what is shown of them to agents."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from deskd import files
from deskd.model import Attachment, GestureFile, OutgoingFile
from deskd.store import blobs
from deskd.store.tables import attachments, messages, outbox, tickets
from deskd.store.times import micros
from deskd.store.work import Statement, Work, among

_OF_MESSAGE = Statement(
    select(attachments)
    .where(attachments.c.message_id == bindparam("message_id"), attachments.c.until.is_(None))
    .order_by(attachments.c.id)
)
_WORDS = Statement(
    select(messages.c.text, messages.c.body, tickets.c.ref)
    .join(tickets, tickets.c.id == messages.c.ticket_id)
    .where(messages.c.id == bindparam("the_id"))
)
_FETCHED = Statement(
    select(outbox.c.state, outbox.c.error).where(
        outbox.c.message_id == bindparam("message_id"), outbox.c.kind == "fetch"
    )
)
_COMING = Statement(
    select(outbox.c.id, outbox.c.state, outbox.c.payload)
    .where(
        outbox.c.message_id == bindparam("message_id"),
        outbox.c.kind == "fetch",
        among(outbox.c.state, "held", "queued", "sending"),
    )
    .order_by(outbox.c.id.desc())
    .with_for_update()  # a worker may be claiming it
)
_REPLACED = Statement(
    update(attachments)
    .where(
        attachments.c.message_id == bindparam("the_message"),
        attachments.c.origin.like(bindparam("start")),
        attachments.c.until.is_(None),
    )
    .values(until=bindparam("now"))
)


def named(work: Work, message_id: int) -> list[Attachment]:
    """What came or goes with a message, without the contents."""
    return [
        Attachment(
            row["name"], row["type"], row["size"], row["sha256"], cid=row["cid"], inline=bool(row["inline"])
        )
        for row in work.rows(_OF_MESSAGE, message_id=message_id)
    ]


def to_send(work: Work, message_id: int) -> tuple[OutgoingFile, ...]:
    """All files of a message of ours. Pictures within the text of an agent's mail are their signature's."""
    return tuple(_with_content(work, file) for file in named(work, message_id) if not file.inline)


def to_show(work: Work, message_id: int, *, whole: bool) -> tuple[OutgoingFile, ...]:
    """The files of a message that people are shown, after its whole text if that is wanted. Empty ones have nothing to show."""
    shown, _ = files.fits(named(work, message_id))
    found = tuple(_with_content(work, file) for file in shown if file.size)
    return (*_text(work, message_id), *found) if whole else found


def keep(
    work: Work, message_id: int, payload: Mapping[str, Any], contents: Sequence[bytes], now: datetime
) -> None:
    """Files that were fetched, as `FetchFiles` named them (id, name, type, size, url), and their contents. `instead`: what stood there is kept as what it was."""
    origin = payload.get("origin") or None
    if origin and payload.get("instead"):
        start = f"{origin.partition(':')[0]}:%"
        work.run(_REPLACED, the_message=message_id, start=start, now=micros(now))
    for (_, name, media_type, _, _), data in zip(payload["files"], contents, strict=True):
        work.insert(
            attachments,
            message_id=message_id,
            name=name or "file",
            type=media_type[:255],
            size=len(data),
            sha256=blobs.keep(work, data),
            cid=None,
            inline=0,
            origin=origin,
        )


def origin_of(work: Work, message_id: int, post: str) -> str | None:
    """Which file a chat's message holds (`deskd.desk.chats.origin`), whether it is here or on its way; None where nobody knows."""
    coming = (
        json.loads(row["payload"]).get("origin") or "" for row in work.rows(_COMING, message_id=message_id)
    )
    here = (row["origin"] or "" for row in reversed(work.rows(_OF_MESSAGE, message_id=message_id)))
    return next((one for one in (*coming, *here) if one.startswith(f"{post}:")), None)


@dataclass(frozen=True, slots=True)
class Fetching:
    """A row that is to bring a file, or is bringing it just now."""

    id: int
    state: str


def fetching(work: Work, message_id: int, post: str) -> Fetching | None:
    """The row that brings the file of a chat's message; None where none is on its way."""
    for row in work.rows(_COMING, message_id=message_id):
        if (json.loads(row["payload"]).get("origin") or "").startswith(f"{post}:"):
            return Fetching(row["id"], row["state"])
    return None


def going(work: Work, message_id: int, but: str = "") -> tuple[GestureFile, ...]:
    """All that goes with an agent's message, here or on its way, but for the file of one of the chat's messages."""
    here = [
        GestureFile("", row["name"], row["type"], row["size"], "")
        for row in work.rows(_OF_MESSAGE, message_id=message_id)
        if not (but and (row["origin"] or "").startswith(f"{but}:"))
    ]
    payloads = [json.loads(row["payload"]) for row in work.rows(_COMING, message_id=message_id)]
    coming = [
        GestureFile(*file)
        for payload in payloads
        if not (but and (payload.get("origin") or "").startswith(f"{but}:"))
        for file in payload["files"]
    ]
    return (*here, *coming)


def why_missing(work: Work, message_id: int) -> str | None:
    """Why the files of a reply will not come; None while they may."""
    fetched = work.row(_FETCHED, message_id=message_id)
    if fetched is None:
        return "its files were never asked for"
    gone = fetched["state"] in ("failed", "cancelled")
    return (fetched["error"] or "its files were not fetched") if gone else None


_OF_TICKET = Statement(
    select(attachments)
    .join(messages, messages.c.id == attachments.c.message_id)
    .where(
        messages.c.ticket_id == bindparam("ticket_id"),
        attachments.c.inline == 0,
        attachments.c.size > 0,
        attachments.c.until.is_(None),
    )
    .order_by(attachments.c.id)
)
_ONE = Statement(select(attachments).where(attachments.c.id == bindparam("the_id")))


def of_ticket(work: Work, ticket_id: int) -> list[tuple[int, Attachment]]:
    """All files of a ticket's messages with their ids, the oldest first, each content once; without the pictures within texts."""
    found = {row["sha256"]: row for row in reversed(work.rows(_OF_TICKET, ticket_id=ticket_id))}
    rows = sorted(found.values(), key=lambda row: int(row["id"]))
    return [(row["id"], Attachment(row["name"], row["type"], row["size"], row["sha256"])) for row in rows]


def these(work: Work, ids: Sequence[int]) -> tuple[OutgoingFile, ...]:
    """The files with these ids."""
    rows = [row for number in ids if (row := work.row(_ONE, the_id=number)) is not None]
    return tuple(
        _with_content(work, Attachment(row["name"], row["type"], row["size"], row["sha256"])) for row in rows
    )


def _with_content(work: Work, file: Attachment) -> OutgoingFile:
    return OutgoingFile(file.name, file.type, blobs.data_of(work, file.sha256))


def _text(work: Work, message_id: int) -> list[OutgoingFile]:
    words = work.row(_WORDS, the_id=message_id)
    if words is None:
        return []
    content = (words["text"] or words["body"]).encode("utf-8", "replace")
    return [OutgoingFile(f"{words['ref']}-{message_id}.txt", "text/plain", content)]
