"""Updates of Telegram as values: total over any bytes, people by their ids, kinds that nobody knows yet as what they are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskd.parse.telegram import parse_telegram

CHAT = {"id": 501, "type": "private", "first_name": "Maria", "last_name": "Rossi"}
FROM = {"id": 501, "is_bot": False, "first_name": "Maria", "last_name": "Rossi", "language_code": "pt-br"}


def message(**body: Any) -> bytes:
    head = {"message_id": 7, "from": FROM, "chat": CHAT, "date": 1_700_000_000}
    return json.dumps({"update_id": 1, "message": {**head, **body}}).encode()


def test_words_with_their_author() -> None:
    found = parse_telegram(message(text="Ciao"))
    assert (found.kind, found.chat_kind, found.chat, found.user, found.name) == (
        "message", "private", "501", "501", "Maria Rossi",
    )  # fmt: skip
    assert (found.text, found.message, found.language) == ("Ciao", "7", "pt-br")


def test_a_hidden_link_is_shown() -> None:
    entity = {"type": "text_link", "offset": 3, "length": 3, "url": "https://a.example"}
    assert parse_telegram(message(text="👍 qui", entities=[entity])).text == "👍 qui (https://a.example)"


@pytest.mark.parametrize(
    ("text", "command", "argument", "called"),
    [
        ("/start abc", "start", "abc", ""),
        ("/new@Deskd_Bot", "new", "", "deskd_bot"),
        ("vedi /start", "", "", ""),
        ("/etc/passwd", "", "", ""),
    ],
)
def test_commands_stand_at_the_start(text: str, command: str, argument: str, called: str) -> None:
    found = parse_telegram(message(text=text))
    assert (found.command, found.argument, found.called) == (command, argument, called)


def test_the_largest_photo_counts_and_a_document_keeps_its_name() -> None:
    sizes = [{"file_id": "s", "width": 90, "height": 60}, {"file_id": "l", "width": 900, "height": 600}]
    assert [file.id for file in parse_telegram(message(photo=sizes)).files] == ["l"]
    document = {"file_id": "d", "file_name": "../a.pdf", "mime_type": "application/pdf", "file_size": 9}
    (file,) = parse_telegram(message(document=document)).files
    assert (file.name, file.type, file.size) == ("../a.pdf", "application/pdf", 9)


def test_service_messages_and_posts_are_stated_discards() -> None:
    services: list[dict[str, Any]] = [
        {"pinned_message": {}},
        {"forum_topic_closed": {}},
        {"new_chat_members": []},
    ]
    for body in services:
        found = parse_telegram(message(**body))
        assert found.kind == "other"
        assert found.reason
    assert parse_telegram(b'{"update_id": 1, "channel_post": {"text": "x"}}').kind == "other"


def test_what_nobody_knows_yet_is_called_by_its_name() -> None:
    assert parse_telegram(message(smell_o_gram={"x": 1})).text == "[smell o gram]"
    assert parse_telegram(b'{"update_id": 1, "thought": {}}').reason.startswith(
        "an update of the kind thought"
    )


@given(st.binary(max_size=200))
def test_any_bytes_give_an_update(data: bytes) -> None:
    assert parse_telegram(data).kind == "other" or data.startswith(b"{")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_FIELDS = st.sampled_from(
    "text caption entities photo document sticker location venue contact poll dice reply_to_message forward_origin "
    "chat from date message_id migrate_to_chat_id media_group_id edit_date".split()
)


@given(
    st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member"]),
    st.dictionaries(_FIELDS, _JSON, max_size=6),
)
def test_any_shape_gives_an_update(kind: str, body: dict[str, Any]) -> None:
    found = parse_telegram(json.dumps({"update_id": 1, kind: body}).encode())
    (found.text + found.name + found.reason).encode("utf-8")
