"""An agent's album in a Telegram group: it comes one file a message, and what is said of it stands with the first. Runs in the unit of work of the gesture."""

from __future__ import annotations

from deskd.model import Gesture
from deskd.store import Row, Work, chats

ROLE = "album"
"""Of the row among `posts` that says which message an album's first part became; with no message, it was a command."""


def first(work: Work, gesture: Gesture) -> Row | None:
    """What the first part of this file's album became; None where it is the first, or says something of its own."""
    if gesture.kind != "message" or not gesture.album or gesture.text.strip():
        return None
    return chats.posted(work, gesture.channel, _key(gesture))


def remember(work: Work, gesture: Gesture, ticket: int, message: int | None) -> None:
    if gesture.kind == "message" and gesture.album:
        chats.keep_posts(work, gesture.channel, [_key(gesture)], ticket, message, ROLE)


def _key(gesture: Gesture) -> str:
    return f"album:{gesture.album}"
