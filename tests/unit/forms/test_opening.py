"""The form for a new ticket, and what is made of it."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.slack.modals import modal
from connectors.standins.slack.views import checked
from deskd.forms import opening
from deskd.forms.about import About, WrongField
from deskd.forms.opening import Opened
from tests.support.desk import NOW, SETTINGS


def read(**values: str) -> Opened:
    return opening.read(SETTINGS, {"text": "Chiede quando apriamo.", **values}, "V1:hash", NOW)


@pytest.mark.parametrize(
    ("typed", "address", "channel"),
    [
        ("+39 06 123.4567", "phone:+39061234567", "phone"),
        ("(06) 1234-567", "phone:061234567", "phone"),
        ("112", "phone:112", "phone"),
        ("Maria@Cliente.example", "Maria@Cliente.example", "support-mail"),
    ],
)
def test_a_number_is_a_call_and_an_address_a_mail(typed: str, address: str, channel: str) -> None:
    found = read(address=typed, name="  Maria  Rossi ")
    assert (found.message.sender.address, found.message.sender.name) == (address, "Maria Rossi")
    assert (found.channel, found.team, found.mine) == (channel, None, False)


@pytest.mark.parametrize(
    ("values", "field", "key"),
    [
        ({}, "address", "form_empty"),
        ({"address": "maria"}, "address", "wrong_address"),
        ({"address": "a@b@c"}, "address", "wrong_address"),
        ({"address": "maria@cliente.example\r\nBcc: x@y.example"}, "address", "wrong_address"),
        ({"address": "support@acme.example"}, "address", "not_a_customer"),
        ({"address": "help+x@acme.example"}, "address", "not_a_customer"),
        ({"address": "ANNA@acme.example"}, "address", "not_a_customer"),
        ({"address": "112", "text": ""}, "text", "form_empty"),
        ({"address": "112", "team": "team:gone"}, "team", "form_not_offered"),
    ],
)
def test_what_is_wrong(values: dict[str, str], field: str, key: str) -> None:
    with pytest.raises(WrongField) as wrong:
        read(**values)
    assert (wrong.value.field, wrong.value.key) == (field, key)


def test_without_a_subject_it_goes_by_its_first_words() -> None:
    assert read(address="112").message.subject == "Chiede quando apriamo."
    assert read(address="112", subject=" Orari\nnuovi ").message.subject == "Orari nuovi"


def test_one_form_sent_in_twice_is_one_message() -> None:
    assert read(address="112").message.fingerprint == read(address="112", text="edited").message.fingerprint
    other = opening.read(SETTINGS, {"text": "x", "address": "112"}, "V2:hash", NOW)
    assert other.message.fingerprint != read(address="112").message.fingerprint


@pytest.mark.parametrize("text", ["", "x" * 10_000])
def test_slack_takes_the_form(text: str) -> None:
    values: dict[str, Any] = {"name": "M" * 500, "address": "m@x.example", "text": text}
    checked(modal(opening.form(SETTINGS, About(), **values), "en"), "modal")
