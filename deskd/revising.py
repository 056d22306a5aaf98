"""Customers' edits and deletions in chats: finds the message they are about. Runs in the unit of work of the gesture."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from deskd.config import Settings
from deskd.desk import desk
from deskd.desk.commands import Retracted, Revised
from deskd.filed import Filed
from deskd.model import Gesture
from deskd.parse.chat import understand_chat, where_customers_write
from deskd.store import Work, apply, clues, inbox, tickets
from deskd.store.inbox import InboxRow


def revise(
    work: Work, settings: Settings, agents: Collection[str], row: InboxRow, gesture: Gesture, now: datetime
) -> Filed | None:
    """The row's end where it is about a customer's own message; None where it is somebody else's business. `agents`: Slack ids of the roster."""
    channel = settings.slack_channels().get(row.channel)
    if gesture.kind not in ("edit", "delete") or channel is None:
        return None
    if gesture.bot or not where_customers_write(gesture, channel.customers):
        return None
    message = understand_chat(gesture, settings.desk.languages)
    known = clues.of_fingerprint(work, message.fingerprint)
    ticket_id = tickets.of_message(work, known) if known is not None else None
    if ticket_id is None:
        return None
    state = tickets.state(work, ticket_id, known)
    if state.message is None or state.message.direction != "in":
        return None
    actor = state.message.author
    if gesture.kind == "edit" and (gesture.user in agents or actor != f"contact:slack:{gesture.user}"):
        return None
    command = Revised(actor, message.text) if gesture.kind == "edit" else Retracted(actor)
    apply.apply(work, state, desk(settings, state, command, now), now)
    inbox.end(work, row.id, "applied", ticket_id=ticket_id)
    return Filed("applied", ticket_id)
