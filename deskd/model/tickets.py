"""What the desk holds: contacts, tickets, where they are shown, why something was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from deskd.model.terms import Grade, Priority, Status, Surface, TaskKind, Waiting


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer: one person, several addresses."""

    id: int
    name: str
    address: str  # the one they wrote from: maria@cliente.example, telegram:ID, slack:ID
    language: str | None = None
    tags: tuple[str, ...] = ()
    tickets: int = 0
    undelivered: str = ""  # why the last mail to that address came back; "" since they wrote from it again


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket's own fields. `id` is the store's; `ref` (ACME-1042) is what people see."""

    id: int
    ref: str
    subject: str
    status: Status
    priority: Priority
    urgency: Grade
    impact: Grade
    channel: str
    team: str | None
    level: int
    assignee: str | None
    language: str
    contact_id: int
    created_at: datetime
    updated_at: datetime
    priority_set: bool = False  # someone set it outright: urgency and impact no longer decide
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    pending_until: datetime | None = None
    due_at: datetime | None = None
    messages: int = 0
    escalations: int = 0
    tags: tuple[str, ...] = ()
    merged_into: int | None = None
    warned: str = ""  # why its sender isn't proven; "" when there is nothing to warn of
    quarantined: bool = False  # a placeholder for a message that could not be read
    waiting: Waiting = ""
    skills: tuple[str, ...] = ()  # what a rule wants its agent to know
    handed_at: datetime | None = (
        None  # since when a handoff waits for the taking team's word; None: none does
    )


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a ticket is shown to agents. `thread` is None until its card was posted."""

    id: int
    surface: Surface
    account: str  # the Slack channel's key in deskd.yaml
    channel: str  # C0FRONT, or a Telegram group: -1001234567890
    thread: str | None
    role: Literal["home", "guest"] = "home"
    card: str | None = None  # the card's own id, where the thread isn't named by it

    @property
    def link(self) -> str:
        """Leads a person there."""
        return link_to(self.channel, self.thread or "")


def surface_of(place: str) -> Surface:
    """Where agents read: a Telegram group's id is below zero, a Slack channel's begins with a letter (or # before its name)."""
    return "telegram" if place.startswith("-") else "slack"


def link_to(channel: str, thread: str) -> str:
    """What leads a person to a thread, of Slack or of Telegram."""
    if surface_of(channel) == "telegram":
        return f"https://t.me/c/{channel.removeprefix('-100')}/{thread}"
    return f"https://slack.com/archives/{channel}/p{thread.replace('.', '')}"


@dataclass(frozen=True, slots=True)
class RuleFired:
    name: str
    because: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which team and agent, and why. Without an agent: why it waits, and when somebody may come who could have it."""

    team: str | None
    agent: str | None
    because: str
    waiting: Waiting = ""
    again: datetime | None = None
    skills: tuple[str, ...] = ()  # what was asked for


@dataclass(frozen=True, slots=True)
class Joining:
    """What threads decided: the ticket a message joins (None: it opens one), what it is linked to, and why."""

    ticket: int | None
    because: str
    link: int | None = None  # opens a new ticket, linked to this one
    warn: str = ""  # shown on the card
    duplicate_of: int | None = None  # a message id
    agent: str | None = None  # the roster agent who writes by mail
    absorb: tuple[
        int, ...
    ] = ()  # tickets that turn out to be this one: their mails answer this message, and came before it


@dataclass(frozen=True, slots=True)
class Task:
    """What an agent promised to do at a certain time: a call back, or a visit. `place`: the number, or where."""

    id: int
    kind: TaskKind
    at: datetime
    place: str
    actor: str
    created_at: datetime
    reminded_at: datetime | None = None
    done_at: datetime | None = None
    outcome: Literal["done", "cancelled"] | None = None
    invited: int = 0  # how many invitations, and changes of them, went to the customer

    @property
    def key(self) -> str:
        """What it is called within its ticket: it has no id before it is kept."""
        return f"{self.kind}@{self.at.isoformat()}"
