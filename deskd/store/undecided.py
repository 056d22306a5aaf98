"""Which of our posts may stand where agents read without our knowing it, and which thread was made for a card that isn't there yet."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import bindparam, func, select

from deskd.store.outbox import NEVER, WAITING
from deskd.store.tables import outbox
from deskd.store.times import moment
from deskd.store.work import Row, Statement, Work, among

_POSTS = ("card", "post")
_UNDER_WAY = Statement(
    select(func.min(outbox.c.created_at)).where(
        among(outbox.c.state, *WAITING),
        outbox.c.state == "sending",
        outbox.c.lane == bindparam("lane"),
        among(outbox.c.kind, *_POSTS),
    )
)
_UNKNOWN = Statement(
    select(func.min(outbox.c.created_at)).where(
        among(outbox.c.state, "unknown", "failed"),
        outbox.c.state == "unknown",
        outbox.c.not_before < NEVER,
        outbox.c.lane == bindparam("lane"),
        among(outbox.c.kind, *_POSTS),
    )
)


def post_lane(account: str, place: str) -> str:
    """The lane of the posts that go into a Slack channel or a Telegram group."""
    return f"{account}:post:{place}"[:300]


_CARD = (outbox.c.ticket_id, outbox.c.payload, outbox.c.state, outbox.c.not_before, outbox.c.created_at)
_CARDS_TO_GO = Statement(
    select(*_CARD).where(
        among(outbox.c.state, *WAITING), outbox.c.lane == bindparam("lane"), outbox.c.kind == "card"
    )
)
_CARDS_NOT_THERE = Statement(
    select(*_CARD).where(
        among(outbox.c.state, "unknown", "failed"),
        outbox.c.lane == bindparam("lane"),
        outbox.c.kind == "card",
    )
)


def headed_by(work: Work, account: str, place: str, thread: str) -> int | None:
    """The ticket for whose card this thread was made, while the card isn't there, or nobody knows it; None: it is none of these."""
    found = (row["ticket_id"] for row in _cards(work, account, place) if _topic(row) == thread)
    return next(found, None)


def topic_since(work: Work, account: str, place: str) -> datetime | None:
    """When the oldest card was queued whose thread may be made without our knowing it; None: there is none."""
    times = [
        row["created_at"]
        for row in _cards(work, account, place)
        if not _topic(row)
        and (row["state"] == "sending" or (row["state"] == "unknown" and row["not_before"] < NEVER))
    ]
    return moment(min(times)) if times else None


def _cards(work: Work, account: str, place: str) -> list[Row]:
    lane = post_lane(account, place)
    return [*work.rows(_CARDS_TO_GO, lane=lane), *work.rows(_CARDS_NOT_THERE, lane=lane)]


def _topic(card: Row) -> str | None:
    topic: str | None = json.loads(card["payload"]).get("topic")
    return topic


def since(work: Work, account: str, place: str) -> datetime | None:
    """When the oldest was queued of our posts that may stand in this channel or group without our knowing under which id, and will be found; None: there are none."""
    found = [work.value(statement, lane=post_lane(account, place)) for statement in (_UNDER_WAY, _UNKNOWN)]
    times = [value for value in found if value is not None]
    return moment(min(times)) if times else None
