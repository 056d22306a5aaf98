"""Remembers which messages of a chat the outbox's are, so that what answers one finds its ticket; and where a chat has gone."""

from __future__ import annotations

from deskd.model import Receipt
from deskd.store import chats
from deskd.store.outbox import OutboxRow
from deskd.store.work import Work


def remember(work: Work, row: OutboxRow, receipt: Receipt) -> None:
    """`external_id`: the ids of the messages it became, with commas; `place`: `CHAT`, or `CHAT>NEW` where the chat has moved."""
    chat, _, new = receipt.place.partition(">")
    if new:
        chats.moved(work, row.channel, chat, new)
    if row.ticket_id is None or not receipt.external_id:
        return
    where = chats.place(row.channel, new or chat)
    chats.keep_posts(work, where, receipt.external_id.split(","), row.ticket_id, row.message_id, "sent")
