"""Answers that are still held when the customer writes again: their authors hear of it in time to change or stop them. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from deskd import words
from deskd.config import Settings
from deskd.desk import showing
from deskd.desk.answering import hold_of
from deskd.desk.changes import AddEvent, Change, SetOutbox
from deskd.desk.source import Source
from deskd.desk.state import HeldAnswer, State

MOST: Final = 4
"""How many times its `undo` an answer waits at the most, however often the customer writes."""


def warned(settings: Settings, state: State, held: tuple[HeldAnswer, ...], now: datetime) -> list[Change]:
    """Each author has their `undo` once more, to read what came; their answer goes then, unless they stop it."""
    changes: list[Change] = []
    for answer in held:
        author = answer.author.partition(":")[2]
        thread = showing.thread_in(state, answer.channel) or state.home
        user = settings.user_at(thread.account, author) if thread is not None else None
        if thread is None or user is None:
            continue
        source = Source(thread.account, answer.channel, answer.ts, user, thread.thread or "")
        hold = hold_of(settings, source)
        until = max(answer.until, min(now + hold, answer.since + MOST * hold))
        at = f"{until.astimezone(settings.desk.timezone):%H:%M:%S}"
        key = "wrote_again_telegram" if thread.surface == "telegram" else "wrote_again"
        text = words.say(settings.desk.agent_language, key, at=at)
        changes += [
            SetOutbox(answer.outbox_id, "held", until),
            AddEvent("reply_held_on", "system", {"message": answer.message_id, "until": until.isoformat()}),
            *showing.tell(source, text),
        ]
    return changes
