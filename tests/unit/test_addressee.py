"""Whose mail a file is: the mail channel among its recipients."""

from pathlib import Path

import pytest

from deskd.addressee import channel_of, chosen_channel
from deskd.config import Settings, load_config
from deskd.errors import UsageError
from tests.support.cli import make_desk


@pytest.fixture
def settings(tmp_path: Path, sqlite_url: str) -> Settings:
    return load_config(make_desk(tmp_path, sqlite_url).config, {})


@pytest.mark.parametrize(
    ("header", "channel"),
    [
        ("To: Sales <sales@acme.example>", "sales-mail"),
        ("To: someone@else.example\nCc: a@b.example,\n SALES@acme.example", "sales-mail"),
        ("Delivered-To: sales+token@acme.example", "sales-mail"),
        ("X-Original-To: sales@acme.example\nTo: x@y.example", "sales-mail"),
        ("to:sales@acme.example", "sales-mail"),
        ("To: support@acme.example, sales@acme.example", "support-mail"),
        ("To: x@y.example\nSubject: sales@acme.example", "support-mail"),  # nobody of ours: the first
        ("Subject: x\n\nTo: sales@acme.example", "support-mail"),  # a body's line is no header
        ("", "support-mail"),
        ("To: \xff\xfe <sales@acme.example>", "sales-mail"),
    ],
)
def test_the_recipients_say_which(settings: Settings, header: str, channel: str) -> None:
    data = (header + "\nFrom: a@b.example\n\nhello\n").encode("latin-1")
    assert channel_of(settings, data) == channel
    assert channel_of(settings, data.replace(b"\n", b"\r\n")) == channel


def test_a_channel_asked_for_must_be_one_of_mail(settings: Settings) -> None:
    assert chosen_channel(settings, None) is None
    assert chosen_channel(settings, "sales-mail") == "sales-mail"
    with pytest.raises(UsageError, match="has support-mail, sales-mail"):
        chosen_channel(settings, "slack")
