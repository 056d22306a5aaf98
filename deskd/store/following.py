"""The Slack threads in which something may have happened while nobody listened. Reads only; bounded, however many tickets there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select

from deskd.model import Gesture
from deskd.parse.slack import parse_slack
from deskd.ports import Followed
from deskd.store import blobs
from deskd.store.tables import anchors, conversations, inbox, messages, ticket_conversations
from deskd.store.times import micros
from deskd.store.work import Statement, Work

NEWEST: Final = 5_000
"""Tickets that have one of so many messages, the newest, are alive."""
HEARD: Final = 5_000
"""Inbox rows, the newest, among which is looked for what people wrote in Slack not long ago."""

_ALIVE = (
    select(messages.c.ticket_id)
    .where(messages.c.id.in_(select(messages.c.id).order_by(messages.c.id.desc()).limit(NEWEST)))
    .distinct()
)
_THREADS = Statement(
    select(anchors.c.channel, anchors.c.thread)
    .where(
        anchors.c.surface == "slack",
        anchors.c.account == bindparam("account"),
        anchors.c.thread.is_not(None),
        anchors.c.ticket_id.in_(_ALIVE),
    )
    .order_by(anchors.c.id.desc())
)
_CHATS = Statement(
    select(conversations.c.thread_key)
    .where(
        conversations.c.channel == bindparam("account"),
        conversations.c.thread_key.is_not(None),
        conversations.c.id.in_(
            select(ticket_conversations.c.conversation_id).where(ticket_conversations.c.ticket_id.in_(_ALIVE))
        ),
    )
    .order_by(conversations.c.id.desc())
)
_HEARD = Statement(
    select(inbox.c.sha256)
    .where(
        inbox.c.id.in_(select(inbox.c.id).order_by(inbox.c.id.desc()).limit(HEARD)),
        inbox.c.channel == bindparam("account"),
        inbox.c.source == "slack",
        inbox.c.received_at >= bindparam("since"),
        inbox.c.external_id.like("m:%"),
    )
    .order_by(inbox.c.id.desc())
)


def followed(work: Work, account: str, written_since: datetime) -> list[Followed]:
    """The newest first. `written_since`: how far back `Followed.written` goes."""
    written: defaultdict[tuple[str, str | None], set[str]] = defaultdict(set)
    for gesture in _heard(work, account, written_since):
        written[gesture.channel, gesture.thread_ts].add(gesture.ts)
        written[gesture.channel, None].add(gesture.ts)
    found: dict[tuple[str, str | None], Followed] = {}
    for row in work.rows(_CHATS, account=account):
        channel, _, thread = row["thread_key"].partition(":")
        found[channel, thread or None] = Followed(channel, thread or None, customers=True)
    for row in work.rows(_THREADS, account=account):
        key = (row["channel"], row["thread"])
        found.setdefault(key, Followed(*key, customers=False))
    return [replace(one, written=frozenset(written[key])) for key, one in found.items()]


def _heard(work: Work, account: str, since: datetime) -> Iterator[Gesture]:
    for row in work.rows(_HEARD, account=account, since=micros(since)):
        gesture = parse_slack(blobs.data_of(work, row["sha256"]))
        if gesture.kind == "message" and not gesture.bot:
            root = gesture.thread_ts in (None, gesture.ts)
            yield replace(gesture, thread_ts=gesture.ts if root else gesture.thread_ts)
