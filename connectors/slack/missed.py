"""Messages as Slack shows them in histories -> the events that would have told of them. Pure; `deskd` in the body says that it was made so.

The ids under which the inbox knows events (identify.py) are those of the true ones, so that nothing comes in twice. Of a reaction Slack no longer says
when it was given: `UNDATED` stands in its place, and the desk looks whether it has heard of that reaction before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from deskd.model import UNDATED

Json = dict[str, Any]

MEANT: Final = frozenset({"eyes", "white_check_mark", "x"})
"""The reactions that ask for something; of the others nobody need hear."""
_NOT_WRITTEN: Final = frozenset(
    "channel_join channel_leave channel_topic channel_purpose channel_name group_join group_leave bot_message tombstone"
    " reminder_add pinned_item".split()
)


def written(channel: str, message: Mapping[str, Any], since: float) -> list[Json]:
    """What a person wrote since then, and how they changed it since then; nothing of what programs and Slack itself wrote."""
    if not message.get("user") or message.get("bot_id") or message.get("subtype") in _NOT_WRITTEN:
        return []
    ts, edited = str(message.get("ts")), message.get("edited")
    shown = {key: value for key, value in message.items() if key != "reactions"}
    events: list[Json] = []
    if seconds(ts) >= since:
        events.append(event("message", channel, **{**shown, "type": "message", "event_ts": ts}))
    if isinstance(edited, dict) and seconds(edited.get("ts")) >= since:
        change = str(edited["ts"])
        events.append(
            event("message", channel, subtype="message_changed", message=shown, ts=change, event_ts=change)
        )
    return events


def reactions(channel: str, message: Mapping[str, Any]) -> list[Json]:
    listed = message.get("reactions")
    item = {"type": "message", "channel": channel, "ts": str(message.get("ts"))}
    return [
        event("reaction_added", None, user=user, reaction=one["name"], item=item, event_ts=UNDATED)
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict) and str(one.get("name")).partition("::")[0] in MEANT
        for user in one.get("users") or ()
    ]


def is_gone(message: Mapping[str, Any] | None) -> bool:
    """A thread's root with replies leaves a tombstone behind."""
    return message is None or message.get("subtype") == "tombstone"


def deletion(channel: str, ts: str, thread: str | None, **known: str) -> Json:
    """`known`: what else is known of the message that was there."""
    before = {"type": "message", "ts": ts, **known} | ({"thread_ts": thread} if thread else {})
    return event(
        "message", channel, subtype="message_deleted", deleted_ts=ts, previous_message=before, event_ts=ts
    )


def event(kind: str, channel: str | None, **fields: Any) -> Json:
    """The body of an event."""
    told = {"type": kind} | ({"channel": channel} if channel else {}) | fields
    return {"type": "event_callback", "event": told, "deskd": "found by a recheck"}


def order(body: Json) -> tuple[float, str]:
    """When it happened. Reactions and deletions come last: what they are about must be here."""
    told = body["event"]
    late = told.get("event_ts") == UNDATED or told.get("subtype") == "message_deleted"
    return (float("inf") if late else seconds(told.get("event_ts")), str(told.get("event_ts")))


def seconds(ts: object) -> float:
    """A Slack ts as seconds since 1970; 0 for what is none."""
    try:
        return float(str(ts))
    except ValueError:
        return 0.0
