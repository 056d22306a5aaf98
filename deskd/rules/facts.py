"""What a run of the rules is told: one message or event, and the ticket, contact and hours as they stand. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, get_args

from deskd.model import Contact, Grade, Message, Priority, Status, Ticket

Event = Literal["message", "ticket", "reply", "update", "escalated", "breach", "idle"]
EVENTS: tuple[Event, ...] = get_args(Event)


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """The ticket as rules see it. A ticket about to be opened has these defaults and its channel's team."""

    status: Status = "new"
    priority: Priority = "normal"
    urgency: Grade = "medium"
    impact: Grade = "medium"
    level: int = 1
    team: str | None = None
    assignee: str | None = None
    tags: tuple[str, ...] = ()
    age: timedelta = timedelta()  # since it was opened
    idle: timedelta = timedelta()  # since anything happened to it
    messages: int = 0
    priority_set: bool = False  # someone set it outright: urgency and impact no longer decide

    @classmethod
    def of(cls, ticket: Ticket, now: datetime) -> TicketFacts:
        """A stored ticket at the moment `now`."""
        return cls(
            status=ticket.status,
            priority=ticket.priority,
            urgency=ticket.urgency,
            impact=ticket.impact,
            level=ticket.level,
            team=ticket.team,
            assignee=ticket.assignee,
            tags=ticket.tags,
            age=now - ticket.created_at,
            idle=now - ticket.updated_at,
            messages=ticket.messages,
            priority_set=ticket.priority_set,
        )


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """The customer. `tickets` counts those they had before this message."""

    address: str = ""
    domain: str = ""
    name: str = ""
    language: str | None = None
    tags: tuple[str, ...] = ()
    tickets: int = 0

    @classmethod
    def of(cls, contact: Contact) -> ContactFacts:
        """A stored contact."""
        return cls(
            address=contact.address,
            domain=contact.address.rpartition("@")[2] if "@" in contact.address else "",
            name=contact.name,
            language=contact.language,
            tags=contact.tags,
            tickets=contact.tickets,
        )


@dataclass(frozen=True, slots=True)
class Facts:
    """All that one run of the rules may look at. `hours`: a calendar's key -> is it open now; a calendar left out is unknown."""

    event: Event = "message"
    channel: str = ""
    message: Message | None = None
    new: bool = False  # the message opens the ticket
    ticket: TicketFacts = TicketFacts()
    contact: ContactFacts = ContactFacts()
    hours: Mapping[str, bool] = field(default_factory=dict)
    language: str = ""
    done: frozenset[str] = frozenset()  # rules that have fired in this time of idleness: not again
