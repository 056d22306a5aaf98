"""What kind of mail it is. A row a case, with what it teaches."""

import pytest

from deskd.model import Envelope
from deskd.parse import parse_mail

ROWS = [
    # headers, envelope sender (None: unknown), kind
    ("From: maria@x.example\nSubject: Ordine", "maria@x.example", "message"),
    ("From: maria@x.example\nSubject: Ordine\nAuto-Submitted: no", "maria@x.example", "message"),
    # Ordinary Exchange mail carries it: it says what its sender doesn't want back, not what it is.
    (
        "From: maria@x.example\nSubject: Ordine\nX-Auto-Response-Suppress: DR, OOF, AutoReply",
        "maria@x.example",
        "message",
    ),
    ("From: maria@x.example\nSubject: Ordine\nAuto-Submitted: auto-replied", "maria@x.example", "auto_reply"),
    (
        "From: maria@x.example\nSubject: Ordine\nAuto-Submitted: auto-generated; x=y",
        "maria@x.example",
        "auto_reply",
    ),
    ("From: maria@x.example\nSubject: Ordine\nX-Autoreply: yes", "maria@x.example", "auto_reply"),
    ("From: maria@x.example\nSubject: Ordine\nPrecedence: auto_reply", "maria@x.example", "auto_reply"),
    ("From: maria@x.example\nSubject: Ordine", "", "auto_reply"),  # the null sender
    ("Return-Path: <>\nFrom: maria@x.example\nSubject: Ordine", None, "auto_reply"),
    ("From: MAILER-DAEMON@x.example\nSubject: Ordine", "x@x.example", "auto_reply"),
    # Responders without any header, by their subjects.
    ("From: maria@x.example\nSubject: Out of office: Re: Ordine", "maria@x.example", "auto_reply"),
    ("From: maria@x.example\nSubject: Automatic reply: Order", "maria@x.example", "auto_reply"),
    ("From: maria@x.example\nSubject: Risposta automatica: Ordine", "maria@x.example", "auto_reply"),
    ("From: maria@x.example\nSubject: Respuesta automática: Pedido", "maria@x.example", "auto_reply"),
    ("From: maria@x.example\nSubject: Resposta automática: Pedido", "maria@x.example", "auto_reply"),
    ("From: maria@x.example\nSubject: Automatische Antwort: Bestellung", "maria@x.example", "auto_reply"),
    ("From: maria@x.example\nSubject: Réponse automatique : Commande", "maria@x.example", "auto_reply"),
    ("From: maria@x.example\nSubject: The automatic reply feature is broken", "maria@x.example", "message"),
    ("From: news@x.example\nSubject: News\nList-Unsubscribe: <mailto:u@x.example>", "b@x.example", "bulk"),
    ("From: list@x.example\nSubject: News\nPrecedence: bulk", "b@x.example", "bulk"),
    (
        "From: list@x.example\nSubject: News\nList-Id: <l.x.example>\nAuto-Submitted: auto-generated",
        "b@x.example",
        "bulk",
    ),
]


@pytest.mark.parametrize(("headers", "mail_from", "kind"), ROWS)
def test_kind(headers: str, mail_from: str | None, kind: str) -> None:
    mail = f"{headers}\nDate: Mon, 3 Mar 2025 10:00:00 +0100\n\nBuongiorno\n"
    assert parse_mail(mail.encode(), Envelope(mail_from=mail_from)).kind == kind


def test_a_question_about_a_bounce_is_none() -> None:
    mail = b"From: maria@x.example\nSubject: Undelivered Mail Returned to Sender\n\nI get: 550 5.1.1 user unknown. Why?\n"
    message = parse_mail(mail, Envelope(mail_from="maria@x.example"))
    assert (message.kind, message.bounces) == ("message", ())


def test_a_complaint() -> None:
    mail = (
        b"From: fbl@isp.example\nSubject: Fw: Your ticket\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
        b"--b\n\nThis is an abuse report.\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: x/1\nVersion: 1\n\n"
        b"--b\nContent-Type: message/rfc822\n\nMessage-ID: <ours@acme.example>\nTo: m@isp.example\n\nhi\n--b--\n"
    )
    message = parse_mail(mail, Envelope())
    assert message.kind == "complaint"
    assert message.references == ("ours@acme.example",)


def test_a_bounce_that_a_person_passes_on_is_a_message() -> None:
    mail = (
        b"From: maria@x.example\nSubject: Why?\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nWhat is this?\n"
        b"--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@b.c\nAction: failed\nStatus: 5.1.1\n--b--\n"
    )
    assert parse_mail(mail, Envelope(mail_from="maria@x.example")).kind == "message"
