"""Whether a text to a customer may hold the link by which they go on in Telegram as who they are: `{{ telegram_link }}` of templates and canned replies.

Only whoever the answered mail was proven to come from may get it, and alone. Asked in the unit of work in which the text is made; where the mail goes
is looked at once more when it is made (`deskd.compose.answer`), which is where the token comes in.
"""

from __future__ import annotations

from deskd.compose.bot_link import masked
from deskd.config import MailChannel, Settings
from deskd.model import AuthVerdict, Message, Ticket
from deskd.store import Work, joined, linking, positions


def to_writer(
    work: Work,
    settings: Settings,
    message: Message,
    auth: AuthVerdict,
    contact_id: int,
    ticket: Ticket | None,
) -> str:
    """In an automatic answer to a mail that is being filed: the link with its token masked; "" where it may not stand."""
    theirs = ticket is None or ticket.contact_id == contact_id
    asked = all(each.key == message.sender.key for each in message.reply_to)
    return _link(work, settings) if auth.result == "pass" and theirs and asked else ""


def to_contact(work: Work, settings: Settings, ticket: Ticket, *, copied: bool = False) -> str:
    """In an answer to a ticket's last mail. `copied`: who else takes part in the ticket gets it too."""
    if not isinstance(settings.channels.get(ticket.channel), MailChannel) or not settings.telegram_channels():
        return ""
    if copied and joined.accepted(work, ticket.id):
        return ""
    return _link(work, settings) if linking.proven(work, ticket) else ""


def _link(work: Work, settings: Settings) -> str:
    """To the first of the desk's bots whose name is known."""
    return next((masked(name) for name in positions.bots(work, settings.telegram_channels())), "")
