"""A desk, a message, and ways to ask rules about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from deskd.model import Address, Attachment, Message
from deskd.rules import Facts, RuleSet, load_rule_texts


@dataclass(frozen=True)
class Desk:
    """What rules need of `deskd.config.Settings`."""

    teams: dict[str, Any] = field(default_factory=dict)
    agents: dict[str, Any] = field(default_factory=dict)
    channels: dict[str, Any] = field(default_factory=dict)
    calendars: dict[str, Any] = field(default_factory=dict)
    templates: dict[str, Any] = field(default_factory=dict)


DESK = Desk(
    teams={
        "front-desk": SimpleNamespace(level=1, escalates_to="specialists", members=("anna", "bruno")),
        "specialists": SimpleNamespace(level=2, escalates_to=None, members=("carla",)),
        "vendor": SimpleNamespace(level=3, escalates_to=None, members=()),
    },
    agents={"anna": None, "bruno": None, "carla": None},
    channels={
        "support-mail": SimpleNamespace(team="front-desk"),
        "telegram": SimpleNamespace(team="front-desk"),
    },
    calendars={"office": None},
    templates={"welcome": {"en": "Hello"}},
)


def rules_of(text: str, settings: Any = None) -> RuleSet:
    return load_rule_texts({"rules.yaml": text}, settings)


def rule_when(when: str) -> RuleSet:
    """One rule named `it`, with the condition given in YAML's flow style."""
    return rules_of(f"rules: [{{name: it, when: {when}, then: [{{tag: yes}}]}}]")


MESSAGE = Message(
    sender=Address("Maria Rossi", "Maria@Cliente.example"),
    to=(Address("Acme Support", "support@acme.example"), Address("", "sales@acme.example")),
    cc=(Address("Luca Bianchi", "luca@cliente.example"),),
    subject="Fattura 118: il totale non torna",
    text="Buongiorno,\nperché la fattura è più cara? Vorrei il RIMBORSO.\nGrazie",
    body="Buongiorno,\nperché la fattura è più cara? Vorrei il RIMBORSO.\nGrazie\n> Ecco la fattura di maggio",
    language="it",
    attachments=(
        Attachment("fattura.xml", "application/xml", 12_000, sha256=""),
        Attachment("foto.JPG", "image/jpeg", 3_000_000, sha256=""),
    ),
    headers=(
        ("X-Origin", "web"),
        ("List-Id", "<news.example>"),
        ("Received", "from a"),
        ("Received", "from b"),
    ),
)


def facts(**changes: Any) -> Facts:
    """The facts of `MESSAGE` opening a ticket on support-mail."""
    given: dict[str, Any] = {
        "channel": "support-mail",
        "message": MESSAGE,
        "new": True,
        "language": "it",
    } | changes
    return Facts(**given)
