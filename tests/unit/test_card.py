"""What a ticket's card shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from deskd.compose.card import card_view
from deskd.gestures import Wanted, find
from deskd.model import Contact, Gesture
from tests.support.desk import MARIA, NOW, SETTINGS, TICKET

FORMS = ["assign", "escalate", "reply_with"]


def test_a_card_shows_the_ticket_as_it_stands() -> None:
    ticket = replace(
        TICKET, assignee="anna", tags=("billing", "vip"), due_at=NOW, warned="its sender isn't proven"
    )
    view = card_view(SETTINGS, ticket, MARIA)
    assert (view.ref, view.subject, view.channel, view.status) == (
        "ACME-1042",
        "Fattura 118",
        "support-mail",
        "open",
    )
    assert (view.priority, view.level, view.team, view.assignee) == ("normal", 1, "front-desk", "Anna Rossi")
    assert (view.tags, view.due, view.warning) == (("billing", "vip"), NOW, "its sender isn't proven")
    assert view.contact == "Maria Rossi <maria@cliente.example>"


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        (MARIA, "Maria Rossi <maria@cliente.example>"),
        (Contact(3, "", "maria@cliente.example"), "maria@cliente.example"),
        (Contact(3, "Maria", "telegram:99"), "Maria <telegram:99>"),
        (None, ""),
    ],
)
def test_the_contact(contact: Contact | None, shown: str) -> None:
    assert card_view(SETTINGS, TICKET, contact).contact == shown


@pytest.mark.parametrize(
    ("assignee", "shown"),
    [(None, ""), ("bruno", "Bruno Sá"), ("who-left", "who-left")],  # an agent who is no longer in the file
)
def test_the_assignee(assignee: str | None, shown: str) -> None:
    assert card_view(SETTINGS, replace(TICKET, assignee=assignee), MARIA).assignee == shown


@pytest.mark.parametrize(
    ("status", "buttons"),
    [
        ("new", ["claim", *FORMS, "resolve"]),
        ("open", ["claim", *FORMS, "resolve"]),
        ("pending", ["claim", *FORMS, "resolve"]),
        ("hold", ["claim", *FORMS, "resolve"]),
        ("resolved", []),  # there is nothing left to claim or resolve
        ("closed", []),
        ("spam", []),
    ],
)
def test_the_buttons(status: Any, buttons: list[str]) -> None:
    view = card_view(SETTINGS, replace(TICKET, status=status), MARIA)
    assert [button.action for button in view.buttons] == buttons
    assert all(button.value == "ACME-1042" for button in view.buttons)


@pytest.mark.parametrize(
    ("status", "assignee", "style"),
    [("new", None, "primary"), ("new", "anna", "primary"), ("open", None, "primary"), ("open", "anna", "")],
)
def test_a_claim_is_what_a_free_ticket_waits_for(status: Any, assignee: str | None, style: str) -> None:
    card = card_view(SETTINGS, replace(TICKET, status=status, assignee=assignee), MARIA)
    assert (card.buttons[0].action, card.buttons[0].style) == ("claim", style)


def test_the_buttons_are_named_as_the_interface_names_them() -> None:
    view = card_view(SETTINGS, TICKET, MARIA)
    assert [button.label for button in view.buttons] == [
        "Claim",
        "Assign…",
        "Escalate…",
        "Reply with…",
        "Resolve",
    ]
    assert [choice.label for choice in view.menu] == [
        "Note…", "Pending", "Pending until…", "Hold", "Hold because…", "Priority…", "Tags…", "Merge…", "Split…",
        "History", "Show all", "Not a request", "Spam",
    ]  # fmt: skip


def test_each_choice_of_the_menu_leads_somewhere() -> None:
    for status in ("open", "resolved", "hold"):
        for choice in card_view(SETTINGS, replace(TICKET, status=status), MARIA).menu:
            press = Gesture("press", "U0ANNA", "C0FRONT", "1.1", name=choice.action, value=choice.value)
            assert find(press, {"U0ANNA": "anna"}, SETTINGS) == Wanted(ref="ACME-1042")


def test_the_labels_are_in_the_agents_language() -> None:
    italian = replace(SETTINGS, desk=SETTINGS.desk.model_copy(update={"agent_language": "it"}))
    english, translated = (card_view(desk, TICKET, MARIA) for desk in (SETTINGS, italian))
    assert translated.language == "it"
    assert {button.label for button in english.buttons}.isdisjoint(
        button.label for button in translated.buttons
    )
