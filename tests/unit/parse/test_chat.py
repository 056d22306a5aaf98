"""Stage parse, for customers who write in Slack."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from deskd.model import Gesture, GestureFile
from deskd.model.chats import ChatUpdate
from deskd.parse.chat import from_customer, thread_key, understand_chat, understand_update

WRITTEN = Gesture("message", "U0CUST", "C0CUST", "1700000000.000100", text="Hello, the invoice is wrong")


@pytest.mark.parametrize(
    ("gesture", "is_customer"),
    [
        (WRITTEN, True),
        (replace(WRITTEN, channel="D0CUST"), True),  # to the bot alone
        (replace(WRITTEN, channel="C0FRONT"), False),  # the agents' own channel
        (replace(WRITTEN, user="U0ANNA"), False),  # an agent
        (replace(WRITTEN, bot=True), False),
        (replace(WRITTEN, kind="edit"), False),
        (replace(WRITTEN, user=""), False),  # nobody
    ],
)
def test_who_writes_as_a_customer(gesture: Gesture, is_customer: bool) -> None:
    assert from_customer(gesture, ["C0CUST"], ["U0ANNA"]) is is_customer


def test_a_thread_of_a_shared_channel_is_a_chat_and_so_is_a_direct_exchange() -> None:
    assert thread_key(WRITTEN) == "C0CUST:1700000000.000100"
    assert thread_key(replace(WRITTEN, ts="1700000009.000100", thread_ts=WRITTEN.ts)) == thread_key(WRITTEN)
    direct = replace(WRITTEN, channel="D0CUST")
    assert thread_key(direct) == thread_key(replace(direct, ts="1700000009.000100")) == "D0CUST"


def test_what_is_understood() -> None:
    file = GestureFile("F1", "fattura.pdf", "application/pdf", 10, "")
    message = understand_chat(replace(WRITTEN, text="Tom &amp; *Jerry*", files=(file,)), ["en"], "Maria")
    assert (message.sender.name, message.sender.address) == ("Maria", "slack:U0CUST")
    assert message.text == message.body == message.subject == "Tom & Jerry"
    assert [(one.name, one.size) for one in message.attachments] == [("fattura.pdf", 10)]
    assert understand_chat(replace(WRITTEN, text="", files=(file,)), ["en"]).body == "[fattura.pdf]"
    assert message.date == datetime(2023, 11, 14, 22, 13, 20, 100, UTC)


def test_the_same_message_has_one_fingerprint_and_another_has_another() -> None:
    first, again = understand_chat(WRITTEN, ["en"]), understand_chat(replace(WRITTEN, text="edited"), ["en"])
    other = understand_chat(replace(WRITTEN, ts="1700000000.000200"), ["en"])
    assert first.fingerprint == again.fingerprint != other.fingerprint


@pytest.mark.parametrize("ts", ["", "x", "1e400", "nan"])
def test_an_odd_ts_is_no_date(ts: str) -> None:
    assert understand_chat(replace(WRITTEN, ts=ts), ["en"]).date is None


def test_a_one_time_link_is_shown_without_its_token() -> None:
    link = "https://t.me/acme_bot?start="
    token = "0123abcd" * 4
    slack = understand_chat(replace(WRITTEN, text=f"<{link}{token}|qui>"), ["en"])
    telegram = understand_update(
        ChatUpdate("message", "501", text=f"Che cos'è {link}{token} ?"), "bot", ["it"]
    )
    for message in (slack, telegram):
        assert token not in f"{message.text} {message.body} {message.subject}"
        assert "start=one-time" in message.text
