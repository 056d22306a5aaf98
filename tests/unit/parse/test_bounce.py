"""Whom a bounce concerns, whether for good, and why; with a report and without."""

import pytest

from deskd.model import Bounce, Envelope, Message
from deskd.parse import parse_mail
from deskd.parse.bounce_reason import is_permanent, reason_of

DSN = """From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: support@acme.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

I'm sorry to have to inform you that your message could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

{recipients}
--b
Content-Type: message/rfc822

Message-ID: <ours-1@acme.example>
To: maria@cliente.example
Subject: Re: Ordine

Buongiorno
--b--
"""
GONE = "Final-Recipient: rfc822; maria@cliente.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 <maria@cliente.example>: User unknown\n"
FULL = "Final-Recipient: rfc822; anna@cliente.example\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 5.2.2 mailbox full\n"
LATE = "Final-Recipient: rfc822; late@cliente.example\nAction: delayed\nStatus: 4.4.1\nDiagnostic-Code: smtp; connection timed out\n"
DONE = "Final-Recipient: rfc822; ok@cliente.example\nAction: delivered\nStatus: 2.0.0\n"


def read(text: str, mail_from: str | None = "") -> Message:
    return parse_mail(text.encode(), Envelope(mail_from=mail_from))


def test_a_report_names_each_recipient() -> None:
    message = read(DSN.format(recipients=f"{GONE}\n{FULL}\n{LATE}\n{DONE}"))
    assert message.kind == "bounce"
    assert message.bounces == (
        Bounce("maria@cliente.example", True, "5.1.1", "550 5.1.1 <maria@cliente.example>: User unknown"),
        Bounce("anna@cliente.example", False, "5.2.2", "552 5.2.2 mailbox full"),
        Bounce("late@cliente.example", False, "4.4.1", "connection timed out"),
    )


def test_it_refers_to_the_mail_it_returns() -> None:
    assert read(DSN.format(recipients=GONE)).references == ("ours-1@acme.example",)


def test_a_receipt_is_no_bounce() -> None:
    message = read(DSN.format(recipients=DONE))
    assert (message.kind, message.bounces) == ("auto_reply", ())


PROSE = {
    "qmail": (
        "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n"
        "<maria@cliente.example>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 no such user\nGiving up on 192.0.2.1.\n\n"
        "--- Below this line is a copy of the message.\n\nReturn-Path: <support@acme.example>\nMessage-ID: <ours-1@acme.example>\nTo: maria@cliente.example\n",
        True,
    ),
    "exim": (
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\n"
        "recipients. This is a permanent error. The following address(es) failed:\n\n  maria@cliente.example\n    SMTP error from remote mail server after RCPT TO:<maria@cliente.example>:\n"
        "    host mx.example [192.0.2.1]: 552 5.2.2 Mailbox full\n\n------ This is a copy of the message, including all the headers. ------\n\nMessage-ID: <ours-1@acme.example>\n",
        False,
    ),
    "host": (
        "Delivery has failed to these recipients or groups:\n\nmaria@cliente.example\nThe domain cliente.example does not exist: Host or domain name not found.\n",
        True,
    ),
}


@pytest.mark.parametrize("program", PROSE)
def test_prose_is_understood(program: str) -> None:
    text, permanent = PROSE[program]
    message = read(
        f"From: MAILER-DAEMON@mx.example\nTo: support@acme.example\nSubject: failure notice\n\n{text}"
    )
    assert message.kind == "bounce"
    assert [(each.address, each.permanent) for each in message.bounces] == [
        ("maria@cliente.example", permanent)
    ]


def test_the_returned_mail_is_found_in_prose_too() -> None:
    message = read(f"From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\n{PROSE['qmail'][0]}")
    assert message.references == ("ours-1@acme.example",)


def test_a_notice_of_a_cloud_mailer() -> None:
    posted = '{"notificationType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":"m@x.example","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}]}}'
    message = read(
        f"From: no-reply@sns.example\nSubject: AWS Notification Message\n\n{posted}", "x@sns.example"
    )
    assert [(each.address, each.permanent, each.status) for each in message.bounces] == [
        ("m@x.example", True, "5.1.1")
    ]


@pytest.mark.parametrize(
    ("words", "status", "permanent"),
    [
        ("550 5.1.1 User unknown", "5.1.1", True),
        ("550 No such mailbox here", None, True),
        ("Host or domain name not found. Name service error", "5.4.4", True),
        ("Name service error: try again", "4.4.3", False),
        ("550 5.7.1 Message rejected due to DMARC policy", "5.7.1", False),
        ("554 Your IP is on a blocklist, see spamhaus", "5.7.1", False),
        ("552 Quota exceeded for this user", "5.2.2", False),
        ("550 Account disabled", "5.2.1", False),
        ("554 Message looks like spam", None, False),
        ("554 delivery error: This domain has a null MX", "5.1.10", True),
        ("550 5.4.1 Recipient address rejected: Access denied.", "5.4.1", True),  # Microsoft 365
        ("550 5.1.10 RESOLVER.ADR.RecipientNotFound", "5.1.10", True),
        ("550 utente sconosciuto", None, True),
        ("La casella del destinatario è piena", None, False),
        ("El buzón no existe", None, True),
        ("A caixa de correio não existe", None, True),
        ("", "5.1.1", True),
        ("", "5.0.0", False),
    ],
)
def test_permanent_is_about_the_address(words: str, status: str | None, permanent: bool) -> None:
    assert is_permanent(reason_of(words, status), status, "failed") is permanent
