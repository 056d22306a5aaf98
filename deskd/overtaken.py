"""Slack tells of what happens to a message in any order: an edit or a deletion may come before the message itself.

An edit that comes first brings the message, as Slack sends all of it; the message, when it comes after all, is here already, or was deleted.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from deskd.model import UNDATED, Gesture
from deskd.store import Work, inbox, tickets
from deskd.store.inbox import InboxRow

LONGEST: Final = timedelta(minutes=10)
"""For so long after it was written may an edit stand for a message: Slack goes on trying to bring one for about six minutes."""


def in_place(work: Work, row: InboxRow, gesture: Gesture) -> Gesture:
    """The gesture as it is to be acted on: an edit that overtook its message is that message, as it reads now."""
    if gesture.kind != "edit" or gesture.edited_ts is None or not _young(row, gesture):
        return gesture
    known = tickets.post(work, gesture.channel, gesture.ts) or _came(work, row, "m", gesture)
    return gesture if known or _came(work, row, "d", gesture) else replace(gesture, kind="message")


def too_late(work: Work, row: InboxRow, gesture: Gesture) -> str:
    """Why a message is not to be acted on, where something overtook it; else empty."""
    if gesture.kind == "react":
        return _heard_of(work, row, gesture)
    if gesture.kind != "message":
        return ""
    if _came(work, row, "d", gesture):
        return "it was deleted before it came"
    here = tickets.post(work, gesture.channel, gesture.ts)
    return "an edit brought it before it came" if here and gesture.edited_ts is None else ""


def _heard_of(work: Work, row: InboxRow, gesture: Gesture) -> str:
    """A reaction that was found standing may have been told of before, or be told of after all."""
    start = f"r:+:{gesture.channel}:{gesture.ts}:{gesture.user}:{gesture.name}:"
    others = [one for one in inbox.beginning(work, row.channel, row.source, start) if one.id != row.id]
    if gesture.event_ts != UNDATED:
        given = _moment(gesture.event_ts)
        others = [
            one
            for one in others
            if one.external_id == start + UNDATED and given is not None and given < one.received_at
        ]
    return "this reaction has been heard of" if others else ""


def _came(work: Work, row: InboxRow, kind: str, gesture: Gesture) -> bool:
    """Whether that message (`m`) or its deletion (`d`) is in the inbox, by the ids that the Slack account gives them."""
    return inbox.find(work, row.channel, row.source, f"{kind}:{gesture.channel}:{gesture.ts}") is not None


def _young(row: InboxRow, gesture: Gesture) -> bool:
    written = _moment(gesture.ts)
    return written is not None and row.received_at - written < LONGEST


def _moment(ts: str) -> datetime | None:
    """A Slack ts as a time."""
    try:
        return datetime.fromtimestamp(float(ts), UTC)
    except (ValueError, OverflowError, OSError):
        return None
