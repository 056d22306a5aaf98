"""Replies that were held when the daemon stopped, or lost its line to Slack: Slack is asked what became of them before they go."""

from __future__ import annotations

from deskd.config import Settings
from deskd.ports import HeldReply
from deskd.store import Work, outbox, tickets

Held = tuple[int, str, HeldReply]
"""A held reply: its message's id, the Slack account it was written in, and what that account's connector must know to ask."""


def held_replies(work: Work, settings: Settings) -> list[Held]:
    """The held replies that were written in Slack: message id, account, and what the connector must know to ask."""
    found: list[Held] = []
    for message_id in outbox.held_messages(work):
        message = tickets.known_message(work, message_id)
        ticket_id = tickets.of_message(work, message_id)
        if message is None or message.source is None or ticket_id is None:
            continue
        channel, ts = message.source
        shown = [anchor for anchor in tickets.anchors_of(work, ticket_id) if anchor.thread]
        home = next((anchor for anchor in shown if anchor.channel == channel), next(iter(shown), None))
        if home is not None and home.account in settings.channels:
            user = settings.user_at(home.account, message.author.partition(":")[2]) or ""
            found.append(
                (message_id, home.account, HeldReply(channel, ts, home.thread or "", message.markup, user))
            )
    return found
