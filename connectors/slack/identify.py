"""Which gesture a payload is: the id under which it is recognised however often and whichever way Slack brings it.

In: the body of an event or interaction. Out: an external id, or None for what concerns nobody. Nothing is judged here beyond
that, and nothing but ids is read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

Json = Mapping[str, Any]

METADATA_TYPE = "deskd"
"""`metadata.event_type` of all that deskd posts."""


def external_id(body: Json) -> str | None:
    """An id that is equal for the same gesture: a message and its app_mention, an event sent again, one found by a recheck."""
    if body.get("type") == "event_callback":
        found = _of_event(_part(body, "event"))
    else:
        found = _of_interaction(body)
    return None if found is None else found.replace("\x00", "")[:500]


def is_echo(body: Json, own: Collection[str]) -> bool:
    """Whether this is our own post, edit or reaction coming back. `own`: our bot's user and bot ids, as far as known."""
    if body.get("type") != "event_callback":
        return False
    event = _part(body, "event")
    mine = {*own, *_authorized_bots(body)}
    if event.get("type") in ("reaction_added", "reaction_removed"):
        return event.get("user") in mine
    if event.get("subtype") == "message_deleted":
        return False  # a card that someone deletes is news
    message = _part(event, "message") or event
    if message.get("user") in mine or message.get("bot_id") in mine:
        return True
    if not message.get("bot_id"):
        return False  # a person's
    app = message.get("app_id") or _part(message, "bot_profile").get("app_id")
    return (bool(app) and app == body.get("api_app_id")) or (
        _part(message, "metadata").get("event_type") == METADATA_TYPE
    )


def _authorized_bots(body: Json) -> set[str]:
    listed = body.get("authorizations")
    found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return {str(one["user_id"]) for one in found if one.get("is_bot") is True and one.get("user_id")}


def _of_event(event: Json) -> str | None:
    kind = event.get("type")
    if kind == "message":
        return _of_message(event)
    if kind in ("reaction_added", "reaction_removed"):
        item = _part(event, "item")
        sign = "+" if kind == "reaction_added" else "-"
        parts = (
            item.get("channel"),
            item.get("ts"),
            event.get("user"),
            event.get("reaction"),
            event.get("event_ts"),
        )
        return f"r:{sign}:" + _joined(*parts)
    return None  # app_mention comes as a message too


def _of_message(event: Json) -> str:
    channel, message = event.get("channel"), _part(event, "message")
    if event.get("subtype") == "message_deleted":
        return deletion_id(str(channel), str(event.get("deleted_ts")))
    if event.get("subtype") == "message_changed" and message.get("subtype") == "tombstone":
        return deletion_id(str(channel), str(message.get("ts")))
    if event.get("subtype") == "message_changed":
        edited = _part(message, "edited").get("ts") or event.get("event_ts") or event.get("ts")
        return edit_id(str(channel), str(message.get("ts")), str(edited))
    return "m:" + _joined(channel, event.get("ts"))


def edit_id(channel: str, ts: str, edited: str) -> str:
    return f"e:{channel}:{ts}:{edited}"


def deletion_id(channel: str, ts: str) -> str:
    return f"d:{channel}:{ts}"


def _of_interaction(body: Json) -> str | None:
    user = _part(body, "user").get("id")
    kind = body.get("type")
    if kind == "block_actions":
        actions = body.get("actions")
        action = actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], dict) else {}
        container = _part(body, "container")
        place = container.get("message_ts") or container.get("view_id") or _part(body, "message").get("ts")
        return "b:" + _joined(place, action.get("action_ts"), user, action.get("action_id"))
    if kind == "message_action":
        return "s:" + _joined(body.get("message_ts"), body.get("action_ts"), user, body.get("callback_id"))
    if kind == "view_submission":
        view = _part(body, "view")
        return "v:" + _joined(view.get("id"), view.get("hash"), user, digest(view.get("state")))
    return None


def is_membership(body: Json) -> bool:
    """Whether it tells that somebody joined or left a channel."""
    kind = _part(body, "event").get("type") if body.get("type") == "event_callback" else None
    return kind in ("member_joined_channel", "member_left_channel")


def happened_at(body: Json) -> float:
    """When an event happened, in seconds since 1970 by Slack's clock; 0 where it doesn't say."""
    event = _part(body, "event")
    found = event.get("event_ts") or event.get("ts") if body.get("type") == "event_callback" else None
    try:
        return float(str(found)) if found else 0.0
    except ValueError:
        return 0.0


def digest(value: object) -> str:
    """A short hash of any JSON value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def _joined(*parts: object) -> str:
    return ":".join("" if part is None else str(part) for part in parts)


def _part(body: Json, key: str) -> Json:
    found = body.get(key)
    return found if isinstance(found, dict) else {}
