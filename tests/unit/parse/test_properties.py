"""What holds for any bytes whatever."""

import dataclasses
from datetime import timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from deskd.errors import MalformedMessage
from deskd.model import Envelope, Message
from deskd.parse import parse_mail, show_html, text_from_html

NAMES = [
    b"From", b"To", b"Cc", b"Reply-To", b"Subject", b"Date", b"Message-ID", b"References", b"In-Reply-To", b"Content-Type", b"Return-Path",
    b"Content-Transfer-Encoding", b"Content-Disposition", b"Content-ID", b"Auto-Submitted", b"X-Deskd-Agent", b"Received", b"X-Failed-Recipients",
]  # fmt: skip
PIECES = [
    b"a@b.c", b"<a@b.c>", b"=?utf-8?q?a=00?=", b"=?x?b?QQ?=", b'"', b"(", b")", b"\\", b",", b";", b":", b"multipart/mixed; boundary=b", b"text/html", b"text/plain",
    b"message/rfc822", b"message/delivery-status", b"multipart/report; boundary=b", b"text/calendar", b"application/ms-tnef", b"multipart/alternative; boundary=b",
    b"multipart/digest; boundary=b", b"application/pkcs7-mime", b"; charset=utf-16", b"; charset=hz", b"; format=flowed", b"; name*0*=utf-8''%00", b"base64", b"quoted-printable",
    b"x-uuencode", b"Mon, 3 Mar 2025 10:00:00 +9999", b"3 Mar 0000 25:61", b"\n ", b"\r", b"\x00", b"\xff\xfe", b"attachment; filename=../x", b"--b", b"--b--", b"<>", b"auto-replied",
]  # fmt: skip
BODIES = [
    b"\n--b\n", b"\n--b--\n", b"Content-Type: text/html\n\n", b"<p>", b"<!--", b"<blockquote>", b"<a href='javascript:x'>", b"&#0;", b"> quote\n", b"On 3 Mar 2025 a@b.c wrote:\n", b"-- \n",
    b"From: x\nSent: y\nTo: z\nSubject: q\n", b"-----Original Message-----\n", b"Final-Recipient: rfc822; a@b.c\nAction: failed\nStatus: 5.1.1\n\n", b"begin 644 x\n#86)C\n`\nend\n",
    b"BEGIN:VEVENT\nDTSTART:20250303T100000Z\n", b'{"notificationType":"Bounce","bounce":[]}', b"\x1b$B", b"+AAA-", b"=00", b"\xed\xa0\x80", b"undeliverable <a@b.c>: 550\n",
]  # fmt: skip

field = st.tuples(
    st.sampled_from(NAMES), st.lists(st.sampled_from(PIECES) | st.binary(max_size=8), max_size=4)
).map(lambda pair: pair[0] + b": " + b" ".join(pair[1]) + b"\n")
mails = st.tuples(
    st.lists(field, max_size=8), st.lists(st.sampled_from(BODIES) | st.binary(max_size=20), max_size=12)
).map(lambda pair: b"".join(pair[0]) + b"\n" + b"".join(pair[1]))
envelopes = st.builds(Envelope, mail_from=st.sampled_from([None, "", "a@b.c"]))


def read(payload: bytes, envelope: Envelope) -> Message | None:
    try:
        return parse_mail(payload, envelope)
    except MalformedMessage:
        return None


def texts(message: Message) -> list[str]:
    """Every text in a message, however deep."""
    found: list[str] = []
    todo: list[object] = [dataclasses.asdict(message)]
    while todo:
        value = todo.pop()
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            todo.extend(value.values())
        elif isinstance(value, list | tuple):
            todo.extend(value)
    return found


@given(mails | st.binary(max_size=400), envelopes)
@example(b"\xff\xfe\x00", Envelope())
def test_any_bytes_give_a_message_or_a_reason(payload: bytes, envelope: Envelope) -> None:
    message = read(payload, envelope)
    assert message == read(payload, envelope)
    if message is None:
        return
    for text in texts(message):
        assert "\x00" not in text
        text.encode()  # no lone surrogate
    if message.date is not None:
        assert message.date.utcoffset() == timedelta(0)
    for attachment in message.attachments:
        assert attachment.name
        assert len(attachment.name.encode()) <= 255
        assert not set(attachment.name) & set("/\\\n\r\u202e")
    assert not [name for name, _ in message.headers if name.lower().startswith("x-deskd-")]


@given(mails, envelopes, st.sampled_from([b"Received: from x by y\n", b"Delivered-To: a@b.c\n"]))
def test_trace_fields_dont_count(payload: bytes, envelope: Envelope, trace: bytes) -> None:
    assume(payload.startswith(tuple(NAMES)))  # else the trace field would be the only one
    message = read(payload, envelope)
    traced = read(trace + payload, envelope)
    if message and traced and message.headers:
        assert traced.fingerprint == message.fingerprint


@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from(BODIES), max_size=10).map(lambda parts: b"".join(parts).decode("latin-1"))
)
def test_shown_html_holds_no_script_and_no_remote_image(html: str) -> None:
    shown = show_html(html).lower()
    assert "<script" not in shown
    assert 'href="javascript' not in shown
    assert 'src="http' not in shown
    text_from_html(html)


@pytest.mark.parametrize("style", [b"\n", b"\r\n"])
@given(body=st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00\r\n"), max_size=80))
def test_line_ends_dont_count(style: bytes, body: str) -> None:
    mail = f"From: a@b.c\nContent-Type: text/plain; charset=utf-8\n\n{body}\nend\n".encode()
    assert (
        parse_mail(mail.replace(b"\n", style), Envelope()).fingerprint
        == parse_mail(mail, Envelope()).fingerprint
    )
