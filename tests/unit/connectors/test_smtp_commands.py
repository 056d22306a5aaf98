"""The arguments of MAIL and RCPT."""

import pytest

from connectors.smtp.commands import MailFrom, Refused, parse_mail, parse_rcpt


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("FROM:<>", MailFrom("")),
        ("FROM: <>", MailFrom("")),  # a space that RFC 5321 3.3 forbids and many send
        ("from:<a@b.example>", MailFrom("a@b.example")),
        ("FROM:a@b.example", MailFrom("a@b.example")),
        ("FROM:<a@b.example> SIZE=1000 body=8bitmime SMTPUTF8", MailFrom("a@b.example", 1000)),
        ("FROM:<@relay.example,@other.example:a@b.example>", MailFrom("a@b.example")),  # a source route
        ('FROM:<"a b>"@b.example>', MailFrom('"a b>"@b.example')),
        ("FROM:<maría@correo.example>", MailFrom("maría@correo.example")),
        ("FROM:<a@[192.0.2.1]>", MailFrom("a@[192.0.2.1]")),
        ("FROM:<a@xn--mnchen-3ya.example>", MailFrom("a@xn--mnchen-3ya.example")),
        ("FROM:<bounces+" + "x" * 80 + "@b.example>", MailFrom("bounces+" + "x" * 80 + "@b.example")),  # VERP
    ],
)
def test_a_sender_is_understood(argument: str, expected: MailFrom) -> None:
    assert parse_mail(argument) == expected


@pytest.mark.parametrize(
    ("argument", "code"),
    [
        ("", "500"),
        ("FROM:", "500"),
        ("LALA: <>", "500"),
        ("FROM:<a@b.example", "500"),
        ("FROM:<pepe>", "501"),
        ("FROM:<a@xn--->", "501"),
        ("FROM:<a@>", "501"),
        ("FROM:<@b.example>", "501"),
        ("FROM:<a@b..example>", "501"),
        ("FROM:<a@b.example\x00>", "501"),
        ("FROM:<a\x9fb@b.example>", "501"),
        ("FROM:<a\udcff@b.example>", "501"),  # bytes that are no UTF-8
        ("FROM:<" + "a" * 150 + "@" + "b" * 150 + ">", "501"),
        ("FROM:<a@b.example> SIZE=x", "501"),
        ("FROM:<a@b.example> SIZE", "501"),
        ("FROM:<a@b.example> BODY=BINARYMIME", "501"),
        ("FROM:<a@b.example> RET=HDRS", "555"),
    ],
)
def test_what_is_no_sender_is_refused(argument: str, code: str) -> None:
    with pytest.raises(Refused, match=f"^{code} "):
        parse_mail(argument)


def test_a_recipient_is_understood() -> None:
    assert parse_rcpt("TO:<support+token@acme.example>") == "support+token@acme.example"
    assert parse_rcpt("TO: support@acme.example") == "support@acme.example"
    assert parse_rcpt("TO:<postmaster>") == "postmaster"


@pytest.mark.parametrize(
    ("argument", "code"),
    [
        ("", "501"),
        ("TO:", "501"),
        ("TO:<>", "501"),
        ("TO:<a@b.example> NOTIFY=NEVER", "555"),
        ("FROM:<a@b.example>", "501"),
    ],
)
def test_what_is_no_recipient_is_refused(argument: str, code: str) -> None:
    with pytest.raises(Refused, match=f"^{code} "):
        parse_rcpt(argument)


def test_a_long_malformed_path_is_no_work() -> None:
    with pytest.raises(Refused):
        parse_mail('FROM:<"' + "\\a" * 2000)
