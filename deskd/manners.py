"""Manners: what keeps programs from writing to one another for ever, also where no header says that one is writing (RFC 3834, RFC 5321 6.3).

Asked while a mail is filed, in its unit of work.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Literal

from deskd import rules
from deskd.compose.ids import check_message_id
from deskd.config import Settings
from deskd.errors import MalformedMessage
from deskd.filed import Understood
from deskd.model import AuthVerdict, Envelope, Message
from deskd.store import Work, answers, keys
from deskd.threads import Clues

MOST_HOPS: Final = 50
"""Received lines: more is a mail that goes round (RFC 5321 6.3). Over SMTP it is refused; by other ways it is in the mailbox already."""
A_DAY: Final = timedelta(days=1)
_ALERT: Final = re.compile(r"deskd\.alert\.[0-9a-z]+@(\S+)")

Spent = Literal["", "now", "before"]
"""Whether a contact has had all the automatic answers of a day: no; yes, and the admins don't know yet; yes, and they do."""


def check_hops(message: Message) -> None:
    """Raises `MalformedMessage` for a mail that went round."""
    hops = sum(name.lower() == "received" for name, _ in message.headers)
    if hops > MOST_HOPS:
        raise MalformedMessage(f"it is in a loop: it went through {hops} servers")


def as_written(settings: Settings, found: Understood, envelope: Envelope) -> Understood:
    """A form on a web site writes from the desk's own address and has whoever filled it in under Reply-To: they are its sender.

    From outside only where it is proven to be the desk's own; else anybody could so write in anybody's name, past what proves theirs. Nothing proves that
    it is them, so what proves the desk's address says nothing for theirs.
    """
    message, auth = found.message, found.auth
    if not is_own(settings, message) or not message.reply_to or _owned(settings, message.reply_to[0].address):
        return found
    if auth.result == "fail" or (envelope.from_outside and auth.result != "pass"):
        return found
    nobodys = AuthVerdict("none", "a form of the desk's own says who wrote it")
    return replace(found, message=replace(message, sender=message.reply_to[0]), auth=nobodys)


def is_own(settings: Settings, message: Message) -> bool:
    """Whether its From is one of the desk's own addresses: an answer would come back to the desk."""
    return _owned(settings, message.sender.address)


def turned_away(work: Work, settings: Settings, message: Message, known: Clues) -> str:
    """Why a mail makes no ticket; "" where it may."""
    if is_own(settings, message) and message.message_id and _is_ours(work, settings, message.message_id):
        return "a mail of the desk's own came back to it"
    if message.kind in ("bounce", "auto_reply") and not known.tickets:
        named = (*message.in_reply_to, *message.references)
        if any(_is_alert(settings, rfc_id) for rfc_id in named):
            return "an automatic answer to an alert of the desk's own"
    return ""


def _owned(settings: Settings, address: str) -> bool:
    return settings.mail_channel_for(address) is not None


def _is_ours(work: Work, settings: Settings, rfc_id: str) -> bool:
    return _is_alert(settings, rfc_id) or check_message_id(rfc_id, keys.verifying(work))


def _is_alert(settings: Settings, rfc_id: str) -> bool:
    found = _ALERT.fullmatch(rfc_id.strip().casefold())
    domains = {
        address.rpartition("@")[2].casefold()
        for channel in settings.mail_channels().values()
        for address in channel.addresses
    }
    return found is not None and found[1] in domains


# ── a budget of automatic answers ────────────────────────────────────────────────────────────────────────────────────


def wanted(verdict: rules.Verdict) -> Sequence[str]:
    """The templates that rules would send."""
    return [act.value.template for act in verdict.actions if isinstance(act.value, rules.Reply)]


def spent(work: Work, settings: Settings, contact_id: int, verdict: rules.Verdict, now: datetime) -> Spent:
    """A program that answers without saying so has a day's answers and no more, by whatever rules and templates."""
    if not wanted(verdict):
        return ""
    count, told = answers.in_a_row(work, contact_id, now - A_DAY)
    if count < settings.desk.answer_limit:
        return ""
    return "before" if told else "now"


def remember(work: Work, contact_id: int, sent: int, spent: Spent, now: datetime) -> None:
    """Counts what went, and that the admins were told."""
    if sent:
        answers.count(work, contact_id, sent, now, now - A_DAY)
    if spent == "now":
        answers.told(work, contact_id, now)
