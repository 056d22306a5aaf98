"""A mail system's report about a mail of ours: it belongs to that mail, and opens no ticket."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from deskd.config import Settings
from deskd.desk import desk
from deskd.desk.commands import Bounced
from deskd.filed import Filed, Understood
from deskd.model import Message
from deskd.store import Work, apply, dispatched, tickets
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
    for rfc_id in dict.fromkeys((*reversed(message.references), *message.in_reply_to)):
        ours = dispatched.find(work, rfc_id)
        if ours is None:
            continue
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
        return Filed("filed", applied.ticket)
    return None


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
