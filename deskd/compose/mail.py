"""A reply as the mail that the customer gets: a spec in, exact bytes and envelope out. The same spec gives the same bytes. No I/O.

Its own headers are written by `headers`, which lets nothing through that could break one; the body's MIME parts by `EmailMessage`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from deskd.compose.headers import address_tokens, header, text_tokens
from deskd.compose.subject import file_name, reply_subject
from deskd.model import Address, OutgoingFile, SendMail

_ID = re.compile(r"[!-;=?-~]{1,250}")  # printable ASCII without < and >
_LAST = 20  # of the references; with the first they are enough for every mail program to find the thread
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_MEDIA_TYPE = re.compile(r"(?!multipart/|message/)[a-z0-9][\w.+-]*/[a-z0-9][\w.+-]*", re.ASCII)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class ReplySpec:
    """All that makes a reply. Ids are without angle brackets; `html` is the inside of a body, already made safe."""

    sender: Address  # the desk's name and address
    to: tuple[Address, ...]
    subject: str  # as the customer wrote it; prefix and tag are put right
    text: str
    message_id: str
    date: datetime  # aware
    ticket_ref: str
    language: str
    reply_to: Address | None = None
    cc: tuple[Address, ...] = ()
    html: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    auto: bool = False  # written by the desk, not by a person
    generated: bool = False  # a notification of the desk's (RFC 3834 5.1): what bounces is to come back, and it answers nothing
    attachments: tuple[OutgoingFile, ...] = ()
    event: tuple[str, bytes] | None = None  # an invitation: its method (RFC 5546) and the calendar itself


def compose_reply(spec: ReplySpec) -> SendMail:
    """The mail. An automatic one has the null sender, so that nothing answers it (RFC 3834 3.3)."""
    content = b"".join(_head(spec)) + _body(spec).as_bytes()
    people = dict.fromkeys(_ascii_domain(person.address) for person in (*spec.to, *spec.cc))
    mail_from = "" if spec.auto else _ascii_domain(spec.sender.address)
    return SendMail(mail_from, tuple(people), content, spec.message_id)


def reference_chain(references: Sequence[str], parent: str | None) -> tuple[str, ...]:
    """The References of an answer to the mail with id `parent`, whose own References these are (RFC 5322 3.6.4), oldest first.

    Bounded: the first, which names the thread, and the last ones. Ids that no header can hold are left out.
    """
    known = [
        i
        for i in dict.fromkeys((*references, *([parent] if parent else [])))
        if _ID.fullmatch(i) and i != parent
    ]
    if parent and _ID.fullmatch(parent):
        known.append(parent)  # last, even if it had been named before
    return tuple(known) if len(known) <= _LAST + 1 else (known[0], *known[-_LAST:])


def _head(spec: ReplySpec) -> Iterator[bytes]:
    yield header("From", address_tokens([_deliverable(spec.sender)]))
    yield header("To", address_tokens([_deliverable(person) for person in spec.to]))
    if spec.cc:
        yield header("Cc", address_tokens([_deliverable(person) for person in spec.cc]))
    if spec.reply_to is not None:
        yield header("Reply-To", address_tokens([_deliverable(spec.reply_to)]))
    subject = reply_subject(spec.subject, spec.ticket_ref)
    yield header("Subject", text_tokens(subject.removeprefix("Re: ") if spec.generated else subject))
    yield header("Date", format_datetime(spec.date).split())
    yield header("Message-ID", [f"<{spec.message_id}>"])
    if spec.in_reply_to and _ID.fullmatch(spec.in_reply_to):
        yield header("In-Reply-To", [f"<{spec.in_reply_to}>"])
    if chain := reference_chain(spec.references, spec.in_reply_to):
        yield header("References", [f"<{reference}>" for reference in chain])
    if _LANGUAGE.fullmatch(spec.language):
        yield header("Content-Language", [spec.language])
    if spec.auto or spec.generated:
        yield header(
            "Auto-Submitted", ["auto-replied" if spec.auto else "auto-generated"]
        )  # RFC 3834 5. It recommends no Precedence (3.1.8): there is none
        yield header("X-Auto-Response-Suppress", ["All"])  # Exchange knows only this
        yield header("X-Loop", [_deliverable(spec.sender).address])


def _body(spec: ReplySpec) -> EmailMessage:
    message = EmailMessage(policy.SMTP)
    message["MIME-Version"] = "1.0"
    message.set_content(_plain(spec.text), charset="utf-8")
    if spec.html is not None:
        message.add_alternative(_document(spec), subtype="html", charset="utf-8")
    if spec.event is not None:  # as another form of the text, which is how calendars find it (RFC 6047 2.4)
        method, calendar = spec.event
        message.add_alternative(
            calendar.decode(), subtype="calendar", charset="utf-8", params={"method": method}
        )
    for file in spec.attachments:
        media_type = (
            file.type.lower() if _MEDIA_TYPE.fullmatch(file.type.lower()) else "application/octet-stream"
        )
        main, _, sub = media_type.partition("/")
        message.add_attachment(file.data, main, sub, filename=file_name(file.name))
    seed = hashlib.sha256(spec.message_id.encode()).hexdigest()[:32]
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{seed}_{number}")
    return message


def _plain(text: str) -> str:
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).rstrip("\n") + "\n"


def _document(spec: ReplySpec) -> str:
    language = f' lang="{spec.language}"' if _LANGUAGE.fullmatch(spec.language) else ""
    return (
        f'<!DOCTYPE html>\n<html{language}>\n<head><meta charset="utf-8"></head>\n'
        f"<body>\n{_plain(spec.html or '')}</body>\n</html>\n"
    )


def _deliverable(person: Address) -> Address:
    return replace(person, address=_ascii_domain(person.address))


def _ascii_domain(address: str) -> str:
    """The domain as DNS has it (RFC 5891); the address itself where there is no such form."""
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return address
