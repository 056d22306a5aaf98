"""An agent's words, or a rule's, as the mail that carries them to the customer. Pure: keys and randomness come in as arguments."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from deskd.compose.bot_link import holds_link, opened
from deskd.compose.closing import Closing
from deskd.compose.ids import make_message_id, make_token, reply_address
from deskd.compose.invitation import Appointment, event, method
from deskd.compose.mail import ReplySpec, compose_reply, reference_chain
from deskd.compose.mrkdwn import to_html, to_text
from deskd.config import MailChannel, Settings
from deskd.errors import PermanentFailure
from deskd.model import Address, Contact, OutgoingFile, SendMail, Ticket


@dataclass(frozen=True, slots=True)
class Answered:
    """The customer's last mail in the conversation: what is being answered."""

    rfc_id: str | None
    references: tuple[str, ...]
    subject: str
    answer_to: tuple[Address, ...]


@dataclass(frozen=True, slots=True)
class Randomness:
    """What must not be guessable: `nonce` for the Message-ID, 16 bytes for the signed reply address, `link` for a one-time link."""

    nonce: str
    token: bytes
    link: str = ""


NOTHING_BELOW: Final = Closing()


@dataclass(frozen=True, slots=True)
class Composed:
    mail: SendMail
    subject: str
    text: str
    token: str | None  # for the person in `address`; None where the desk's address leaves no room for one
    address: str
    link: str = ""  # the token of the one-time link it holds, for the one who gets it


def compose_answer(
    settings: Settings,
    ticket: Ticket,
    contact: Contact,
    answered: Answered | None,
    markup: str,
    *,
    auto: bool,
    plain: bool = False,
    copies: tuple[Address, ...] = (),
    files: tuple[OutgoingFile, ...] = (),
    closing: Closing = NOTHING_BELOW,
    appointment: Appointment | None = None,
    proven: str = "",
    bots: Collection[str] = (),
    key: tuple[str, bytes],
    randomness: Randomness,
    now: datetime,
) -> Composed:
    """The mail and what is to be remembered of it. `plain`: `markup` is plain text; `copies`: participants, who get it in Cc; `closing`: what stands below
    an agent's words; `appointment`: what goes into the customer's calendar; `proven`: the address (`Address.key`) that may be given a one-time link, where
    the mail goes there and nowhere else; `bots`: names of the desk's own, to which such a link leads.

    Raises `PermanentFailure` where there is nobody to write to.
    """
    channel = settings.channels.get(ticket.channel)
    if not isinstance(channel, MailChannel):
        raise PermanentFailure(f"{ticket.channel!r} is no mail channel of this desk any more")
    recipients = _recipients(settings, contact, answered)
    if not recipients:
        raise PermanentFailure(f"{ticket.ref} has no mail address to answer to")
    token = make_token(randomness.token)
    signed = reply_address(channel.address, token)
    desk = Address(settings.display_name(ticket.channel), channel.address)
    names = _names(settings)
    others = () if auto else _copies(settings, copies, recipients)
    link = randomness.link if [each.key for each in (*recipients, *others)] == [proven] else ""
    link = link if holds_link(markup, bots) else ""
    markup = opened(markup, link, bots)
    text = markup if auto or plain else to_text(markup, names)
    spec = ReplySpec(
        sender=desk,
        reply_to=Address(desk.name, signed) if signed != channel.address else None,
        to=recipients,
        cc=others,
        # An automatic answer carries nothing of the sender's own words: it may be going to someone who never wrote to us.
        subject=desk.name if auto else (answered.subject if answered else "") or ticket.subject,
        text=markup if auto else closing.below(text, ticket.language),
        html=None if auto or plain else closing.below_html(to_html(markup, names), ticket.language),
        message_id=make_message_id(*key, randomness.nonce, channel.address.rpartition("@")[2]),
        in_reply_to=answered.rfc_id if answered else None,
        references=reference_chain(answered.references, answered.rfc_id) if answered else (),
        date=now,
        auto=auto,
        ticket_ref=ticket.ref,
        language=ticket.language,
        attachments=files,
        event=(
            (method(appointment), event(appointment, desk, recipients[0], now))
            if appointment is not None
            else None
        ),
    )
    mail = compose_reply(spec)
    # The signed address is the contact's own, wherever they want answers to go: they write from theirs.
    owner = contact.address if "@" in contact.address else recipients[0].key
    return Composed(mail, spec.subject, text, token if signed != channel.address else None, owner, link)


def _copies(
    settings: Settings, people: tuple[Address, ...], recipients: tuple[Address, ...]
) -> tuple[Address, ...]:
    """Participants by mail who don't get it anyway, none of them an address of the desk's own."""
    known = {each.key for each in recipients}
    return tuple(
        each
        for each in people
        if "@" in each.address and each.key not in known and settings.mail_channel_for(each.address) is None
    )


def _recipients(settings: Settings, contact: Contact, answered: Answered | None) -> tuple[Address, ...]:
    """Where the customer wants the answer (Reply-To, else From); never an address of the desk's own, which would answer itself."""
    wanted = (
        answered.answer_to if answered and answered.answer_to else (Address(contact.name, contact.address),)
    )
    return tuple(
        address
        for address in wanted
        if "@" in address.address and settings.mail_channel_for(address.address) is None
    )


def _names(settings: Settings) -> Mapping[str, str]:
    return settings.names_of_users()
