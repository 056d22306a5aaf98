"""Stage parse, for Slack: the JSON of an event or an interaction -> a `Gesture`.

Total: any bytes give a Gesture; what nobody acts on is `other`, with the reason. Who did it is Slack's authenticated user id,
never a name in the text. Text stays Slack's mrkdwn, escapes and all: `deskd.compose.mrkdwn` reads it.
Layouts: https://docs.slack.dev/reference/events/message and https://docs.slack.dev/reference/interaction-payloads
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from deskd.model import Gesture, GestureFile

Json = Mapping[str, Any]

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL refuses NUL; lone surrogates are no UTF-8
_WRITTEN = frozenset({"", "file_share", "thread_broadcast", "me_message", "bot_message"})
_MAX_FILES = 50


def parse_slack(payload: bytes) -> Gesture:
    """What a person did. `payload` is the body Slack sent: of an event (`event_callback`) or an interaction."""
    try:
        body = json.loads(payload)
    except (ValueError, RecursionError):
        return _other("not JSON")
    if not isinstance(body, dict):
        return _other("not a JSON object")
    kind = _text(body, "type")
    if kind == "event_callback":
        return _event(_part(body, "event"))
    if not kind and "command" in body:
        return _slash(body)
    read = _INTERACTIONS.get(kind)
    return read(body) if read else _other(f"a payload of type {kind or 'nothing'} concerns no ticket")


def _event(event: Json) -> Gesture:
    kind = _text(event, "type")
    if kind == "message":
        return _message(event)
    if kind in ("reaction_added", "reaction_removed"):
        return _reaction(event, added=kind == "reaction_added")
    if kind == "app_home_opened" and _text(event, "tab") in ("", "home"):
        return Gesture(kind="home", user=_text(event, "user"), channel="", ts="")
    return _other(f"an event of type {kind or 'nothing'} concerns no ticket", event)


def _message(event: Json) -> Gesture:
    subtype = _text(event, "subtype")
    if subtype == "message_changed":
        return _changed(event)
    if subtype == "message_deleted":
        return _deleted(event, _text(event, "deleted_ts"), _part(event, "previous_message"))
    if subtype not in _WRITTEN:
        return _other(f"a message of subtype {subtype} was written by nobody", event)
    return _written("message", event, event, _text(event, "event_ts"))


def _changed(event: Json) -> Gesture:
    message = _part(event, "message")
    if _text(message, "subtype") == "tombstone":  # a root with replies leaves this behind when it is deleted
        return _deleted(event, _text(message, "ts"), _part(event, "previous_message") or message)
    return _written("edit", event, message, _text(event, "event_ts") or _text(event, "ts"))


def _written(kind: Any, event: Json, message: Json, event_ts: str) -> Gesture:
    ts = _text(message, "ts")
    channel = _text(event, "channel")
    if not ts or not channel:
        return _other("a message without channel or ts", event)
    return Gesture(
        kind=kind,
        user=_text(message, "user"),
        channel=channel,
        ts=ts,
        thread_ts=_text(message, "thread_ts") or None,
        text=_text(message, "text"),
        edited_ts=_text(_part(message, "edited"), "ts") or None,
        bot=bool(_text(message, "bot_id")) or _text(message, "subtype") == "bot_message",
        event_ts=event_ts or ts,
        files=_files(message),
    )


def _deleted(event: Json, ts: str, before: Json) -> Gesture:
    channel = _text(event, "channel")
    if not ts or not channel:
        return _other("a deletion without channel or ts", event)
    return Gesture(
        kind="delete",
        user=_text(before, "user"),
        channel=channel,
        ts=ts,
        thread_ts=_text(before, "thread_ts") or None,
        text=_text(before, "text"),
        bot=bool(_text(before, "bot_id")) or _text(before, "subtype") == "bot_message",
        event_ts=_text(event, "event_ts") or ts,
    )


def _reaction(event: Json, *, added: bool) -> Gesture:
    item = _part(event, "item")
    channel, ts = _text(item, "channel"), _text(item, "ts")
    if not channel or not ts:
        return _other("a reaction to something that is no message", event)
    return Gesture(
        kind="react" if added else "unreact",
        user=_text(event, "user"),
        channel=channel,
        ts=ts,
        name=_text(event, "reaction").partition("::")[0],  # thumbsup::skin-tone-3
        event_ts=_text(event, "event_ts"),
    )


def _press(body: Json) -> Gesture:
    """A button, or a choice from a menu. https://docs.slack.dev/reference/interaction-payloads/block_actions-payload"""
    actions = body.get("actions")
    action = actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], dict) else {}
    container, message, view = _part(body, "container"), _part(body, "message"), _part(body, "view")
    if not action:
        return _other("a press of nothing")
    return Gesture(
        kind="press",
        user=_text(_part(body, "user"), "id"),
        channel=_text(container, "channel_id") or _text(_part(body, "channel"), "id"),
        ts=_text(container, "message_ts") or _text(message, "ts"),
        thread_ts=_text(container, "thread_ts") or _text(message, "thread_ts") or None,
        text=_filled_in(view) if view else _text(message, "text"),
        name=_text(action, "action_id"),
        value=_chosen(action),
        event_ts=_text(action, "action_ts"),
        trigger_id=_text(body, "trigger_id"),
        view=_name_of(view),
        about=_text(view, "private_metadata"),
    )


def _name_of(view: Json) -> str:
    return "home" if _text(view, "type") == "home" else _text(view, "callback_id")


def _chosen(action: Json) -> str:
    option = _part(action, "selected_option")
    for place, key in (
        (action, "value"),
        (option, "value"),
        (action, "selected_user"),
        (action, "selected_conversation"),
        (action, "selected_channel"),
        (action, "selected_date"),
    ):
        if found := _text(place, key):
            return found
    return ""


def _shortcut(body: Json) -> Gesture:
    """A shortcut from a message's menu: a press whose name is the shortcut's callback id."""
    message = _part(body, "message")
    return Gesture(
        kind="press",
        user=_text(_part(body, "user"), "id"),
        channel=_text(_part(body, "channel"), "id"),
        ts=_text(body, "message_ts") or _text(message, "ts"),
        thread_ts=_text(message, "thread_ts") or None,
        text=_text(message, "text"),
        name=_text(body, "callback_id"),
        value=_text(message, "user"),  # who wrote it
        event_ts=_text(body, "action_ts"),
        trigger_id=_text(body, "trigger_id"),
        files=_files(message),
    )


def _submit(body: Json) -> Gesture:
    """A modal sent: `name` its callback id, `about` its private_metadata, `text` what was filled in, `event_ts` which showing of it."""
    view = _part(body, "view")
    name, about = _text(view, "callback_id"), _text(view, "private_metadata")
    return Gesture(
        kind="submit",
        user=_text(_part(body, "user"), "id"),
        channel="",
        ts="",
        text=_filled_in(view),
        name=name,
        value=about,
        event_ts=f"{_text(view, 'id')}:{_text(view, 'hash')}",
        trigger_id=_text(body, "trigger_id"),
        view=name,
        about=about,
    )


def _filled_in(view: Json) -> str:
    """JSON: what stands in each field of a modal, by the field's action id."""
    filled: dict[str, str] = {}
    values = _part(_part(view, "state"), "values")
    for block in values.values():
        for name, field in block.items() if isinstance(block, dict) else ():
            if isinstance(field, dict):
                filled[_clean(name)] = _chosen(field)
    return json.dumps(filled, ensure_ascii=False)


def _slash(body: Json) -> Gesture:
    """https://docs.slack.dev/interactivity/implementing-slash-commands"""
    return Gesture(
        kind="command",
        user=_text(body, "user_id"),
        channel=_text(body, "channel_id"),
        ts="",
        text=_text(body, "text"),
        name=_text(body, "command"),
        trigger_id=_text(body, "trigger_id"),
    )


_INTERACTIONS: Mapping[str, Callable[[Json], Gesture]] = {
    "block_actions": _press,
    "message_action": _shortcut,
    "view_submission": _submit,
}


def _other(reason: str, event: Json | None = None) -> Gesture:
    event = event or {}
    return Gesture(
        kind="other",
        user=_text(event, "user"),
        channel=_text(event, "channel"),
        ts=_text(event, "ts"),
        event_ts=_text(event, "event_ts"),
        reason=reason,
    )


def _files(message: Json) -> tuple[GestureFile, ...]:
    listed = message.get("files")
    if not isinstance(listed, list):
        return ()
    files = [one for one in listed[:_MAX_FILES] if isinstance(one, dict) and one.get("mode") != "tombstone"]
    return tuple(
        GestureFile(
            id=_text(file, "id"),
            name=_text(file, "name") or _text(file, "title"),
            type=_text(file, "mimetype").lower() or "application/octet-stream",
            size=_whole(file.get("size")),
            url=_text(file, "url_private_download") or _text(file, "url_private"),
        )
        for file in files
    )


def _whole(found: object) -> int:
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else 0


def _part(body: Json, key: str) -> Json:
    found = body.get(key)
    return found if isinstance(found, dict) else {}


def _text(body: Json, key: str) -> str:
    """The string at this key, storable; "" when there is none or something else stands there."""
    found = body.get(key)
    return _clean(found) if isinstance(found, str) else ""


def _clean(text: str) -> str:
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)
