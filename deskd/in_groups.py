"""What acting on a gesture takes besides where it was made in a team's Telegram group. Runs in the unit of work of the gesture."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from deskd.compose.topics import KEPT
from deskd.desk import showing
from deskd.desk.changes import Queue
from deskd.desk.state import State
from deskd.gestures.presses import is_number
from deskd.gestures.wanted import Wanted
from deskd.model import Gesture, surface_of
from deskd.store import Work, apply, outbox, undecided
from deskd.store.inbox import InboxRow

LONGEST_WAIT: Final = timedelta(minutes=1)
"""For which a gesture waits for the answer to a post: longer than any call takes. Others of the group wait with it."""


def is_one(gesture: Gesture) -> bool:
    """Whether it was made in a Telegram group."""
    return surface_of(gesture.channel) == "telegram"


def acknowledge(work: Work, row: InboxRow, gesture: Gesture, now: datetime) -> None:
    """A press, whatever comes of it: until then the agent's app shows that it waits."""
    if gesture.kind == "press" and is_one(gesture):
        told = Queue("ack", row.channel, f"ack:{gesture.trigger_id}"[:300], {"query": gesture.trigger_id})
        apply.apply(work, State(None, None), (told,), now)


def resolved(work: Work, gesture: Gesture) -> Gesture:
    """A press of a button that means more than Telegram carries: what it means stands in the outbox."""
    row, _, place = gesture.value.partition(":")
    if gesture.name != KEPT or not (is_number(row) and is_number(place)):
        return gesture
    known = outbox.state_of(work, int(row)) is not None
    buttons = outbox.load(work, int(row)).payload.get("buttons", []) if known else []
    if int(place) >= len(buttons):
        return gesture
    action, _, value = buttons[int(place)]
    return replace(gesture, name=action, value=value)


def placed(gesture: Gesture, state: State) -> Gesture:
    """Of a reaction Telegram says on which message it is, and not in which topic: an answer to it belongs there, not into the group at large."""
    if gesture.thread_ts is not None or not is_one(gesture):
        return gesture
    thread = showing.thread_in(state, gesture.channel)
    return replace(gesture, thread_ts=thread.thread) if thread is not None else gesture


def of_new_topic(work: Work, account: str, group: str, topic: str) -> int | None:
    """The ticket whose topic stands already while its card waits: the group's limits held it up, or its answer was lost. What agents say there is said of it."""
    return undecided.headed_by(work, account, group, topic) if surface_of(group) == "telegram" else None


def may_be_ours(work: Work, row: InboxRow, wanted: Wanted, group: str, now: datetime) -> bool:
    """Whether it may be about a post of ours whose id isn't known yet: one was under way when the gesture came. An id in Telegram tells no time. What is written in a
    topic is only in question while one is being made: people make topics too, and what they say there must hold up nobody."""
    if now - row.received_at > LONGEST_WAIT:
        return False
    known_by = undecided.topic_since if wanted.thread is not None else undecided.since
    since = known_by(work, row.channel, group)
    return since is not None and since <= row.received_at
