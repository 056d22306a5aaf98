"""What rules see of a stored ticket and contact."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from deskd.model import Contact, Ticket
from deskd.rules import ContactFacts, TicketFacts

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def test_a_ticket_at_a_moment() -> None:
    ticket = Ticket(
        id=7,
        ref="ACME-7",
        subject="Fattura 118",
        status="pending",
        priority="low",
        urgency="high",
        impact="medium",
        channel="support-mail",
        team="front-desk",
        level=2,
        assignee="anna",
        language="it",
        contact_id=1,
        created_at=NOW - timedelta(days=5),
        updated_at=NOW - timedelta(hours=3),
        priority_set=True,
        messages=4,
        tags=("billing",),
    )
    assert TicketFacts.of(ticket, NOW) == TicketFacts(
        status="pending",
        priority="low",
        urgency="high",
        impact="medium",
        level=2,
        team="front-desk",
        assignee="anna",
        tags=("billing",),
        age=timedelta(days=5),
        idle=timedelta(hours=3),
        messages=4,
        priority_set=True,
    )


def test_contacts_of_mail_and_chat() -> None:
    maria = Contact(1, "Maria Rossi", "maria@cliente.example", "it", ("vip",), 3)
    assert ContactFacts.of(maria) == ContactFacts(
        "maria@cliente.example", "cliente.example", "Maria Rossi", "it", ("vip",), 3
    )
    assert ContactFacts.of(Contact(2, "", "telegram:42")).domain == ""
