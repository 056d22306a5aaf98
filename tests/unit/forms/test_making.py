"""What each form asks, and what stands in it at first."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connectors.slack.modals import modal
from connectors.standins.slack.blocks import check_blocks
from connectors.standins.slack.views import checked
from deskd import words
from deskd.forms import making
from deskd.forms.about import About, unpacked
from deskd.handoff import Said
from deskd.model import Ticket
from deskd.model.panels import Form
from deskd.shelf.article import Piece
from tests.support.desk import MARIA, NOW, SETTINGS, TICKET, settings

ABOUT = About("ACME-1042", "C0FRONT", "1700000000.000100")
PIECES = [Piece("refund", "Refund", {"it": "…"}, ("billing",)), Piece("hello", "Hello", {"": "…"})]


def asked(language: str = "en", **changes: Any) -> making.Asked:
    own = replace(SETTINGS, desk=SETTINGS.desk.model_copy(update={"agent_language": language}))
    ticket: Ticket = replace(TICKET, **changes)
    parts = [
        (number, Said("in", "contact:x", NOW + timedelta(hours=number), f"Terza {number}"))
        for number in (22, 23)
    ]
    return making.Asked(own, ticket, MARIA, ABOUT, PIECES, 1, parts)


def field(form: Form, name: str) -> Any:
    return next(one for one in form.fields if one.name == name)


@pytest.mark.parametrize("language", words.TEXTS)
@pytest.mark.parametrize("name", making.FORMS)
def test_slack_takes_each_form_in_each_language(name: str, language: str) -> None:
    form = making.form(name, asked(language))
    drawn = modal(form, language)
    checked(drawn, "modal")
    check_blocks(drawn["blocks"], "view")
    assert len(form.title) <= 24
    assert len(form.submit) <= 24
    assert unpacked(drawn["private_metadata"]) == ABOUT
    assert drawn["submit"]["text"] == form.submit


@pytest.mark.parametrize("name", making.FORMS)
def test_a_form_says_which_ticket_it_is_about(name: str) -> None:
    assert making.form(name, asked()).lead == "ACME-1042 · Fattura 118 · Maria Rossi"


def test_to_assign_one_chooses_a_team_or_a_person() -> None:
    choices = field(making.form("assign", asked()), "to").choices
    assert [choice.value for choice in choices] == [
        "team:front-desk", "team:accounts", "team:specialists", "agent:anna", "agent:bruno", "agent:carla",
    ]  # fmt: skip
    assert {choice.group for choice in choices} == {"Teams", "People"}


def test_up_go_only_those_who_stand_higher_or_beside() -> None:
    values = [choice.value for choice in field(making.form("escalate", asked()), "to").choices]
    assert values[:2] == ["next", "level:L2"]
    assert "team:front-desk" not in values  # where it is already
    higher = [
        choice.value
        for choice in field(making.form("escalate", asked(level=2, team="specialists")), "to").choices
    ]
    assert higher == ["next", "agent:carla"]


@pytest.mark.parametrize(
    ("language", "urgent", "weighty"), [("it", "alta", "alto"), ("pt", "média", "médio")]
)
def test_an_urgency_is_feminine_and_an_impact_masculine(language: str, urgent: str, weighty: str) -> None:
    form = making.form("priority", asked(language))
    assert urgent in [choice.label for choice in field(form, "urgency").choices]
    assert weighty in [choice.label for choice in field(form, "impact").choices]


def test_the_ticket_as_it_stands_is_filled_in() -> None:
    form = making.form("priority", asked(priority="high", impact="low"))
    assert [one.value for one in form.fields] == ["high", "medium", "low"]
    assert making.form("tags", asked(tags=("billing", "vip"))).fields[0].value == "billing, vip"


def test_canned_replies_that_fit_come_first_and_apart() -> None:
    piece = field(making.form("reply", asked()), "piece")
    assert [(choice.value, choice.group) for choice in piece.choices] == [
        ("refund", "For this ticket"),
        ("hello", "All others"),
    ]
    assert piece.live
    assert not [
        one for one in making.form("reply", replace(asked(), pieces=())).fields if one.name == "piece"
    ]


def test_a_chosen_text_takes_the_place_of_what_stood_there() -> None:
    """Slack keeps what was typed in a block of the same id, whatever its initial value."""
    before, after = (
        modal(making.reply(asked(), name, f"text of {name}"), "en") for name in ("refund", "hello")
    )
    ids = [
        [block["block_id"] for block in drawn["blocks"] if "text" in str(block.get("block_id"))]
        for drawn in (before, after)
    ]
    assert ids[0] != ids[1]
    assert "text of hello" in json.dumps(after)


@pytest.mark.parametrize(("undo", "hint"), [("10s", "after 10 seconds"), ("0s", "It goes at once.")])
def test_a_reply_says_how_long_it_is_held(undo: str, hint: str) -> None:
    form = making.reply(replace(asked(), settings=settings(undo=undo)))
    assert hint in field(form, "text").hint


def test_to_who_called_nothing_can_be_sent() -> None:
    assert "stays inside" in field(making.form("reply", asked(channel="phone")), "text").hint


def test_of_many_messages_the_last_is_chosen_at_first() -> None:
    parts = field(making.form("split", asked()), "from")
    assert (parts.value, [choice.value for choice in parts.choices]) == ("23", ["22", "23"])
    assert parts.choices[0].label.endswith("Terza 22")
