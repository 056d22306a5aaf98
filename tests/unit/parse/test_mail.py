"""A whole mail, from bytes to a Message."""

import hashlib
from datetime import UTC, datetime

import pytest

from deskd.errors import MalformedMessage
from deskd.model import Address, Envelope, Message
from deskd.parse import PARSER_VERSION, is_heavy, parse_mail

HEAD = "From: Maria <maria@cliente.example>\nTo: support@acme.example\nSubject: Ordine\nDate: Mon, 3 Mar 2025 10:00:00 +0100\nMessage-ID: <1@x>\n"


def read(text: str | bytes, mail_from: str | None = None) -> Message:
    return parse_mail(text.encode() if isinstance(text, str) else text, Envelope(mail_from=mail_from))


def test_an_ordinary_mail() -> None:
    message = read(
        HEAD
        + "Cc: Ufficio <u@cliente.example>\nReferences: <a@x>\n <b@x>\nIn-Reply-To: <b@x>\n\nNon torna il totale.\n"
    )
    assert message.sender == Address("Maria", "maria@cliente.example")
    assert message.to == (Address("", "support@acme.example"),)
    assert message.cc == (Address("Ufficio", "u@cliente.example"),)
    assert message.subject == "Ordine"
    assert message.date == datetime(2025, 3, 3, 9, tzinfo=UTC)
    assert (message.message_id, message.in_reply_to, message.references) == ("1@x", ("b@x",), ("a@x", "b@x"))
    assert (message.kind, message.language, message.defects) == ("message", "it", ())
    assert message.text == message.body == "Non torna il totale."
    assert message.html is None
    assert ("Subject", "Ordine") in message.headers


def test_ours_are_stripped_whatever_their_case() -> None:
    message = read("x-deskd-ticket: 1\nX-DESKD-Agent: anna\n" + HEAD + "\nx")
    assert not [name for name, _ in message.headers if name.lower().startswith("x-deskd")]


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "empty"),
        (b"\r\n \r\n", "empty"),
        (b"\x00\x01\x02\x03" * 100, "not text"),
        (bytes(range(128, 256)) * 20, "not text"),
        (b"X: y\n" * 1_001 + b"\nx", "header fields"),
        (b"X: " + b"y" * 300_000 + b"\n\nx", "KB of header"),
        (b"To: " + b"a@b.c, " * 501 + b"\n\nx", "addresses"),
        (b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 501, "parts"),
    ],
)
def test_what_cannot_be_read_says_why(payload: bytes, reason: str) -> None:
    with pytest.raises(MalformedMessage, match=reason):
        read(payload)


def test_nesting_has_an_end() -> None:
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(60))
    with pytest.raises(MalformedMessage, match="nested"):
        read(b"From: a@b.c\n" + nested)


@pytest.mark.parametrize(
    ("text", "defect"),
    [
        ("Subject: x\n\nciao", "no From"),
        ("From: nobody\n\nciao", "no sender in From"),
        ("From: a@b.c, d@e.f\n\nciao", "From holds 2 addresses"),
        ("From: a@b.c\nFrom: d@e.f\n\nciao", "2 From fields"),
        ("From: a@b.c\nDate: yesterday\n\nciao", "the date can't be read"),
        ("From: a@b.c\n\nciao", "no date"),
        ("just a text", "no header"),
        ("From: a@b.c\nciao a tutti", "no blank line between header and body"),
        ("From: a@b.c\nrubbish\nSubject: x\n\nciao", "a line of the header is no field"),
        (
            "From: a@b.c\nContent-Type: multipart/mixed\n\nciao",
            "a multipart without its boundary: read as text",
        ),
        (
            "From: a@b.c\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nciao\n",
            "a multipart is not closed",
        ),
        (
            "From: a@b.c\nContent-Type: text/plain; charset=x-nope\n\nè",
            "unknown charset x-nope: read as utf-8",
        ),
        ("From: a@b.c\nContent-Transfer-Encoding: x-nope\n\nciao", "unknown transfer encoding 'x-nope'"),
    ],
)
def test_defects_name_what_was_wrong(text: str, defect: str) -> None:
    message = read(text)
    assert defect in message.defects
    assert "ciao" in message.text or "è" in message.text or message.text == "just a text"


def test_two_from_fields_the_first_counts() -> None:
    assert read("From: a@b.c\nFrom: d@e.f\n\nx").sender.address == "a@b.c"


def test_the_envelope_speaks_for_a_mail_without_from() -> None:
    assert read("Subject: x\n\nciao", mail_from="m@x.example").sender.address == "m@x.example"


def test_no_nul_and_no_surrogate_survives() -> None:
    message = read(
        b"From: a\x00b <a@b.c>\nSubject: =?utf-8?q?x=00y?= \xed\xa0\x80\nContent-Type: text/html\n\n<p>a\x00&#0;b&#xD800;</p>"
    )
    for text in (message.subject, message.sender.name, message.text, message.body, message.html or ""):
        assert "\x00" not in text
        text.encode()


MIXED = HEAD + (
    "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=c\n\n"
    "--c\nContent-Type: text/plain; charset=utf-8\n\nEcco la fattura.\n"
    "--c\nContent-Type: multipart/related; boundary=d\n\n--d\nContent-Type: text/html; charset=utf-8\n\n"
    '<p>Ecco la <b>fattura</b>.<img src="cid:logo@x"><img src="http://spy.example/1.gif"></p>\n'
    "--d\nContent-Type: image/png\nContent-ID: <logo@x>\nContent-Transfer-Encoding: base64\n\nAAEC\n--d--\n--c--\n"
    '--b\nContent-Type: application/pdf; name="fattura.pdf"\nContent-Disposition: attachment; filename="../../fattura.pdf"\n'
    "Content-Transfer-Encoding: base64\n\nJVBERg==\n--b\nContent-Type: application/pdf\n\n%PDF\n--b--\n"
)


def test_text_html_and_files_of_a_nested_mail() -> None:
    message = read(MIXED)
    assert message.body == message.text == "Ecco la fattura."
    assert message.html is not None
    assert "cid:logo@x" in message.html
    assert "spy.example" not in message.html
    logo, invoice, nameless = message.attachments
    assert (logo.cid, logo.inline, logo.name) == ("logo@x", True, "attachment-1.png")
    assert (invoice.name, invoice.data, invoice.size, invoice.inline) == ("fattura.pdf", b"%PDF", 4, False)
    assert invoice.sha256 == hashlib.sha256(b"%PDF").hexdigest()
    assert nameless.name == "attachment-3.pdf"


def test_html_alone_becomes_text() -> None:
    message = read(
        HEAD
        + "Content-Type: text/html; charset=utf-8\n\n<p>Ciao,</p><ul><li>uno<li>due</ul><script>x</script>"
    )
    assert message.body == "Ciao,\n\n- uno\n- due"
    assert message.html is not None
    assert "script" not in message.html


def test_an_attached_mail_is_read_but_not_newly_written() -> None:
    inner = "Subject: Re: Pacco / 12\nContent-Type: text/plain\n\nNon consegnato."
    message = read(
        f"{HEAD}Content-Type: multipart/mixed; boundary=b\n\n--b\n\nInoltro.\n--b\nContent-Type: message/rfc822\n\n{inner}\n--b--\n"
    )
    assert message.text == "Inoltro."
    assert message.body == "Inoltro.\n\nNon consegnato."
    assert [(each.name, each.type) for each in message.attachments] == [
        ("Re- Pacco - 12.eml", "message/rfc822")
    ]


def test_an_encrypted_mail_is_kept_whole_and_said_so() -> None:
    message = read(
        HEAD
        + "Content-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n"
        "--b\nContent-Type: application/octet-stream; name=encrypted.asc\n\n-----BEGIN PGP MESSAGE-----\n--b--\n"
    )
    assert "encrypted" in message.defects
    assert "encrypted" in message.body
    assert [each.name for each in message.attachments] == ["attachment-1.asc", "encrypted.asc"]


def test_a_signed_mail_is_read_through() -> None:
    message = read(
        HEAD + "Content-Type: multipart/signed; boundary=b\n\n--b\nContent-Type: text/plain\n\nFirmato.\n"
        "--b\nContent-Type: application/pgp-signature\n\nxx\n--b--\n"
    )
    assert message.text == "Firmato."
    assert [each.type for each in message.attachments] == ["application/pgp-signature"]


def test_an_invitation_is_a_line_and_a_file() -> None:
    event = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Demo\\, seconda\nDTSTART;TZID=Europe/Rome:20260302T100000\nDTEND;TZID=Europe/Rome:20260302T110000\nLOCATION:Sala 2\nEND:VEVENT\nEND:VCALENDAR\n"
    message = read(
        f"{HEAD}Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nVieni?\n"
        f"--b\nContent-Type: text/calendar; method=REQUEST\n\n{event}--b--\n"
    )
    assert (
        message.body.splitlines()[-1]
        == "[Invitation: Demo, seconda · 2026-03-02 10:00 Europe/Rome – 11:00 · Sala 2]"
    )
    assert [each.name for each in message.attachments] == ["attachment-1.ics"]


def test_flowed_paragraphs_are_joined() -> None:
    message = read(
        HEAD + "Content-Type: text/plain; format=flowed\n\nuna riga \nspezzata\n> citata \n> ancora\nfine\n"
    )
    assert message.body == "una riga spezzata\n> citata ancora\nfine"


def test_the_same_mail_by_two_ways_has_one_fingerprint() -> None:
    plain = HEAD + "Content-Type: text/plain; charset=utf-8\n\nperché no\n"
    one = read("Received: by a; Mon, 3 Mar 2025 10:00:01 +0100\nDelivered-To: x@y.z\n" + plain)
    crlf = read(("Received: by b; Mon, 3 Mar 2025 10:00:09 +0100\n" + plain).replace("\n", "\r\n"))
    encoded = read(
        HEAD
        + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\ncGVyY2jDqSBubwo=\n"
    )
    assert one.fingerprint == crlf.fingerprint == encoded.fingerprint
    assert read(plain.replace("perché", "come")).fingerprint != one.fingerprint
    assert read(plain.replace("<1@x>", "<2@x>")).fingerprint != one.fingerprint
    assert read(plain.replace("Ordine", "Ordini")).fingerprint != one.fingerprint


def test_the_language_is_among_the_candidates() -> None:
    mail = (HEAD + "\nBuongiorno, non riesco ad accedere al mio account. Potete aiutarmi?\n").encode()
    assert parse_mail(mail, Envelope()).language == "it"
    assert parse_mail(mail, Envelope(), ("en",)).language is None


def test_large_ones_are_heavy() -> None:
    assert PARSER_VERSION >= 1
    assert not is_heavy(b"x" * 5_000)
    assert is_heavy(b"x" * 100_000)
