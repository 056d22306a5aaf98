"""A ticket that stands in more than one Slack thread: what is written in one of them shows in the others too. Pure.

The desk's own posts go to each thread; what an agent writes in one is shown in the others under the agent's name. Marks, answers to one agent and what a new
thread gets at its opening stay where they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from deskd.config import Settings
from deskd.desk.changes import Change, Queue, SetMessage
from deskd.desk.commands import Command, Edit, Note, Reply
from deskd.desk.state import State
from deskd.handoff import name_of
from deskd.model import Anchor

INSIDE = "🔒 "
EDITED = "✏️ "


def in_step(
    settings: Settings, state: State, command: Command, changes: tuple[Change, ...]
) -> tuple[Change, ...]:
    """`changes` with the copies that the other threads of the ticket get."""
    home = state.home
    if home is None or len(state.anchors) < 2:
        return changes
    others = [anchor for anchor in state.anchors if anchor.id != home.id]
    kept: list[Change] = []
    for change in changes:
        kept.append(change)
        if isinstance(change, Queue) and change.kind in ("post", "file") and change.anchor_id == home.id:
            kept += [_copy(change, anchor) for anchor in others]
    return (*kept, *_echo(settings, state, command, changes))


def conversation(anchor: Anchor) -> str:
    """A guest thread's rows wait for one another, and never hold up the home thread's."""
    return "slack:{ticket}" if anchor.role == "home" else f"slack:{{ticket}}:{anchor.channel}"


def _copy(post: Queue, anchor: Anchor) -> Queue:
    """The message itself stands in the home thread, and bears its marks there."""
    payload = {name: value for name, value in post.payload.items() if name != "written"}
    return replace(
        post,
        channel=anchor.account,
        conversation=conversation(anchor),
        payload=payload,
        anchor_id=anchor.id,
    )


def _echo(settings: Settings, state: State, command: Command, changes: Sequence[Change]) -> list[Change]:
    """An agent's words in the threads in which they did not write them."""
    if not isinstance(command, Reply | Note | Edit) or command.source is None:
        return []
    if not isinstance(command, Edit) and command.shown:
        return []  # it was posted, and so copied
    if isinstance(command, Edit) and not any(isinstance(change, SetMessage) for change in changes):
        return []  # it came too late, or changed nothing
    source = command.source
    sign = EDITED if isinstance(command, Edit) else ""
    inside = isinstance(command, Note) or (isinstance(command, Edit) and command.note)
    payload = {
        "text": sign + (INSIDE if inside else "") + command.text,
        "author": name_of(settings, command.actor),
    }
    return [
        Queue("post", anchor.account, conversation(anchor), payload, anchor_id=anchor.id)
        for anchor in state.anchors
        if (anchor.channel, anchor.thread) != (source.channel, source.thread)
    ]
