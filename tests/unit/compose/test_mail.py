"""A reply as bytes: what a mail program reads out of them, and who gets them."""

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from deskd.compose.mail import ReplySpec, compose_reply, reference_chain
from deskd.model import Address, OutgoingFile

MARIA = Address("Maria Rossi", "maria@cliente.example")
SPEC = ReplySpec(
    sender=Address("Acme Support", "support@acme.example"),
    to=(MARIA,),
    subject="Fattura 118",
    text="Ciao Maria,\n\nperché non torna?\n.\nFrom qui in poi tutto bene.\n",
    message_id="deskd.k1.n1.aaaaaaaaaaaaaaaaaaaaaaaaaa@acme.example",
    date=datetime(2026, 1, 5, 9, 0, tzinfo=UTC),
    ticket_ref="ACME-1042",
    language="it",
)


def read(spec: ReplySpec) -> EmailMessage:
    return email.message_from_bytes(compose_reply(spec).content, policy=email.policy.default)


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_plain_reply_byte_for_byte() -> None:
    sent = compose_reply(replace(SPEC, text="Ciao Maria"))
    assert (sent.mail_from, sent.recipients) == ("support@acme.example", ("maria@cliente.example",))
    assert sent.content.decode("ascii").split("\r\n") == [
        "From: Acme Support <support@acme.example>",
        "To: Maria Rossi <maria@cliente.example>",
        "Subject: Re: Fattura 118 [ACME-1042]",
        "Date: Mon, 05 Jan 2026 09:00:00 +0000",
        "Message-ID: <deskd.k1.n1.aaaaaaaaaaaaaaaaaaaaaaaaaa@acme.example>",
        "Content-Language: it",
        "MIME-Version: 1.0",
        'Content-Type: text/plain; charset="utf-8"',
        "Content-Transfer-Encoding: 7bit",
        "",
        "Ciao Maria",
        "",
    ]


def test_the_same_spec_gives_the_same_bytes() -> None:
    full = replace(SPEC, html="<p>x</p>", attachments=(OutgoingFile("a", "b/c", b"x"),))
    assert compose_reply(full) == compose_reply(full)


def test_text_html_and_files_come_through() -> None:
    files = (
        OutgoingFile("fattura è.pdf", "application/pdf", bytes(range(256))),
        OutgoingFile(
            "posta.eml", "message/rfc822", b"Subject: x\n\nhi\n"
        ),  # as a file, not as a mail within ours
        OutgoingFile("x", "no type", b""),
    )
    message = read(replace(SPEC, html="<p>perché?</p>", attachments=files))
    assert message.get_content_type() == "multipart/mixed"
    assert body(message, "plain") == SPEC.text
    assert '<html lang="it">' in body(message, "html")
    assert "<p>perché?</p>" in body(message, "html")
    parts = [(p.get_filename(), p.get_content_type(), p.get_content()) for p in message.iter_attachments()]
    assert parts == [
        ("fattura è.pdf", "application/pdf", bytes(range(256))),
        ("posta.eml", "application/octet-stream", b"Subject: x\n\nhi\n"),
        ("x", "application/octet-stream", b""),
    ]


@pytest.mark.parametrize("text", ["", "日本語" * 50, "x" * 5000, "a\r\nb\rc\nd", "\0\x1b[31mrosso\ud800"])
def test_any_text_has_only_whole_lines(text: str) -> None:
    content = compose_reply(replace(SPEC, text=text)).content
    assert content.isascii()
    assert content.count(b"\r") == content.count(b"\n") == content.count(b"\r\n")
    assert max(len(line) for line in content.split(b"\r\n")) <= 78


def test_threading() -> None:
    message = read(replace(SPEC, in_reply_to="c@x", references=("a@x", "b@x")))
    assert message["In-Reply-To"] == "<c@x>"
    assert message["References"] == "<a@x> <b@x> <c@x>"
    long = "x" * 200 + "@" + "y" * 40
    content = compose_reply(replace(SPEC, in_reply_to=long)).content
    assert b"<" + long.encode() + b">\r\n" in content  # never folded or encoded


@pytest.mark.parametrize(
    ("references", "parent", "chain"),
    [
        ((), None, ()),
        ((), "a@x", ("a@x",)),
        (("a@x", "b@x"), "b@x", ("a@x", "b@x")),
        (("a@x", "b@x", "a@x"), "c@x", ("a@x", "b@x", "c@x")),
        (("b@x", "a@x"), "b@x", ("a@x", "b@x")),  # the parent is last
        (("not an id", "ünd@x", "a@x", "x" * 300), "y>@x", ("a@x",)),
        (tuple(f"{n}@x" for n in range(50)), "p@x", ("0@x", *(f"{n}@x" for n in range(31, 50)), "p@x")),
    ],
)
def test_references(references: tuple[str, ...], parent: str | None, chain: tuple[str, ...]) -> None:
    assert reference_chain(references, parent) == chain


def test_automatic_mail_says_so_and_cannot_be_answered() -> None:
    sent = compose_reply(replace(SPEC, auto=True))
    message = email.message_from_bytes(sent.content)
    assert sent.mail_from == ""
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["X-Loop"] == "support@acme.example"
    assert "Auto-Submitted" not in read(SPEC)


def test_who_gets_it() -> None:
    copies = (Address("Anna", "anna@cliente.example"), MARIA)
    spec = replace(SPEC, cc=copies, reply_to=Address("Acme Support", "support+t@acme.example"))
    assert compose_reply(spec).recipients == ("maria@cliente.example", "anna@cliente.example")
    assert read(spec)["Cc"] == "Anna <anna@cliente.example>, Maria Rossi <maria@cliente.example>"
    assert read(spec)["Reply-To"] == "Acme Support <support+t@acme.example>"


@pytest.mark.parametrize(
    ("person", "line"),
    [
        (Address("", "maria@cliente.example"), "<maria@cliente.example>"),
        (Address("Rossi, Maria", "maria@cliente.example"), '"Rossi, Maria" <maria@cliente.example>'),
        (Address('M "x" \\', "maria@cliente.example"), '"M \\"x\\" \\\\" <maria@cliente.example>'),
        (Address("Hilfe", "hilfe@münchen.example"), "Hilfe <hilfe@xn--mnchen-3ya.example>"),
        (Address("María", "maría@correo.example"), "=?utf-8?b?TWFyw61h?= <maría@correo.example>"),  # RFC 6532
        (Address("A", '"a b"@cliente.example'), 'A <"a_b"@cliente.example>'),
        (Address("A", "a\r\nb@cliente.example"), 'A <"a_b"@cliente.example>'),
    ],
)
def test_an_address_line(person: Address, line: str) -> None:
    content = compose_reply(replace(SPEC, to=(person,))).content
    assert f"\r\nTo: {line}\r\n" in content.decode()
