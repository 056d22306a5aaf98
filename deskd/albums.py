"""An agent's album in a Telegram group: it comes one file a message, and what is said of it stands with the first. Runs in the unit of work of the gesture."""

from __future__ import annotations

from datetime import datetime

from deskd.config import Settings
from deskd.desk import desk
from deskd.desk.commands import KeepInside, Note
from deskd.model import Gesture
from deskd.store import Row, Work, apply, chats, tickets

ROLE = "album"
"""Of the row among `posts` that says which message an album's first part became; with no message, it was a command."""


def first(work: Work, gesture: Gesture) -> Row | None:
    """What the first part of this file's album became; None where it is the first, or says something of its own."""
    if gesture.kind != "message" or not gesture.album or gesture.text.strip():
        return None
    return chats.posted(work, gesture.channel, _key(gesture))


def kept_inside(work: Work, settings: Settings, gesture: Gesture, command: object, now: datetime) -> None:
    """What is said of an album may stand with a later part: where that stays inside, so does what came before it and hasn't gone."""
    if gesture.kind != "message" or not gesture.album or not isinstance(command, Note):
        return
    began = chats.posted(work, gesture.channel, _key(gesture))
    if began is None or began["message_id"] is None:
        return
    state = tickets.state(work, began["ticket_id"], began["message_id"])
    message = state.message
    if (
        message is not None
        and message.direction == "out"
        and message.outbox_state == "held"
        and command.source
    ):
        inside = KeepInside(command.actor, command.source)
        apply.apply(work, state, desk(settings, state, inside, now), now)


def remember(work: Work, gesture: Gesture, ticket: int, message: int | None) -> None:
    if gesture.kind == "message" and gesture.album:
        chats.keep_posts(work, gesture.channel, [_key(gesture)], ticket, message, ROLE)


def _key(gesture: Gesture) -> str:
    return f"album:{gesture.album}"
