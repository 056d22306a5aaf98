"""One gesture, one id: however it comes and however often; and what is our own echo."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.slack.identify import external_id, is_echo

TS, ROOT = "1633670813.007500", "1633663824.000500"
AGENT = {"type": "message", "user": "U1", "channel": "C1", "ts": TS, "event_ts": TS, "text": "x"}


def body(event: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "event_callback", "api_app_id": "A1", "event_id": "Ev1", "event": event, **more}


def changed(**message: Any) -> dict[str, Any]:
    event = {"type": "message", "subtype": "message_changed", "channel": "C1", "ts": "9.1", "event_ts": "9.1"}
    return body({**event, "message": {"user": "U1", "ts": TS, "text": "y", **message}})


CASES = [
    (body(AGENT), f"m:C1:{TS}"),
    (body({**AGENT, "subtype": "file_share"}), f"m:C1:{TS}"),
    (body({**AGENT, "subtype": "thread_broadcast"}), f"m:C1:{TS}"),
    (body({**AGENT, "type": "app_mention"}), None),  # comes as a message too
    (changed(edited={"user": "U1", "ts": "8.0"}), f"e:C1:{TS}:8.0"),
    (changed(), f"e:C1:{TS}:9.1"),
    (changed(subtype="tombstone"), f"d:C1:{TS}"),
    (body({"type": "message", "subtype": "message_deleted", "channel": "C1", "deleted_ts": TS, "ts": "9.1"}), f"d:C1:{TS}"),
    (
        body({"type": "reaction_added", "user": "U1", "reaction": "x", "item": {"channel": "C1", "ts": TS}, "event_ts": "9.1"}),
        f"r:+:C1:{TS}:U1:x:9.1",
    ),
    (
        body({"type": "reaction_removed", "user": "U1", "reaction": "x", "item": {"channel": "C1", "ts": TS}, "event_ts": "9.2"}),
        f"r:-:C1:{TS}:U1:x:9.2",
    ),
    (body({"type": "channel_rename"}), None),
    (
        {"type": "block_actions", "user": {"id": "U1"}, "container": {"message_ts": TS}, "actions": [{"action_id": "claim", "action_ts": "9.3"}]},
        f"b:{TS}:9.3:U1:claim",
    ),
    ({"type": "message_action", "user": {"id": "U1"}, "message_ts": TS, "action_ts": "9.4", "callback_id": "note"}, f"s:{TS}:9.4:U1:note"),
    ({"type": "block_suggestion"}, None),
    ({}, None),
]  # fmt: skip


@pytest.mark.parametrize(("payload", "known_as"), CASES)
def test_ids(payload: dict[str, Any], known_as: str | None) -> None:
    assert external_id(payload) == known_as


def test_a_modal_sent_again_with_other_values_is_another_gesture() -> None:
    first = {
        "type": "view_submission",
        "user": {"id": "U1"},
        "view": {"id": "V1", "hash": "h", "state": {"values": {}}},
    }
    second = {**first, "view": {"id": "V1", "hash": "h", "state": {"values": {"b": {}}}}}
    assert external_id(first) == external_id(dict(first))
    assert external_id(first) != external_id(second)


OWN = {"U0BOT", "B0BOT"}
POST = {**AGENT, "user": "U0BOT", "bot_id": "B0BOT", "app_id": "A1"}
METADATA = {"event_type": "deskd", "event_payload": {"key": "k"}}
ECHOES = [
    # the event, whether it is ours when we know who we are, and when auth.test never answered
    (body(AGENT), False, False),
    (body(POST), True, True),
    (body({**POST, "subtype": "bot_message", "user": None}), True, True),
    (body({**POST, "app_id": None, "metadata": METADATA}), True, True),
    (body({**POST, "app_id": None}), True, False),
    (body({**POST, "app_id": None}, authorizations=[{"user_id": "U0BOT", "is_bot": True}]), True, True),
    (body({**AGENT, "bot_id": "B9", "app_id": "A9"}), False, False),  # another bot: the core decides
    (body({**AGENT, "app_id": "A1"}), False, False),  # a person, through our app's own composer
    (body(AGENT, authorizations=[{"user_id": "U1", "is_bot": False}]), False, False),
    (changed(user="U0BOT", bot_id="B0BOT", app_id="A1"), True, True),
    (changed(), False, False),
    (body({"type": "message", "subtype": "message_deleted", "channel": "C1", "deleted_ts": TS, "previous_message": POST}), False, False),
    (body({"type": "reaction_added", "user": "U0BOT", "reaction": "x", "item": {}}), True, False),
    (body({"type": "reaction_added", "user": "U1", "reaction": "x", "item": {}, "item_user": "U0BOT"}), False, False),
    ({"type": "block_actions", "user": {"id": "U1"}}, False, False),
]  # fmt: skip


@pytest.mark.parametrize(("payload", "knowing", "not_knowing"), ECHOES)
def test_our_own_echo(payload: dict[str, Any], knowing: bool, not_knowing: bool) -> None:
    assert is_echo(payload, OWN) is knowing
    assert is_echo(payload, ()) is not_knowing
