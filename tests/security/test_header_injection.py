"""Header injection (RT CVE-2012-4730, CVE-2013-3373): whatever people write, an outgoing mail has the headers we gave it and no other."""

import email
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from deskd.compose.mail import ReplySpec, compose_reply
from deskd.compose.subject import display_name, file_name, reply_subject
from deskd.model import Address, OutgoingFile

SPEC = ReplySpec(
    sender=Address("Acme Support", "support@acme.example"),
    to=(Address("Maria Rossi", "maria@cliente.example"),),
    subject="Fattura 118",
    text="Ciao Maria",
    message_id="deskd.k1.n1.aaaaaaaaaaaaaaaaaaaaaaaaaa@acme.example",
    date=datetime(2026, 1, 5, 9, 0, tzinfo=UTC),
    ticket_ref="ACME-1042",
    language="it",
    reply_to=Address("Acme Support", "support+token@acme.example"),
    html="<p>Ciao Maria</p>",
    in_reply_to="first@cliente.example",
    auto=True,
    attachments=(OutgoingFile("a.txt", "text/plain", b"x"),),
)
HEADERS = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Content-Language",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "X-Loop",
    "MIME-Version",
    "Content-Type",
]
EVIL = [
    "x\r\nBcc: victim@b.example",
    "x\nBcc: victim@b.example",
    "x\rBcc: victim@b.example",
    "x\x85Bcc: victim@b.example",
    "x\u2028Bcc: victim@b.example",
    "x\u2029Bcc: victim@b.example",
    "x\x0bBcc: a\x0cBcc: b\x1cBcc: c",
    "=?utf-8?q?a=0D=0ABcc:_victim=40b.example?=",
    "=?utf-8?b?YQ0KQmNjOiB2aWN0aW1AYi5leGFtcGxl?=",
    "=?=?utf-8?q?a=0D=0ABcc:?=",
    "x\0Bcc: y",
    '" <victim@b.example>, "',
    "x>, victim@b.example, <y",
    "\ud800\udfff",
    "x" * 5000,
    "ñ" * 5000,
    "",
    " ",
    "(((((",
    "à, b; c: d",
    '\\"',
]
anything = st.one_of(
    st.text(max_size=120),
    st.text(alphabet=st.sampled_from(list("=?utf8qb_:\r\n\t \",;<>@()[]\\àñ€😀\u2028\u202e.'")), max_size=80),
    st.sampled_from(EVIL),
)


def reparsed(spec: ReplySpec) -> Message:
    sent = compose_reply(spec)
    assert sent.content.count(b"\n") == sent.content.count(b"\r") == sent.content.count(b"\r\n")
    assert max(map(len, sent.content.split(b"\r\n"))) <= 998
    message = email.message_from_bytes(sent.content)
    assert message.keys() == HEADERS
    assert message.defects == []
    return message


def decoded(message: Message, name: str) -> str:
    return str(make_header(decode_header("".join(message[name].splitlines()))))


@given(anything)
def test_any_subject(subject: str) -> None:
    message = reparsed(replace(SPEC, subject=subject))
    assert " ".join(decoded(message, "Subject").split()) == reply_subject(subject, "ACME-1042")


@given(anything)
def test_any_name(name: str) -> None:
    person = Address(name, "maria@cliente.example")
    message = reparsed(replace(SPEC, sender=replace(SPEC.sender, name=name), to=(person, person)))
    for header, addresses in (("From", ["support@acme.example"]), ("To", ["maria@cliente.example"] * 2)):
        pairs = getaddresses([" ".join(message[header].split())])
        assert [address for _, address in pairs] == addresses
        assert {" ".join(str(make_header(decode_header(n))).split()) for n, _ in pairs} == {
            display_name(name)
        }


@given(anything)
@example("../../etc/passwd")
def test_any_file_name(name: str) -> None:
    message = reparsed(replace(SPEC, attachments=(OutgoingFile(name, name, b"x"),)))
    assert isinstance(attachment := message.get_payload(1), Message)
    assert attachment.keys() == [
        "Content-Type",
        "Content-Transfer-Encoding",
        "Content-Disposition",
        "MIME-Version",
    ]
    assert " ".join((attachment.get_filename() or "").split()) == file_name(name)


@given(anything)
def test_any_text_and_language(text: str) -> None:
    message = reparsed(replace(SPEC, text=text, html=text))
    assert len(message.get_payload()) == 2
    spoken = email.message_from_bytes(compose_reply(replace(SPEC, language=text)).content)
    assert spoken.keys() in (HEADERS, [name for name in HEADERS if name != "Content-Language"])


@pytest.mark.parametrize("reference", [*EVIL, "a b@c", "a>b@c", "à@c", "x" * 999])
def test_any_foreign_message_id(reference: str) -> None:
    message = reparsed(replace(SPEC, references=(reference, "good@c")))
    assert message["References"].split()[-2:] == ["<good@c>", "<first@cliente.example>"]
    parentless = email.message_from_bytes(compose_reply(replace(SPEC, in_reply_to=reference)).content)
    assert set(parentless.keys()) <= set(HEADERS)
