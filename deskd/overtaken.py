"""Slack tells of what happens to a message in any order: an edit or a deletion may come before the message itself.

An edit that comes first brings the message, as Slack sends all of it; the message, when it comes after all, is here already, or was deleted.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from deskd.model import Gesture
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
    if gesture.kind != "message":
        return ""
    if _came(work, row, "d", gesture):
        return "it was deleted before it came"
    here = tickets.post(work, gesture.channel, gesture.ts)
    return "an edit brought it before it came" if here and gesture.edited_ts is None else ""


def _came(work: Work, row: InboxRow, kind: str, gesture: Gesture) -> bool:
    """Whether that message (`m`) or its deletion (`d`) is in the inbox, by the ids that the Slack account gives them."""
    return inbox.find(work, row.channel, row.source, f"{kind}:{gesture.channel}:{gesture.ts}") is not None


def _young(row: InboxRow, gesture: Gesture) -> bool:
    try:
        written = datetime.fromtimestamp(float(gesture.ts), UTC)
    except (ValueError, OverflowError, OSError):
        return False
    return row.received_at - written < LONGEST
