"""An alert as a mail to the admins, for when Slack is what fails. Pure: the same alert gives the same bytes."""

from __future__ import annotations

from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from deskd.compose.headers import address_tokens, header, text_tokens
from deskd.model import Address, SendMail

_SUBJECT = 120  # characters


def compose_alert(sender: Address, to: str, text: str, message_id: str, now: datetime) -> SendMail:
    """Under the null sender: nothing answers it, and it can't come back as a ticket (RFC 3834 3.3)."""
    first = text.strip().partition("\n")[0][:_SUBJECT]
    return compose_notice(sender, to, f"[{sender.name}] {first}", text, message_id, now)


def compose_notice(
    sender: Address, to: str, subject: str, text: str, message_id: str, now: datetime
) -> SendMail:
    """A mail of the desk's own that belongs to no ticket: to admins, or with a code for whoever reads mail there."""
    message = EmailMessage(policy.SMTP)
    message["MIME-Version"] = "1.0"
    message.set_content(text.rstrip("\n") + "\n", charset="utf-8")
    head = (
        header("From", address_tokens([sender])),
        header("To", address_tokens([Address("", to)])),
        header("Subject", text_tokens(subject)),
        header("Date", format_datetime(now).split()),
        header("Message-ID", [f"<{message_id}>"]),
        header("Auto-Submitted", ["auto-generated"]),  # RFC 3834 5
    )
    return SendMail("", (to,), b"".join(head) + message.as_bytes(), message_id)
