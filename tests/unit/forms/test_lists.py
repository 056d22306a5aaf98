"""Tickets in lists: their order, and how many fit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connectors.slack import modals
from connectors.standins.slack.blocks import check_blocks
from deskd.forms import lists
from deskd.forms.lists import Row
from deskd.model import Place
from tests.support.desk import NOW, SETTINGS


def row(number: int, **changes: Any) -> Row:
    values: dict[str, Any] = {
        "ref": f"ACME-{number}", "subject": "Fattura " + "x" * 200, "contact": "Maria Rossi", "status": "open", "priority": "normal",
        "assignee": "anna", "team": "front-desk", "due": None, "created_at": NOW + timedelta(minutes=number), "place": Place("C1", "1.1"),
    }  # fmt: skip
    return Row(**{**values, **changes})


def refs(rows: list[Row]) -> list[str]:
    return [one.ref for one in rows]


def test_what_is_due_first_comes_first() -> None:
    rows = [
        row(1), row(2, priority="urgent"), row(3, due=NOW + timedelta(hours=5)), row(4, due=NOW - timedelta(hours=1)), row(5),
    ]  # fmt: skip
    assert refs(lists.due_first(rows)) == ["ACME-4", "ACME-3", "ACME-1", "ACME-2", "ACME-5"]


def test_a_queue_goes_by_status_and_priority() -> None:
    rows = [
        row(1, status="hold"), row(2), row(3, priority="urgent"), row(4, status="new"), row(5, status="pending"),
        row(6, priority="urgent", due=NOW),
    ]  # fmt: skip
    assert refs(lists.by_status(rows)) == ["ACME-4", "ACME-6", "ACME-3", "ACME-2", "ACME-5", "ACME-1"]


def test_an_answer_lists_some_and_counts_the_rest() -> None:
    told = lists.answer(SETTINGS, "head", [row(number) for number in range(30)])
    assert (len(told.lines), told.foot) == (lists.LISTED, "… and 10 more")
    assert lists.answer(SETTINGS, "head", [], "none").text == "none"
    check_blocks(modals.answer(told, "en")["blocks"])


@pytest.mark.parametrize(
    ("mine", "teams", "each"), [(200, 3, 200), (0, 0, 0), (200, 0, 0), (1, 12, 200), (3, 40, 5)]
)
def test_a_home_tab_holds_two_hundred_tickets_by_showing_the_first(mine: int, teams: int, each: int) -> None:
    queues = {f"team-{team}": [row(number) for number in range(each)] for team in range(teams)}
    tab = lists.home(SETTINGS, "anna", [row(number, due=NOW) for number in range(mine)], queues, NOW)
    view = modals.home(tab, "en")
    check_blocks(view["blocks"], "view")
    assert len(tab.sections) <= 1 + teams
    left = mine - len(tab.sections[0].lines)
    assert tab.sections[0].text == (
        f"… and {left} more" if left else "" if mine else "You have no open tickets."
    )


def test_the_home_tab_greets_and_offers_what_one_does_there() -> None:
    tab = lists.home(SETTINGS, "anna", [row(1, assignee="who-left")], {}, NOW)
    assert tab.text == "Good to see you, Anna."
    assert [button.label for button in tab.buttons] == ["New ticket…", "Refresh"]
    assert tab.sections[0].lines[0].assignee is None  # all of them are hers
    queue = lists.home(SETTINGS, "anna", [], {"front-desk": [row(1, assignee="who-left")]}, NOW).sections[1]
    assert (queue.lines[0].assignee, queue.lines[0].team) == ("who-left", "")
    assert lists.strangers_home(SETTINGS).sections == ()
