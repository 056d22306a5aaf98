"""A customer's mail program, as values: it writes mails and replies, and reads what comes. Pure.

In: what somebody typed. Out: the bytes that a mail program would send (RFC 5322, threading by RFC 5322 3.6.4); and from bytes, what a mailbox shows.
"""

from __future__ import annotations

import contextlib
import email
import email.policy
import mimetypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, parseaddr
from typing import Any, Literal

from babel.dates import format_datetime as in_words

from deskd.demo.people import SUPPORT, Customer

Json = dict[str, Any]
Direction = Literal["sent", "received"]
File = tuple[str, bytes]
"""A file that goes along: its name and its content."""

_ATTRIBUTION = {  # as the usual mail programs put it; they leave the date's form to the language
    "it": ("Il giorno {date} {who} ha scritto:", "EEE d MMM y 'alle' 'ore' HH:mm"),
    "en": ("On {date}, {who} wrote:", "EEE, d MMM y 'at' HH:mm"),
    "es": ("El {date}, {who} escribió:", "EEE, d MMM y 'a' 'las' HH:mm"),
    "pt": ("Em {date}, {who} escreveu:", "EEE, d 'de' MMM 'de' y 'às' HH:mm"),
}


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in a customer's mailbox, with its bytes as they were sent or received; `at` is when that was."""

    number: int
    customer: str
    direction: Direction
    content: bytes
    at: datetime

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.content, policy=email.policy.default)


def new_mail(
    customer: Customer, subject: str, text: str, message_id: str, now: datetime, files: Sequence[File] = ()
) -> bytes:
    """A mail to the desk."""
    message = _begun(customer, subject, message_id, now)
    message["To"] = SUPPORT
    return _with_text(message, text, files)


def answer(
    customer: Customer, to: Letter, text: str, message_id: str, now: datetime, files: Sequence[File] = ()
) -> bytes:
    """A reply to a mail of the mailbox, above its quoted text; to one's own mail, it goes where that went."""
    old = to.message
    subject = _line(old["Subject"])
    message = _begun(
        customer, subject if subject.lower().startswith("re:") else f"Re: {subject}", message_id, now
    )
    message["To"] = _line(old["To"] if to.direction == "sent" else old["Reply-To"] or old["From"])
    message["In-Reply-To"] = _line(old["Message-ID"])
    message["References"] = f"{_line(old['References'])} {_line(old['Message-ID'])}".strip()
    return _with_text(message, f"{text.rstrip()}\n\n{quoted(customer.language, to)}\n", files)


def quoted(language: str, letter: Letter) -> str:
    """The mail as a reply quotes it: who wrote it and when, then each line behind `> `."""
    form, pattern = _ATTRIBUTION[language]
    when = in_words(letter.at, pattern, locale=language)
    lines = [f"> {line}".rstrip() for line in text_of(letter.message).strip().split("\n")]
    return "\n".join([form.format(date=when, who=_line(letter.message["From"])), *lines])


def _begun(customer: Customer, subject: str, message_id: str, now: datetime) -> EmailMessage:
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = formataddr((customer.name, customer.address))
    message["Subject"] = _line(subject)
    message["Message-ID"] = message_id
    message["Date"] = format_datetime(now)
    return message


def _with_text(message: EmailMessage, text: str, files: Sequence[File]) -> bytes:
    message.set_content(text.replace("\r\n", "\n"), cte="quoted-printable")
    message["User-Agent"] = "deskd demo"
    for name, content in files:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        maintype, _, subtype = kind.partition("/")
        message.add_attachment(content, maintype=maintype, subtype=subtype, filename=_line(name))
    return message.as_bytes()


def file_of(letter: Letter, number: int) -> File:
    """The attachment with this number, from 0. Raises `LookupError` where there is none."""
    part = list(letter.message.iter_attachments())[number]
    content = part.get_payload(decode=True)
    return part.get_filename() or "file", content if isinstance(content, bytes) else b""


def _line(value: object) -> str:
    """A header's value on one line."""
    return " ".join(str(value or "").split())


def recipient(content: bytes) -> str:
    """The address that a mail goes to."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    return parseaddr(_line(message["To"]))[1]


def text_of(message: EmailMessage) -> str:
    """The text that a mail program shows: the plain part, "" when there is none that can be read."""
    with contextlib.suppress(LookupError, KeyError):  # an unknown charset; no such part
        part = message.get_body(("plain",))
        if part is not None:
            return str(part.get_content()).replace("\r\n", "\n")
    return ""


def shown(letter: Letter) -> Json:
    """The mail as the page shows it. `conversation` is the Message-ID that the whole exchange goes back to."""
    message = letter.message
    own = _line(message["Message-ID"])
    return {
        "number": letter.number,
        "direction": letter.direction,
        "from": _line(message["From"]),
        "to": _line(message["To"]),
        "subject": _line(message["Subject"]),
        "at": letter.at.isoformat(),
        "text": text_of(message),
        "files": [part.get_filename() or "?" for part in message.iter_attachments()],
        "conversation": next(iter(_line(message["References"]).split()), own),
    }


MessageIds = Callable[[str], str]
"""A domain -> a new Message-ID."""
