"""THREATS, MIME bombs: each ends in a Message or in a reason, in time linear in its size.

None of these is timed; one that is quadratic runs into the suite's limit per test instead.
"""

import pytest

from deskd.errors import MalformedMessage
from deskd.model import Envelope
from deskd.parse import parse_mail

HEAD = b"From: a@b.c\r\nTo: d@e.f\r\nSubject: x\r\n"
TEXT = HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
HTML = HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n"
BOUNCE = b"Return-Path: <>\r\n" + TEXT + b"undeliverable "
NESTED = b"".join(
    b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(5_000)
)

REFUSED = {
    "nested 5,000 deep": HEAD + NESTED,
    "20,000 parts": HEAD
    + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--b\r\n\r\nx\r\n" * 20_000,
    "20,000 addresses": b"From: a@b.c\r\nTo: " + b"u@e.f, " * 20_000 + b"\r\n\r\nx",
    "100,000 headers": b"X: y\r\n" * 100_000 + b"\r\nx",
    "50,000 encoded words": b"From: a@b.c\r\nSubject: " + b"=?utf-8?q?a?= " * 50_000 + b"\r\n\r\nx",
}
ENDURED = {
    "1,000 parentheses": b"From: " + b"(" * 1_000 + b"\r\n\r\nx",
    "100,000 parentheses": b"From: " + b"(" * 100_000 + b"\r\n\r\nx",
    "60,000 quoted dots": b'From: "'
    + b"." * 60_000
    + b'"@b.c\r\nTo: '
    + b'"a".' * 30_000
    + b"a@b.c\r\n\r\nx",
    "16,000 encoded words": b"From: a@b.c\r\nSubject: " + b"=?utf-8?q?a?= " * 16_000 + b"\r\n\r\nx",
    "encoded words never closed": b"From: " + b"=?utf-8?q?" * 20_000 + b"\r\n\r\nx",
    "angles": b"From: " + b'<"' * 100_000 + b"\r\n\r\nx",
    "mails within mails": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 5_000 + b"x",
    "parameters": HEAD + b"Content-Type: text/plain" + b"; a=b" * 40_000 + b"\r\n\r\nx",
    "a megabyte of newlines": TEXT + b"\n" * 1_000_000,
    "a megabyte of spaces": TEXT + b" " * 1_000_000,
    "a megabyte of >": TEXT + b">" * 1_000_000,
    "quoted lines": TEXT + b"> a\nb\n" * 150_000,
    "attributions": TEXT + b"On 1 Jan 2020 a@b.c wrote:\n" * 19_000,
    "header blocks": TEXT + b"From: a\n" * 19_000,
    "rulers": TEXT + b"-" * 1_000_000,
    "elements never closed": HTML + b"<div>" * 200_000,
    "comments never closed": HTML + b"<!--" * 250_000,
    "styles never closed": HTML + b"<style>" * 140_000,
    "tags never closed": HTML + b'<a "' * 250_000,
    "ampersands": HTML + b"&" * 1_000_000,
    "tables": HTML + b"<table><tr><td>" * 60_000,
    "misnested": HTML + b"<b><i><p>x</b>" * 60_000,
    "a quadratic codec": TEXT.replace(b"utf-8", b"punycode") + b"a" * 1_000_000,
    "another": TEXT.replace(b"utf-8", b"idna") + b"a" * 1_000_000,
    "JSON": BOUNCE + b'{"notificationType":' + b"[" * 150_000,
    "20,000 bounced": BOUNCE + b"".join(b"<u%d@b.c>: 550 no\n" % n for n in range(20_000)),
    "words of bounces": BOUNCE + b"mailbox delivery message " * 40_000,
    "winmail.dat": HEAD
    + b"Content-Type: application/ms-tnef\r\n\r\n\x78\x9f\x3e\x22"
    + b"\x01"
    + b"\x00" * 1_000_000,
    "a name of 40 KB": HEAD
    + b'Content-Type: application/pdf; name="'
    + b"e\xcc\x81" * 20_000
    + b'"\r\n\r\nx',
}


@pytest.mark.parametrize("bomb", REFUSED)
def test_beyond_the_caps_it_is_refused(bomb: str) -> None:
    with pytest.raises(MalformedMessage):
        parse_mail(REFUSED[bomb], Envelope())


@pytest.mark.parametrize("bomb", ENDURED)
def test_below_them_it_is_read(bomb: str) -> None:
    assert parse_mail(ENDURED[bomb], Envelope()).fingerprint
