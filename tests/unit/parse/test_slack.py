"""Slack's JSON into gestures: each layout, and whatever else may come."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskd.model import Gesture, GestureFile
from deskd.parse.slack import parse_slack

ROOT, TS = "1633663824.000500", "1633670813.007500"
KINDS = {"message", "edit", "delete", "react", "unreact", "press", "submit", "command", "home", "other"}


def event(**fields: Any) -> bytes:
    return json.dumps({"type": "event_callback", "event": fields}).encode()


def message(**fields: Any) -> bytes:
    return event(**{"type": "message", "user": "U1", "channel": "C1", "ts": TS, "event_ts": TS, **fields})


def test_a_reply_in_a_thread() -> None:
    assert parse_slack(message(text="Ciao &lt;b&gt; *sì*", thread_ts=ROOT)) == Gesture(
        kind="message",
        user="U1",
        channel="C1",
        ts=TS,
        thread_ts=ROOT,
        text="Ciao &lt;b&gt; *sì*",
        event_ts=TS,
    )


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast", "me_message"])
def test_kinds_of_message_that_people_write(subtype: str) -> None:
    assert parse_slack(message(text="x", subtype=subtype)).kind == "message"


@pytest.mark.parametrize("subtype", ["channel_join", "channel_topic", "pinned_item", "something_new"])
def test_messages_that_nobody_wrote(subtype: str) -> None:
    gesture = parse_slack(message(text="<@U1> has joined", subtype=subtype))
    assert (gesture.kind, subtype in gesture.reason) == ("other", True)


@pytest.mark.parametrize(
    "marks", [{"bot_id": "B1"}, {"subtype": "bot_message", "bot_id": "B1", "user": None}]
)
def test_a_bot_is_marked(marks: dict[str, Any]) -> None:
    gesture = parse_slack(message(text="x", **marks))
    assert (gesture.kind, gesture.bot) == ("message", True)


def test_files() -> None:
    file = {
        "id": "F1",
        "name": "a.pdf",
        "mimetype": "Application/PDF",
        "size": 12,
        "url_private_download": "https://x/d",
    }
    odd = [
        {"id": "F2", "mode": "tombstone"},
        "?",
        {"id": "F3", "title": "t", "size": "big", "url_private": "https://x/p"},
    ]
    assert parse_slack(message(text="", subtype="file_share", files=[file, *odd])).files == (
        GestureFile("F1", "a.pdf", "application/pdf", 12, "https://x/d"),
        GestureFile("F3", "t", "application/octet-stream", 0, "https://x/p"),
    )


def test_an_edit() -> None:
    after = {
        "user": "U1",
        "ts": TS,
        "thread_ts": ROOT,
        "text": "poi",
        "edited": {"user": "U1", "ts": "1633670999.0"},
    }
    before = {**after, "text": "prima"}
    gesture = parse_slack(
        event(type="message", subtype="message_changed", channel="C1", ts="9.9", event_ts="9.9", message=after, previous_message=before)
    )  # fmt: skip
    assert gesture == Gesture(
        kind="edit", user="U1", channel="C1", ts=TS, thread_ts=ROOT, text="poi", edited_ts="1633670999.0", event_ts="9.9"
    )  # fmt: skip


@pytest.mark.parametrize(
    "fields",
    [
        {"subtype": "message_deleted", "deleted_ts": TS},
        {"subtype": "message_changed", "message": {"subtype": "tombstone", "ts": TS, "user": "USLACKBOT"}},
    ],
)
def test_a_deletion(fields: dict[str, Any]) -> None:
    before = {"user": "U1", "ts": TS, "thread_ts": ROOT, "text": "mai detto"}
    gesture = parse_slack(
        event(type="message", channel="C1", ts="9.9", event_ts="9.9", previous_message=before, **fields)
    )
    assert gesture == Gesture(
        kind="delete", user="U1", channel="C1", ts=TS, thread_ts=ROOT, text="mai detto", event_ts="9.9"
    )


@pytest.mark.parametrize(("kind", "expected"), [("reaction_added", "react"), ("reaction_removed", "unreact")])
def test_a_reaction(kind: str, expected: str) -> None:
    item = {"type": "message", "channel": "C1", "ts": TS}
    gesture = parse_slack(event(type=kind, user="U1", reaction="+1::skin-tone-2", item=item, event_ts="9.9"))
    assert (gesture.kind, gesture.user, gesture.name, gesture.channel, gesture.ts) == (
        expected,
        "U1",
        "+1",
        "C1",
        TS,
    )


def test_a_reaction_to_a_file() -> None:
    assert (
        parse_slack(
            event(type="reaction_added", user="U1", reaction="x", item={"type": "file", "file": "F1"})
        ).kind
        == "other"
    )


PRESS = {
    "type": "block_actions",
    "user": {"id": "U1", "username": "anna"},
    "trigger_id": "12.34",
    "container": {
        "type": "message",
        "message_ts": TS,
        "channel_id": "C1",
        "thread_ts": ROOT,
        "is_ephemeral": False,
    },
    "channel": {"id": "C1", "name": "front"},
    "message": {"ts": TS, "thread_ts": ROOT, "text": "ACME-1"},
    "actions": [{"type": "button", "action_id": "claim", "value": "ACME-1", "action_ts": "9.9"}],
}


def test_a_press() -> None:
    assert parse_slack(json.dumps(PRESS).encode()) == Gesture(
        kind="press", user="U1", channel="C1", ts=TS, thread_ts=ROOT, text="ACME-1", name="claim", value="ACME-1", event_ts="9.9",
        trigger_id="12.34",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("action", "value"),
    [
        ({"selected_option": {"value": "spam"}}, "spam"),
        ({"selected_user": "U2"}, "U2"),
        ({}, ""),
    ],
)
def test_what_was_chosen(action: dict[str, Any], value: str) -> None:
    press = {**PRESS, "actions": [{"action_id": "more", "action_ts": "9.9", **action}]}
    assert parse_slack(json.dumps(press).encode()).value == value


def test_a_shortcut_is_a_press_on_its_message() -> None:
    body = {
        "type": "message_action", "callback_id": "to_customer", "user": {"id": "U1"}, "channel": {"id": "C1"},
        "message_ts": TS, "message": {"ts": TS, "text": "note: x"}, "action_ts": "9.9", "trigger_id": "1.2",
    }  # fmt: skip
    gesture = parse_slack(json.dumps(body).encode())
    assert (gesture.kind, gesture.name, gesture.ts, gesture.trigger_id) == ("press", "to_customer", TS, "1.2")


def test_a_slash_command() -> None:
    body = {"command": "/desk", "text": "my", "user_id": "U1", "channel_id": "C1", "trigger_id": "1.2"}
    assert parse_slack(json.dumps(body).encode()) == Gesture(
        "command", "U1", "C1", "", text="my", name="/desk", trigger_id="1.2"
    )


def test_the_home_tab_is_opened() -> None:
    payload: dict[str, Any] = {"type": "event_callback"}
    payload["event"] = {
        "type": "app_home_opened",
        "user": "U1",
        "channel": "D1",
        "tab": "home",
        "event_ts": "1.1",
    }
    assert parse_slack(json.dumps(payload).encode()) == Gesture("home", "U1", "", "")
    payload["event"]["tab"] = "messages"
    assert parse_slack(json.dumps(payload).encode()).kind == "other"


def test_a_press_in_a_modal_brings_what_is_filled_in() -> None:
    chosen = {"type": "static_select", "selected_option": {"value": "refund"}}
    view = {
        "type": "modal",
        "callback_id": "reply",
        "private_metadata": "about",
        "state": {"values": {"piece": {"piece": chosen}, "text:1": {"text": {"value": None}}}},
    }
    body = {**PRESS, "view": view, "container": {"type": "view", "view_id": "V1"}}
    gesture = parse_slack(json.dumps(body).encode())
    assert (gesture.view, gesture.about) == ("reply", "about")
    assert json.loads(gesture.text) == {"piece": "refund", "text": ""}


def test_a_modal() -> None:
    view = {
        "callback_id": "note",
        "private_metadata": "ACME-1",
        "state": {"values": {"b": {"a": {"value": "ciao"}}}},
    }
    gesture = parse_slack(
        json.dumps({"type": "view_submission", "user": {"id": "U1"}, "view": view}).encode()
    )
    assert (gesture.kind, gesture.name, gesture.value) == ("submit", "note", "ACME-1")
    assert json.loads(gesture.text) == {"a": "ciao"}
    assert (gesture.view, gesture.about) == ("note", "ACME-1")


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"{", b"null", b"[]", b"7", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"type": ["event_callback"]}',
        event(), event(type="message"), event(type="app_mention", text="x"), message(ts=None), message(channel={"id": "C1"}),
        event(type="message", subtype="message_changed"), event(type="message", subtype="message_deleted", deleted_ts=7),
        event(type="reaction_added"), b'{"type": "event_callback", "event": []}', b'{"type": "block_actions", "actions": "x"}',
    ],
)  # fmt: skip
def test_what_nobody_acts_on_is_other_with_a_reason(payload: bytes) -> None:
    gesture = parse_slack(payload)
    assert gesture.kind == "other"
    assert gesture.reason


def test_what_no_database_keeps_is_replaced() -> None:
    gesture = parse_slack(
        rb'{"type":"event_callback","event":{"type":"message","channel":"C1","ts":"1.2","text":"a\u0000b\ud800c\ud83d\ude00"}}'
    )
    assert gesture.text == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c😀"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)
KEYS = ["type", "event", "subtype", "message", "previous_message", "channel", "ts", "user", "text", "item", "files", "actions",
        "container", "view", "edited", "thread_ts", "deleted_ts", "state"]  # fmt: skip
VALUES = ["event_callback", "message", "message_changed", "message_deleted", "reaction_added", "block_actions", "view_submission",
          "message_action", "tombstone", TS]  # fmt: skip
BODIES = st.recursive(
    JSON | st.sampled_from(VALUES),
    lambda inner: st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=20,
)


@given(BODIES)
def test_any_json_is_a_gesture(body: object) -> None:
    assert parse_slack(json.dumps(body).encode()).kind in KINDS


@given(st.binary(max_size=60))
def test_any_bytes_are_a_gesture(payload: bytes) -> None:
    assert parse_slack(payload).kind in KINDS


EXPECTED = {"message_changed": "edit", "message_deleted": "delete"}
WRITTEN = {None, "file_share", "thread_broadcast", "me_message", "bot_message"}


def test_recorded_layouts_are_understood(corpus: Path) -> None:
    """Slack's own layouts, values blanked: each is a gesture of the kind its type says once its ids stand in it."""
    seen = 0
    for file in sorted((corpus / "slack-java-json-logs" / "events").glob("*.json")):
        body = filled(json.loads(file.read_text()))
        recorded = body.get("event") or {}
        gesture = parse_slack(json.dumps(body | {"type": "event_callback"}).encode())
        subtype = recorded.get("subtype")
        if recorded.get("type") == "message" and (subtype in WRITTEN or subtype in EXPECTED):
            assert gesture.kind == EXPECTED.get(subtype or "", "message"), file.name
            assert gesture.channel, file.name
            assert gesture.ts, file.name
            seen += 1
        elif recorded.get("type") in ("reaction_added", "reaction_removed"):
            assert gesture.kind in ("react", "unreact"), file.name
            seen += 1
        else:
            assert gesture.kind == "other", file.name
    assert seen >= 8


def filled(value: Any, key: str = "") -> Any:
    """The layout with something in its blanks; types and subtypes stay."""
    if isinstance(value, dict):
        return {
            name: filled(inner, name)
            for name, inner in value.items()
            if not (name == "subtype" and inner == "")
        }
    if isinstance(value, list):
        return [filled(inner) for inner in value]
    return "1.2" if value == "" and key != "type" else value
