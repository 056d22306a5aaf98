"""Slack injection (PostHog #95054, xagent #1050, turnstone #935): what a customer writes calls nobody, disguises no link and
formats nothing, wherever it comes to stand."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.slack import blocks
from connectors.slack.escape import escape
from deskd.compose.mrkdwn import mentions, to_html, to_text
from deskd.model import CardView, Place, Post

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
