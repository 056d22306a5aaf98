"""What happens in a team's Telegram group, as gestures; and what of it nobody acts on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskd.compose.topics import data
from deskd.model import Button, Gesture
from deskd.parse.telegram_team import in_group

GROUP = -1001234567890
GROUPS = frozenset({str(GROUP)})
CHAT = {"id": GROUP, "type": "supergroup", "title": "Front desk", "is_forum": True}
ANNA = {"id": 601, "is_bot": False, "first_name": "Anna"}
HEAD = {"message_id": 40, "forum_topic_created": {"name": "ACME-1001"}, "from": {"id": 42, "is_bot": True}}


def read(kind: str, **body: Any) -> Gesture | None:
    return in_group(json.dumps({"update_id": 1, kind: {"chat": CHAT, **body}}).encode(), GROUPS, {"anna"})


def message(kind: str = "message", **body: Any) -> Gesture:
    head = {"message_id": 57, "from": ANNA, "date": 1_700_000_000, "message_thread_id": 40, "is_topic_message": True}  # fmt: skip
    found = read(kind, **{**head, **body})
    assert found is not None
    return found


def test_a_message_in_a_topic() -> None:
    found = message(text="Guardo <subito>", reply_to_message=HEAD)
    assert (found.kind, found.user, found.channel, found.ts, found.thread_ts) == (
        "message", "601", str(GROUP), "57", "40",
    )  # fmt: skip
    assert (found.text, found.bot, found.event_ts) == ("Guardo &lt;subito&#62;", False, "1700000000")


def test_an_edit_says_when() -> None:
    found = message("edited_message", text="Guardo ora", edit_date=1_700_000_009)
    assert (found.kind, found.ts, found.edited_ts, found.text) == ("edit", "57", "1700000009", "Guardo ora")


def test_the_group_s_general_topic_is_no_thread() -> None:
    assert message(text="pausa?", is_topic_message=False).thread_ts is None
    assert message(text="pausa?", is_topic_message=None, message_thread_id=None).thread_ts is None


def test_files_come_with_their_caption() -> None:
    found = message(caption="il *contratto*", document={"file_id": "d", "file_name": "a.pdf", "file_size": 9})
    assert found.text == "il &#42;contratto&#42;"
    assert [(file.id, file.name, file.size) for file in found.files] == [("d", "a.pdf", 9)]


def test_a_place_is_shown_as_what_it_is() -> None:
    assert message(location={"latitude": 1.5, "longitude": 2}).text.startswith("[location: 1.5, 2]")


@pytest.mark.parametrize(
    "kind", ["forum_topic_pinned", "gift", "users_shared", "refunded_payment", "passport_data", "of_tomorrow"]
)
def test_what_nobody_knows_yet_is_nobodys_reply(kind: str) -> None:
    unknown: dict[str, Any] = {kind: {}}
    found = message(**unknown)
    assert (found.kind, found.text) == ("other", "")
    assert "nor anything else known" in found.reason
    assert message(text="Guardo", **unknown).text == "Guardo"


@pytest.mark.parametrize(
    "body",
    [
        {"contact": {"first_name": "Nino", "phone_number": "+39061"}},
        {"poll": {"question": "Quando?"}},
        {"dice": {"emoji": "🎲", "value": 4}},
        {"venue": {"title": "Bar", "location": {"latitude": 1, "longitude": 2}}},
    ],
)
def test_what_is_neither_text_nor_file_but_known_is_a_message(body: dict[str, Any]) -> None:
    found = message(**body)
    assert found.kind == "message"
    assert found.text.startswith("[")


def test_what_is_written_anonymously_is_answered_once() -> None:
    group: dict[str, Any] = {"from": NOBODY, "sender_chat": CHAT, "text": "ciao"}
    found = message(**group)
    assert (found.kind, found.user, found.thread_ts, found.text) == ("unsigned", "", "40", "")
    assert message("edited_message", **group).kind == "other"
    assert message(**{**group, "text": "", "forum_topic_closed": {}}).kind == "other"


BRUNO = {"id": 602, "is_bot": False, "first_name": "Bruno"}
BOT = {"id": 42, "is_bot": True, "first_name": "Acme"}
NOBODY = {"id": 1087968824, "is_bot": True, "first_name": "Group"}


@pytest.mark.parametrize(
    ("answered", "aside"),
    [
        ({"message_id": 50, "from": BRUNO, "text": "note: non paga"}, True),
        ({"message_id": 50, "from": NOBODY, "sender_chat": CHAT, "text": "non paga"}, True),
        ({"message_id": 50, "from": ANNA, "text": "Guardo"}, False),  # her own words
        ({"message_id": 50, "from": BOT, "text": "Maria: non va"}, False),  # the customer's
        (HEAD, False),
        ({}, False),
    ],
)
@pytest.mark.parametrize("kind", ["message", "edited_message"])
def test_an_answer_to_a_colleague_says_so(kind: str, answered: dict[str, Any], aside: bool) -> None:
    assert message(kind, text="è vero", reply_to_message=answered).aside is aside


def test_what_is_forwarded_stays_inside() -> None:
    origin = {"type": "user", "sender_user": {"id": 9, "first_name": "Nino"}}
    assert message(text="chiama tu", forward_origin=origin).text == "note: chiama tu\n[forwarded: Nino]"


@pytest.mark.parametrize(
    ("before", "now", "kind", "name"),
    [
        ([], ["👀"], "react", "eyes"),
        ([], ["👍"], "react", "white_check_mark"),
        (["🔥"], ["🔥", "👎"], "react", "x"),
        ([], ["🔥", "👀"], "react", "eyes"),  # what means something goes before what means nothing
        (["👀"], [], "unreact", "eyes"),
        ([], ["🔥"], "react", "🔥"),
    ],
)
def test_reactions_have_the_names_of_what_they_mean(
    before: list[str], now: list[str], kind: str, name: str
) -> None:
    def listed(emoji: list[str]) -> list[dict[str, str]]:
        return [{"type": "emoji", "emoji": one} for one in emoji]

    found = read(
        "message_reaction",
        message_id=58,
        user=ANNA,
        date=1,
        old_reaction=listed(before),
        new_reaction=listed(now),
    )
    assert found is not None
    assert (found.kind, found.name, found.user, found.ts, found.thread_ts) == (kind, name, "601", "58", None)


@pytest.mark.parametrize(
    ("action", "value"),
    [("claim", "ACME-1001"), ("menu", "ACME-1001:pending"), ("send_note", f"{GROUP}:57"), ("show_all", "7")],
)
def test_a_press_says_what_its_button_was_given(action: str, value: str) -> None:
    told = data(Button(action, "Do it", value))
    body = {"id": "777", "from": ANNA, "data": told, "message": {"message_id": 41, "chat": CHAT, "message_thread_id": 40, "is_topic_message": True}}  # fmt: skip
    found = in_group(json.dumps({"update_id": 1, "callback_query": body}).encode(), GROUPS, ())
    assert found is not None
    assert (found.kind, found.name, found.value) == ("press", action, value)
    assert (found.user, found.ts, found.thread_ts, found.trigger_id) == ("601", "41", "40", "777")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"pinned_message": {}}, "service message"),
        ({"forum_topic_closed": {}}, "service message"),
        ({"text": "ciao", "sender_chat": CHAT, "is_topic_message": False}, "anonymously"),
        ({"text": "ciao", "reply_to_message": {**HEAD, "from": ANNA}}, "a person made"),
        ({"migrate_to_chat_id": -100999}, "become -100999"),
    ],
)
def test_what_nobody_acts_on_says_why(body: dict[str, Any], reason: str) -> None:
    found = message(**body)
    assert found.kind == "other"
    assert reason in found.reason


def test_another_bot_s_message_is_known_as_one() -> None:
    other: dict[str, Any] = {"from": {"id": 43, "is_bot": True}, "text": "ciao"}
    assert message("message", **other).bot


def test_what_concerns_no_team_is_left_to_others() -> None:
    private = {"message_id": 1, "chat": {"id": 501, "type": "private"}, "from": {"id": 501}, "text": "Aiuto"}
    assert in_group(json.dumps({"update_id": 1, "message": private}).encode(), GROUPS, ()) is None
    assert in_group(b"not JSON", GROUPS, ()) is None
    assert in_group(b"[]", GROUPS, ()) is None
    assert read("my_chat_member", date=1) is not None  # of a team's group nothing goes to customers


_KEYS = st.sampled_from(
    ["message_id", "from", "id", "text", "entities", "type", "offset", "length", "url", "user", "new_reaction", "emoji"]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=5),
    max_leaves=20,
)


@given(
    st.sampled_from(["message", "edited_message", "callback_query", "message_reaction", "my_chat_member"]),
    st.dictionaries(_KEYS, JSON, max_size=6),
)
def test_any_update_of_a_team_s_group_is_a_gesture(kind: str, body: dict[str, Any]) -> None:
    inside = {"message": {"chat": CHAT}, **body} if kind == "callback_query" else {**body, "chat": CHAT}
    assert in_group(json.dumps({"update_id": 1, kind: inside}).encode(), GROUPS, ()) is not None
