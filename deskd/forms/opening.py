"""The form for a new ticket: a call that an agent took, or a message that is about something else. Pure: values in, the form or a message out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from deskd import words
from deskd.config import Settings
from deskd.desk.answering import PHONE
from deskd.forms.about import About, WrongField
from deskd.model import Address, Message
from deskd.model.panels import Choice, Field, Form
from deskd.parse.language import detect

NEW: Final = "new"
_BY_RULES: Final = "rules"
_NUMBER: Final = re.compile(r"\+?[\d ()./-]{3,40}")
_ADDRESS: Final = re.compile(r"[^\s@<>\"',;:]{1,64}@[^\s@<>\"',;:]{1,255}")
_MOST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Opened:
    """What was filled in: the message that opens the ticket, the channel it counts as having come by, and who takes it."""

    message: Message
    channel: str
    team: str | None  # None: as the rules say
    mine: bool


def form(settings: Settings, about: About, name: str = "", address: str = "", text: str = "") -> Form:
    """With what is known of the customer and of the matter already."""
    language = settings.desk.agent_language

    def say(key: str) -> str:
        return words.say(language, key)

    teams = tuple(Choice(f"team:{key}", key) for key in settings.teams)
    return Form(
        NEW,
        say("new_title"),
        about.packed(),
        say("new_open"),
        say("form_cancel"),
        fields=(
            Field("name", say("new_name"), "text", name, optional=True, most=_MOST_NAME),
            Field("address", say("new_address"), "text", address, hint=say("new_address_hint"), most=300),
            Field("subject", say("new_subject"), "text", optional=True, most=300),
            Field("text", say("new_text"), "long", text[:3_000]),
            Field(
                "team", say("new_team"), "one", _BY_RULES, (Choice(_BY_RULES, say("new_by_rules")), *teams)
            ),
            Field(
                "assignee",
                say("new_assignee"),
                "one",
                "whoever",
                (Choice("whoever", say("new_whoever")), Choice("mine", say("new_mine"))),
            ),
        ),
    )


def read(settings: Settings, values: Mapping[str, str], showing: str, now: datetime) -> Opened:
    """`showing`: which showing of the form it was; sent in twice it is one message. Raises `WrongField`."""
    address, channel = _way(settings, values.get("address", ""))
    text = values.get("text", "")
    if not text:
        raise WrongField("text", "form_empty")
    kind, _, team = values.get("team", "").partition(":")
    if kind == "team" and team not in settings.teams:
        raise WrongField("team", "form_not_offered")
    message = Message(
        sender=Address(" ".join(values.get("name", "").split())[:_MOST_NAME], address),
        subject=" ".join(values.get("subject", "").split())[:300] or words.start_of(text),
        date=now,
        language=detect(text, settings.desk.languages),
        text=text,
        body=text,
        fingerprint=hashlib.sha256(f"form:{showing}".encode()).hexdigest(),
    )
    return Opened(message, channel, team if kind == "team" else None, values.get("assignee") == "mine")


def _way(settings: Settings, typed: str) -> tuple[str, str]:
    """The customer's address as the desk keeps it, and the channel it belongs to."""
    if not typed:
        raise WrongField("address", "form_empty")
    if _NUMBER.fullmatch(typed) and any(character.isdigit() for character in typed):
        return f"phone:{re.sub(r'[^0-9+]', '', typed)}", PHONE
    if not _ADDRESS.fullmatch(typed):
        raise WrongField("address", "wrong_address", found=typed[:80])
    if settings.mail_channel_for(typed) is not None or settings.agent_by_email(typed) is not None:
        raise WrongField("address", "not_a_customer", found=typed[:80])
    mail = settings.first_mail_channel
    if mail is None:
        raise WrongField("address", "no_mail_channel")
    return typed, mail
