"""Whole messages, page by page."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from connectors.slack.modals import modal
from connectors.standins.slack.views import checked
from deskd.forms import pages
from deskd.handoff import Said
from tests.support.desk import NOW, SETTINGS, TICKET


def said(text: str) -> Said:
    return Said("in", "contact:maria@cliente.example", NOW, text)


def test_a_short_one_is_one_page_under_who_wrote_it_and_when() -> None:
    page = pages.page(SETTINGS, TICKET, [said("Ciao\n> citazione")], "22")
    assert page.text == "← maria@cliente.example, 2026-11-23 10:00\nCiao\n> citazione"
    assert (page.title, page.submit, page.buttons) == ("The whole message", "", ())


@given(st.text(max_size=200), st.integers(0, 400))
def test_page_after_page_nothing_is_lost(line: str, times: int) -> None:
    text = "\n".join([line] * times)
    found, part = "", 0
    while True:
        page = pages.page(SETTINGS, TICKET, [said(text)], "22", part)
        found += page.text
        if not page.buttons:
            break
        assert page.buttons[0].value == f"22:{part + 1}"
        part += 1
    assert found == pages.whole(SETTINGS, [said(text)], SETTINGS.desk.timezone)


def test_whatever_stands_in_it_slack_takes_a_page() -> None:
    for text in (
        "😀" * 100_000,
        "<>&" * 100_000,
        "\x00\x01\ud800" * 50_000,
        "https://acme.example/x " * 10_000,
        "",
    ):
        page = pages.page(SETTINGS, TICKET, [said(text)], "22")
        checked(modal(page, "en"), "modal")


def test_a_customers_name_stands_beside_their_address() -> None:
    forged = Said("in", "contact:eve@evil.example", NOW, "x", name="Anna Rossi")
    page = pages.page(SETTINGS, TICKET, [forged], "22")
    assert page.text.startswith("← Anna Rossi <eve@evil.example>, ")


def test_a_page_that_isnt_there_is_the_last_one() -> None:
    page = pages.page(SETTINGS, TICKET, [said("x\n" * 30_000)], "ACME-1042", 99)
    assert page.buttons == ()
    assert json.loads(page.about) == {"ref": "ACME-1042"}
