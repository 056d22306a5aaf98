"""A small desk for tests: its settings, a ticket on it, and what the desk decides about it, read back by kind of change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from deskd.config import Settings, settings_from
from deskd.desk import desk
from deskd.desk.changes import AddEvent, Change, Queue, SetMessage, SetTicket
from deskd.desk.commands import Command, Source
from deskd.desk.state import KnownMessage, State
from deskd.model import Anchor, Contact, Ticket
from deskd.rules import RuleSet, load_rule_texts
from deskd.yamlfile import read_yaml_text

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday, ten o'clock in Rome

DESKD_YAML = """
desk:
  name: Acme Support
  prefix: ACME
  languages: [it, en, es, pt]
  timezone: Europe/Rome
  database: {database}
channels:
  support-mail:
    type: mail
    address: support@acme.example
    aliases: [help@acme.example]
    display_name: Acme Support
    team: front-desk
    smtp: {{listen: "127.0.0.1:0"}}
    send: {{host: 127.0.0.1, port: 2525, tls: none}}
  billing-mail:
    type: mail
    address: billing@acme.example
    team: accounts
    send: {{host: 127.0.0.1, port: 2525, tls: none}}
  slack: {{type: slack, app_token: xapp-test, bot_token: xoxb-test, undo: {undo}, replies: {replies}}}
agents:
  anna: {{name: Anna Rossi, slack: U0ANNA, email: anna@acme.example, languages: [it, en], skills: [billing], capacity: 8}}
  bruno: {{name: Bruno Sá, slack: U0BRUNO, email: bruno@acme.example, skills: [install]}}
  carla: {{name: Carla Ruiz, slack: U0CARLA, skills: [network, billing]}}
teams:
  front-desk: {{level: 1, slack: C0FRONT, members: [anna, bruno], lead: anna, assign: manual}}
  accounts: {{level: 1, slack: C0ACCOUNTS, members: [anna, carla], assign: least_busy}}
  specialists: {{level: 2, slack: C0SPECIAL, members: [carla], mention: S0SPEC}}
calendars:
  office: {{timezone: Europe/Rome, open: {{mon-fri: ["09:00-13:00", "14:00-18:00"]}}, closed: ["2026-12-24"]}}
"""

TICKET = Ticket(
    7, "ACME-1042", "Fattura 118", "open", "normal", "medium", "medium", "support-mail", "front-desk", 1, None, "it", 3,
    NOW - timedelta(days=1), NOW - timedelta(hours=1), messages=1,
)  # fmt: skip
MARIA = Contact(3, "Maria Rossi", "maria@cliente.example")
HOME = Anchor(11, "slack", "slack", "C0FRONT", "1700000000.000100")
SOURCE = Source("slack", "C0FRONT", "1700000000.000500", "U0ANNA", "1700000000.000100")
REPLY = KnownMessage(
    21, "out", "agent:anna", "Ciao", "Ciao", "message", "held", NOW, ("C0FRONT", "1700000000.000500"), 31, "held"
)  # fmt: skip
NOTE = KnownMessage(
    22, "note", "agent:anna", "sentito Bruno", "sentito Bruno", "message", None, NOW, ("C0FRONT", "1700000000.000500")
)  # fmt: skip

C = TypeVar("C")


def settings(
    database: str = "sqlite:///desk.db",
    undo: str = "10s",
    replies: str = "public",
    folder: Path | None = None,
) -> Settings:
    """The desk above; `folder` is where relative paths of its file begin."""
    text = DESKD_YAML.format(database=database, undo=undo, replies=replies)
    path = (folder or Path("/desk")) / "deskd.yaml"
    return settings_from(read_yaml_text(text, str(path)), {}, path)


SETTINGS = settings()


def ruleset(text: str = "rules: []", desk: Settings = SETTINGS) -> RuleSet:
    return load_rule_texts({"test.yaml": text}, desk)


def state(message: KnownMessage | None = None, *, shown: bool = True, **changes: Any) -> State:
    """The ticket above with `changes` to its fields. `shown`: it has its thread in Slack."""
    return State(
        replace(TICKET, **changes), MARIA, (HOME,) if shown else (), message, conversation_id=5, next_ref=""
    )


def ask(command: Command, at: State | None = None, desk_settings: Settings = SETTINGS) -> tuple[Change, ...]:
    """What the desk decides, now."""
    return desk(desk_settings, at or state(), command, NOW)


def of(kind: type[C], changes: Iterable[Any]) -> list[C]:
    return [change for change in changes if isinstance(change, kind)]


def ticket_values(changes: Sequence[Change]) -> dict[str, Any]:
    """What becomes of the ticket's fields, the last word on each."""
    return {name: value for change in of(SetTicket, changes) for name, value in change.values.items()}


def message_values(changes: Sequence[Change]) -> dict[str, Any]:
    return {name: value for change in of(SetMessage, changes) for name, value in change.values.items()}


def events(changes: Sequence[Change]) -> list[str]:
    return [change.type for change in of(AddEvent, changes)]


def queued(changes: Sequence[Change], kind: str) -> list[Queue]:
    return [change for change in of(Queue, changes) if change.kind == kind]


def marks(changes: Sequence[Change]) -> list[str]:
    """The reactions put on, as `+name`, and taken off, as `-name`, in order."""
    return [
        ("+" if one.payload["add"] else "-") + str(one.payload["emoji"]) for one in queued(changes, "react")
    ]


def told(changes: Sequence[Change]) -> list[str]:
    """What its author alone is told."""
    return [str(one.payload["text"]) for one in queued(changes, "ephemeral")]


def posted(changes: Sequence[Change]) -> list[str]:
    return [str(one.payload.get("text", "")) for one in queued(changes, "post")]
