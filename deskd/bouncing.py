"""A mail system's report about a mail of ours: it belongs to that mail, and opens no ticket."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from deskd.compose.ids import bounced_message
from deskd.config import Settings
from deskd.desk import desk
from deskd.desk.commands import Bounced
from deskd.filed import Filed, Understood
from deskd.model import Contact, Message, address_key
from deskd.store import Work, apply, contacts, dispatched, keys, tickets
from deskd.store.inbox import InboxRow

_STILL_TRYING: Final = re.compile(
    r"delay|will (?:keep|continue|retry|be retried)|still (?:trying|being)|not yet|has not been delivered yet|warning|"
    r"ritard|in ritardo|retras|demor|atras",
    re.IGNORECASE,
)


def file(work: Work, settings: Settings, row: InboxRow, found: Understood, now: datetime) -> Filed | None:
    """The report becomes a note beside the mail it is about; None where it is about none of ours.

    Our ids can't be guessed, so whoever returns one has had the mail: it takes no proof of who wrote the report.
    """
    message = found.message
    ours = _returned(work, settings, row, message)
    if ours is None:
        return None
    message_id, ticket_id = ours
    state = tickets.state(work, ticket_id, message_id)
    command = Bounced(
        message_id,
        reason_of(message),
        is_final(message),
        message,
        row.id,
        row.channel,
        row.received_at if row.live else message.date or row.received_at,
        found.auth,
        row.live,
    )
    applied = apply.apply(work, state, desk(settings, state, command, now), now)
    if command.final and state.contact is not None:
        _mark(work, state.contact, message, command.reason)
    return Filed("filed", applied.ticket)


def _returned(work: Work, settings: Settings, row: InboxRow, message: Message) -> tuple[int, int] | None:
    """The message a report is about, and its ticket: by the address it came back to, else by the ids of what it returns."""
    secrets = keys.verifying(work)
    for address in (*row.envelope.rcpt_to, *(one.address for one in message.to)):
        owner = settings.mail_channel_for(address)
        message_id = bounced_message(owner[1] or "", secrets) if owner else None
        ticket_id = tickets.of_message(work, message_id) if message_id is not None else None
        if message_id is not None and ticket_id is not None:
            return message_id, ticket_id
    for rfc_id in dict.fromkeys((*reversed(message.references), *message.in_reply_to)):
        if (ours := dispatched.find(work, rfc_id)) is not None:
            return ours
    return None


def _mark(work: Work, contact: Contact, report: Message, reason: str) -> None:
    """The customer's address that mail doesn't reach; a report that names none means the one they are written to."""
    theirs = contacts.addresses(work, contact.id)
    named = [address_key(one.address) for one in report.bounces]
    for address in [each for each in named if each in theirs] if named else [contact.address]:
        contacts.came_back(work, address, reason)


def reason_of(report: Message) -> str:
    """Whom the mail didn't reach, and why; the report's subject where it doesn't say."""
    told = [
        f"{one.address}: {' '.join(part for part in (one.status, one.reason) if part)}".rstrip(": ")
        for one in report.bounces[:3]
    ]
    return "; ".join(told) or report.subject or "a mail system returned it"


def is_final(report: Message) -> bool:
    """Whether the mail will never arrive. A server that hasn't given up yet says so; a full mailbox is temporary, and final for this mail."""
    if not report.bounces or any(one.permanent for one in report.bounces):
        return True
    return not _STILL_TRYING.search(f"{report.subject}\n{report.body[:4000]}")
