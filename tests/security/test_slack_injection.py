"""Slack injection (PostHog #95054, xagent #1050, turnstone #935): what a customer writes calls nobody, disguises no link and
formats nothing, wherever it comes to stand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.slack import blocks, modals
from connectors.slack.escape import escape
from connectors.standins.slack.blocks import check_blocks
from connectors.standins.slack.views import checked
from deskd.compose.mrkdwn import mentions, to_html, to_text
from deskd.model import Button, CardView, Place, Post
from deskd.model.panels import Answer, Choice, Field, Form, Home, Line, Section
from tests.support.desk import NOW

HOSTILE = "<!channel> <!here> <@U1> <!subteam^S1> <https://evil|https://bank> &lt;!channel&gt;"


def parsed_by_slack(found: Any) -> list[str]:
    """Every text that stands in a mrkdwn object, and every element that calls somebody."""
    if isinstance(found, list):
        return [text for one in found for text in parsed_by_slack(one)]
    if not isinstance(found, dict):
        return []
    own = [str(found["text"])] if found.get("type") == "mrkdwn" else []
    own += [str(found)] if found.get("type") in ("user", "usergroup", "broadcast", "channel") else []
    return own + [text for one in found.values() for text in parsed_by_slack(one)]


def links(found: Any) -> list[tuple[str, str]]:
    if isinstance(found, list):
        return [link for one in found for link in links(one)]
    if not isinstance(found, dict):
        return []
    own = [(found["url"], found["text"])] if found.get("type") == "link" else []
    return own + [link for one in found.values() for link in links(one)]


@pytest.mark.parametrize("field", ["subject", "contact", "channel", "team", "assignee", "warning", "ref"])
def test_on_a_card(field: str) -> None:
    values: dict[str, Any] = {
        "ref": "ACME-1", "subject": "x", "contact": "x", "channel": "x", "status": "new", "priority": "low", "level": 1,
        "team": "x", "assignee": "x", "tags": (HOSTILE,),
    }  # fmt: skip
    drawn = blocks.card(CardView(**{**values, field: HOSTILE}))
    assert all("<" not in text for text in parsed_by_slack(drawn))
    assert links(drawn) == []


def test_in_a_post_its_author_and_its_files_names() -> None:
    drawn = blocks.post(Post(Place("C1"), HOSTILE, HOSTILE, attachments=(HOSTILE,)), "en", 9000, named=True)
    assert parsed_by_slack(drawn) == []
    assert all(url == label for url, label in links(drawn)), "a link's label is where it leads"


def test_in_the_fallback_text() -> None:
    assert escape(HOSTILE) == (
        "&lt;!channel&gt; &lt;!here&gt; &lt;@U1&gt; &lt;!subteam^S1&gt; &lt;https://evil|https://bank&gt; &amp;lt;!channel&amp;gt;"
    )


def test_quoted_back_by_an_agent_it_is_what_the_customer_wrote() -> None:
    assert to_text(escape(HOSTILE), {}) == HOSTILE
    assert mentions(escape(HOSTILE)) == ()
    assert "<a " not in to_html(escape(HOSTILE), {})


def test_in_a_list_of_tickets_and_on_the_home_tab() -> None:
    line = Line(HOSTILE, HOSTILE, HOSTILE, "new", "urgent", HOSTILE, HOSTILE, NOW, Place("C1", "1.1"))
    section = Section(HOSTILE, (line,), HOSTILE)
    assert "<" not in modals.answer(Answer(HOSTILE, (line,), HOSTILE), "en")["text"]
    for drawn in (
        modals.answer(Answer(HOSTILE, (line,), HOSTILE), "en")["blocks"],
        modals.home(Home(HOSTILE, HOSTILE, (section,)), "en")["blocks"],
    ):
        assert parsed_by_slack(drawn) == []
        assert {(url, label) for url, label in links(drawn) if url != label} == {
            ("https://slack.com/archives/C1/p11", HOSTILE)
        }, "only the reference is a link with a name of its own, and the desk gives that"


def test_in_a_form_and_on_a_page() -> None:
    choices = (Choice("x", HOSTILE, HOSTILE),)
    fields = (
        Field("a", HOSTILE, "one", "x", choices, HOSTILE, HOSTILE),
        Field("b", HOSTILE, "long", HOSTILE),
    )
    form = Form(
        "note", HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, fields, HOSTILE, (Button("x", HOSTILE, "x"),)
    )
    drawn = modals.modal(form, "en")
    checked(drawn, "modal")
    assert parsed_by_slack(drawn) == []
    assert all(url == label for url, label in links(drawn))


@given(st.text(max_size=4_000), st.text(max_size=300))
def test_no_text_breaks_a_card_a_list_or_a_form(text: str, short: str) -> None:
    """Slack refuses a whole card for one field that is too long or empty; then nobody would see the ticket."""
    drawn = blocks.card(
        CardView(short, text, text, short, "new", "low", 1, short, short, (short,), warning=text), short
    )
    check_blocks(drawn)
    line = Line(short, text, text, "new", "low", short, short)
    check_blocks(modals.answer(Answer(text, (line,), short), "en")["blocks"])
    choices = (Choice(short[:100], text), Choice("x", short, short))
    fields = (
        Field("a", "label", "one", "x", choices),
        Field("b", "label", "long", text, hint=short, sample=short),
    )
    checked(modals.modal(Form("note", short or "x", "", "Save", "", text, fields, text), "en"), "modal")
