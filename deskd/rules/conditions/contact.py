"""`contact`: the customer, as the desk knows them: `tags`, `address`, `domain`, `language`, `name`, `tickets`."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field

from deskd.rules.checks import AllOf, Check, Not
from deskd.rules.operators.number import NumberSpec, amount_check
from deskd.rules.operators.text import TextSpec, text_check
from deskd.rules.spec import Spec
from deskd.rules.text import Text
from deskd.rules.view import View
from deskd.rules.workshop import Workshop


class ContactSpec(Spec):
    """The customer."""

    EXPECTED: ClassVar[str] = "a map of tags, address, domain, name, language, tickets"

    tags: TextSpec | None = Field(None, description="A tag they have; a list: any of them.")
    address: TextSpec | None = Field(None, description="Their address.")
    domain: TextSpec | None = Field(None, description="What follows the @ in it.")
    name: TextSpec | None = Field(None, description="Their name.")
    language: TextSpec | None = Field(None, description="The language kept for them.")
    tickets: NumberSpec | None = Field(None, description="How many tickets they had before this message.")
    not_: Self | None = Field(None, alias="not", description="What must not hold.")


def _tags(view: View) -> tuple[Text, ...]:
    return tuple(map(Text, view.state.contact.tags))


def _field(name: str, view: View) -> tuple[Text, ...]:
    value = getattr(view.state.contact, name)
    return view.text(f"contact {name}", value) if value else ()


def check(spec: ContactSpec, shop: Workshop) -> Check[View]:
    checks: list[Check[View]] = []
    if spec.tags is not None:
        checks.append(text_check(spec.tags, "contact tag", _tags))
    if spec.address is not None:
        checks.append(text_check(spec.address, "contact address", lambda view: _field("address", view)))
    if spec.domain is not None:
        checks.append(text_check(spec.domain, "contact domain", lambda view: _field("domain", view)))
    if spec.name is not None:
        checks.append(text_check(spec.name, "contact name", lambda view: _field("name", view)))
    if spec.language is not None:
        checks.append(text_check(spec.language, "contact language", lambda view: _field("language", view)))
    if spec.tickets is not None:
        checks.append(
            amount_check(spec.tickets, "contact tickets", lambda view: (view.state.contact.tickets,), str)
        )
    if spec.not_ is not None:
        checks.append(Not(check(spec.not_, shop)))
    return AllOf(tuple(checks))
