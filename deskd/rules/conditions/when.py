"""`when`: all conditions together, and how they nest. A new condition is a file here, a field of `When` and a row of `_CHECKS`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Final, Self

from pydantic import BeforeValidator, Field

from deskd.rules.checks import AllOf, AnyOf, Check, Not
from deskd.rules.conditions import (
    address,
    attachment,
    body,
    channel,
    contact,
    header,
    hours,
    kind,
    language,
    new,
    subject,
    text,
    ticket,
)
from deskd.rules.conditions.address import AddressSpec
from deskd.rules.conditions.attachment import AttachmentSpec
from deskd.rules.conditions.channel import ChannelSpec
from deskd.rules.conditions.contact import ContactSpec
from deskd.rules.conditions.header import HeaderSpec
from deskd.rules.conditions.hours import HoursSpec
from deskd.rules.conditions.ticket import TicketSpec
from deskd.rules.operators.choice import KindSpec
from deskd.rules.operators.text import TextSpec
from deskd.rules.spec import OneOrMore, Spec
from deskd.rules.view import View
from deskd.rules.workshop import Workshop


class When(Spec):
    """Conditions, all of which must hold. `any` and `all` take lists of such maps, `not` one or a list of which none may hold."""

    EXPECTED: ClassVar[str] = "a map of conditions"

    channel: ChannelSpec | None = Field(None, description="The channel the message came on.")
    from_: AddressSpec | None = Field(None, alias="from", description="Who wrote.")
    to: AddressSpec | None = Field(None, description="One of those it was sent to.")
    cc: AddressSpec | None = Field(None, description="One of those who got a copy.")
    subject: TextSpec | None = Field(None, description="The subject line.")
    text: TextSpec | None = Field(
        None, description="What the person newly wrote, without quotes and signature."
    )
    body: TextSpec | None = Field(None, description="All of the text.")
    header: HeaderSpec | None = Field(None, min_length=1, description="Headers by name.")
    language: TextSpec | None = Field(None, description="The language, as two letters.")
    kind: KindSpec | None = Field(None, description="message, auto_reply, bounce, complaint or bulk.")
    attachment: AttachmentSpec | None = Field(None, description="What it brings along.")
    contact: ContactSpec | None = Field(None, description="The customer.")
    ticket: TicketSpec | None = Field(None, description="The ticket as it stands.")
    hours: HoursSpec | None = Field(None, min_length=1, description="Calendars by name: open or closed now.")
    new: bool | None = Field(None, description="Did the message open the ticket?")
    all: list[Self] = Field([], min_length=1, description="All of these must hold.")
    any: list[Self] = Field([], min_length=1, description="One of these must hold.")
    not_: Annotated[
        list[Self], OneOrMore(), BeforeValidator(lambda value: [value] if isinstance(value, dict) else value)
    ] = Field([], min_length=1, alias="not", description="None of these may hold.")


# Quick ones first: a rule that doesn't apply is left at its first condition that fails.
_CHECKS: Final[tuple[tuple[str, Callable[[Any, Workshop], Check[View]]], ...]] = (
    ("new", new.check),
    ("kind", kind.check),
    ("channel", channel.check),
    ("hours", hours.check),
    ("language", language.check),
    ("ticket", ticket.check),
    ("contact", contact.check),
    ("from_", address.check_from),
    ("to", address.check_to),
    ("cc", address.check_cc),
    ("subject", subject.check),
    ("attachment", attachment.check),
    ("header", header.check),
    ("text", text.check),
    ("body", body.check),
)


def when_check(when: When, shop: Workshop) -> Check[View]:
    """The check of a whole `when`, or of a map nested in one."""
    checks = [
        build(getattr(when, field), shop) for field, build in _CHECKS if getattr(when, field) is not None
    ]
    checks += [when_check(inner, shop) for inner in when.all]
    if when.any:
        checks.append(AnyOf(tuple(when_check(inner, shop) for inner in when.any)))
    if when.not_:
        checks.append(Not(AnyOf(tuple(when_check(inner, shop) for inner in when.not_))))
    return checks[0] if len(checks) == 1 else AllOf(tuple(checks))
