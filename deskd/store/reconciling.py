"""What the desk has of each ticket's Slack threads, for `deskd reconcile`. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from deskd.reconcile import Post, Thread
from deskd.store.tables import anchors, inbox, outbox, tickets
from deskd.store.times import micros
from deskd.store.work import Work

_AT_ONCE = 500  # ids a question


def threads(work: Work, account: str, since: datetime | None) -> list[Thread]:
    """Where the tickets that changed since then are shown by this account."""
    built = (
        select(tickets.c.ref, anchors.c.channel, anchors.c.thread)
        .join(tickets, tickets.c.id == anchors.c.ticket_id)
        .where(anchors.c.surface == "slack", anchors.c.account == account)
        .order_by(anchors.c.id)
    )
    if since is not None:
        built = built.where(tickets.c.updated_at >= micros(since))
    return [Thread(row["ref"], account, row["channel"], row["thread"]) for row in work.once(built)]


def posts(work: Work, account: str, since: datetime | None) -> list[Post]:
    """The cards and posts of these tickets."""
    built = (
        select(
            outbox.c.key,
            outbox.c.kind,
            outbox.c.state,
            outbox.c.external_id,
            tickets.c.ref,
            anchors.c.channel,
            anchors.c.thread,
        )
        .join(tickets, tickets.c.id == outbox.c.ticket_id)
        .join(anchors, anchors.c.id == outbox.c.anchor_id)
        .where(outbox.c.channel == account, outbox.c.kind.in_(("card", "post")))
        .order_by(outbox.c.id)
    )
    if since is not None:
        built = built.where(tickets.c.updated_at >= micros(since))
    return [
        Post(
            row["key"],
            row["kind"],
            row["ref"],
            row["channel"],
            row["thread"],
            row["external_id"] or None,
            row["state"],
        )
        for row in work.once(built)
    ]


def received(work: Work, account: str, external_ids: Sequence[str], *, source: str = "slack") -> set[str]:
    """Which of these the inbox has."""
    found: set[str] = set()
    for at in range(0, len(external_ids), _AT_ONCE):
        built = select(inbox.c.external_id).where(
            inbox.c.channel == account,
            inbox.c.source == source,
            inbox.c.external_id.in_(external_ids[at : at + _AT_ONCE]),
        )
        found |= {row["external_id"] for row in work.once(built)}
    return found
