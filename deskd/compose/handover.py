"""A handoff as the mail that someone outside Slack gets: from the desk, answered to a signed address, marked as made by a program. Pure."""

from __future__ import annotations

from datetime import datetime

from deskd.compose.answer import Composed, Randomness
from deskd.compose.ids import make_message_id, make_token, reply_address
from deskd.compose.mail import ReplySpec, compose_reply
from deskd.config import MailChannel, Settings
from deskd.errors import PermanentFailure
from deskd.model import Address, OutgoingFile, Ticket


def compose_handover(
    settings: Settings,
    channel: str,
    ticket: Ticket,
    to: Address,
    subject: str,
    text: str,
    *,
    files: tuple[OutgoingFile, ...],
    key: tuple[str, bytes],
    randomness: Randomness,
    now: datetime,
) -> Composed:
    """The reply address is signed for whoever gets it, and for them alone. Raises `PermanentFailure` where the channel is none of mail any more."""
    configured = settings.channels.get(channel)
    if not isinstance(configured, MailChannel):
        raise PermanentFailure(f"{channel!r} is no mail channel of this desk any more")
    token = make_token(randomness.token)
    signed = reply_address(configured.address, token)
    desk = Address(settings.display_name(channel), configured.address)
    spec = ReplySpec(
        sender=desk,
        reply_to=Address(desk.name, signed) if signed != configured.address else None,
        to=(to,),
        subject=subject,
        text=text,
        message_id=make_message_id(*key, randomness.nonce, configured.address.rpartition("@")[2]),
        date=now,
        ticket_ref=ticket.ref,
        language=settings.desk.agent_language,
        generated=True,
        attachments=files,
    )
    mail = compose_reply(spec)
    return Composed(mail, subject, text, token if signed != configured.address else None, to.address)
