"""Cards and posts as Block Kit: what they show, within Slack's limits, and nothing of a customer's that Slack would parse."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.slack import blocks
from connectors.slack.escape import cut_escaped, escape
from connectors.standins.slack.blocks import check_blocks
from connectors.words import words
from deskd.model import PRIORITIES, Button, CardView, Place, Post

HOSTILE = "<!channel> <!here> <@U1> <!subteam^S1> <https://evil|https://bank> &lt;!channel&gt; *b* _i_ `c`"
TEXTS = st.text(max_size=400) | st.sampled_from([HOSTILE, "x" * 9000, "\n" * 4000, "&" * 3000])


def view(**changes: Any) -> CardView:
    values: dict[str, Any] = {
        "ref": "ACME-1042", "subject": "Fattura 118", "contact": "Maria <maria@cliente.example>", "channel": "support-mail",
        "status": "new", "priority": "high", "level": 1, "team": "front-desk", "assignee": "", "tags": ("billing", "vip"),
        "due": datetime(2026, 3, 2, 17, 30, tzinfo=UTC), "buttons": (Button("claim", "Claim", "ACME-1042", "primary"),),
    }  # fmt: skip
    return CardView(**{**values, **changes})


def shown(found: Any) -> str:
    """All the text a person sees, wherever in the blocks it stands."""
    if isinstance(found, list):
        return "\n".join(shown(one) for one in found)
    if not isinstance(found, dict):
        return ""
    own = found["text"] if isinstance(found.get("text"), str) else ""
    return own + "".join(shown(one) for one in found.values())


def parsed(found: Any) -> str:
    """All the text that Slack reads as mrkdwn."""
    if isinstance(found, list):
        return "\n".join(parsed(one) for one in found)
    if not isinstance(found, dict):
        return ""
    return (str(found["text"]) if found.get("type") == "mrkdwn" else "") + "".join(
        parsed(one) for one in found.values()
    )


def test_a_card_shows_everything() -> None:
    drawn = blocks.card(view(assignee="Anna Rossi", warning="DMARC fails"))
    assert drawn[0]["text"] == {"type": "plain_text", "text": "ACME-1042 · Fattura 118", "emoji": False}
    for part in (
        "Maria <maria@cliente.example>",
        "support-mail",
        "new",
        "high",
        "front-desk · level 1",
        "Anna Rossi",
    ):
        assert part in shown(drawn)
    for part in ("billing, vip", "2026-03-02 17:30 UTC", "DMARC fails"):
        assert part in shown(drawn)
    assert drawn[-1]["elements"] == [
        {
            "type": "button", "action_id": "claim", "value": "ACME-1042", "style": "primary",
            "text": {"type": "plain_text", "text": "Claim", "emoji": False},
        }
    ]  # fmt: skip


def test_a_card_leaves_out_what_there_is_not() -> None:
    drawn = blocks.card(view(tags=(), due=None, buttons=()))
    assert [block["type"] for block in drawn] == ["header", "rich_text", "section", "context"]
    assert "nobody yet" in shown(drawn)


@pytest.mark.parametrize(
    ("language", "assignee", "status"),
    [("en", "nobody yet", "new"), ("it", "ancora nessuno", "nuovo"), ("es", "nadie todavía", "nuevo"),
     ("pt", "ainda ninguém", "novo"), ("de", "nobody yet", "new")],
)  # fmt: skip
def test_a_card_speaks_the_agents_language(language: str, assignee: str, status: str) -> None:
    drawn = shown(blocks.card(view(language=language)))
    assert assignee in drawn
    assert status in drawn


@pytest.mark.parametrize("language", ["en", "it", "es", "pt"])
def test_every_state_has_its_word(language: str) -> None:
    said = words(language)
    assert set(said.priorities) == set(PRIORITIES)
    assert set(said.statuses) == {"new", "open", "pending", "hold", "resolved", "closed", "spam"}
    assert said.level.format(level=2).endswith("2")
    assert said.more.format(count=7) != said.more


def test_hostile_text_on_a_card_is_shown_and_not_parsed() -> None:
    drawn = blocks.card(view(subject=HOSTILE, contact=HOSTILE, warning=HOSTILE, due=None))
    assert "<" not in parsed(drawn)
    assert shown(drawn).count(HOSTILE) >= 2
    assert "<!channel>" in drawn[0]["text"]["text"]
    names = blocks.card(view(team=HOSTILE, assignee=HOSTILE, tags=(HOSTILE,), channel=HOSTILE, due=None))
    assert "<" not in parsed(names)


def test_hostile_text_in_a_post_is_shown_and_not_parsed() -> None:
    content = Post(Place("C1"), HOSTILE, HOSTILE, attachments=(f"{HOSTILE}.pdf (1 KB)",))
    drawn = blocks.post(content, "en", 1000, named=True)
    assert parsed(drawn).strip() == ""
    whole = "".join(part.get("text", "") for part in drawn[0]["elements"][0]["elements"])
    assert HOSTILE in whole
    assert {part["type"] for part in drawn[0]["elements"][0]["elements"]} == {"text", "link"}


def test_links_show_where_they_lead() -> None:
    drawn = blocks.text_blocks(
        "vedi (https://a.example/x?y=1), poi javascript:alert(1) e HTTP://B.example.", 1000, "en"
    )
    links = [part for part in drawn[0]["elements"][0]["elements"] if part["type"] == "link"]
    assert links == [
        {"type": "link", "url": url, "text": url} for url in ("https://a.example/x?y=1", "HTTP://B.example")
    ]


@pytest.mark.parametrize(
    "address",
    [
        "https://",
        "http://[foo",
        "https://bank.example@evil.example/",
        "https://bаnk.example",
        "http://-x",
        "https://a:b/",
    ],
)
def test_an_address_that_misleads_or_leads_nowhere_is_text(address: str) -> None:
    drawn = blocks.text_blocks(f"vedi {address} ora", 1000, "en")
    assert {part["type"] for part in drawn[0]["elements"][0]["elements"]} == {"text"}
    assert "".join(part["text"] for part in drawn[0]["elements"][0]["elements"]) == f"vedi {address} ora"


def test_mentions_are_ours_alone() -> None:
    drawn = blocks.post(Post(Place("C1"), "@anna", mentions=("U1", "S1")), "en", 1000, named=False)
    assert drawn[0]["elements"][0]["elements"] == [
        {"type": "user", "user_id": "U1"}, {"type": "text", "text": " "}, {"type": "usergroup", "usergroup_id": "S1"},
        {"type": "text", "text": " "}, {"type": "text", "text": "@anna"},
    ]  # fmt: skip


def test_past_the_limit_a_line_says_how_much_there_is() -> None:
    drawn = blocks.text_blocks("x" * 7500, 7000, "it")
    assert [block["type"] for block in drawn] == ["rich_text", "rich_text", "rich_text", "context"]
    assert "altri 500 caratteri" in shown(drawn[-1])


def test_an_empty_post_is_still_a_post() -> None:
    check_blocks(blocks.post(Post(Place("C1"), "\n"), "en", 1000, named=False))


@given(TEXTS, TEXTS, st.lists(TEXTS, max_size=30))
def test_slack_takes_every_card(subject: str, name: str, tags: list[str]) -> None:
    button = Button("a", name, subject)
    drawn = blocks.card(
        view(subject=subject, contact=name, warning=name, team=name, tags=tuple(tags), buttons=(button,) * 30)
    )
    check_blocks(drawn)
    assert "<" not in parsed(drawn).replace("<!date^", "")


@given(TEXTS, TEXTS, st.integers(1, 200_000), st.booleans())
def test_slack_takes_every_post(text: str, author: str, limit: int, plain: bool) -> None:
    content = Post(Place("C1"), text, author, mentions=("U1",), attachments=(author,))
    drawn = blocks.post(content, "en", limit, named=True, plain=plain)
    check_blocks(drawn)
    assert parsed(drawn).strip() == ""


@given(st.text(max_size=300), st.integers(1, 50))
def test_pieces_together_are_the_text(text: str, size: int) -> None:
    found = blocks.pieces(text, size)
    assert "".join(found) == text
    assert all(0 < len(piece) <= size for piece in found)


@given(st.text(st.sampled_from("a<>&;\n"), max_size=50), st.integers(1, 60))
def test_escaped_text_is_cut_between_entities(text: str, limit: int) -> None:
    found = cut_escaped(text, limit)
    assert len(found) <= limit
    kept = found.removesuffix("…")
    assert escape(text).startswith(kept)
    assert kept == escape(kept.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def test_what_is_behind_the_menu_keeps_slacks_limits() -> None:
    menu = tuple(Button("menu", f"{number} " + "x" * 200, f"ACME-1:{number}") for number in range(120))
    made = blocks.card(view(menu=menu, more="More…"))
    check_blocks(made)
    button, choice = made[-1]["elements"]
    assert (button["action_id"], choice["type"], choice["action_id"]) == ("claim", "static_select", "menu")
    assert choice["placeholder"]["text"] == "More…"
    assert [option["value"] for option in choice["options"]] == [f"ACME-1:{number}" for number in range(100)]
    assert blocks.card(view(buttons=(), menu=menu))[-1]["elements"][0]["type"] == "static_select"


def test_each_drawing_of_a_card_forgets_what_was_chosen_in_its_menu() -> None:
    menu = (Button("menu", "Note…", "ACME-1:note"),)
    first, second = (blocks.card(view(menu=menu), turn)[-1]["block_id"] for turn in ("k1", "k2"))
    assert first != second


def test_of_a_long_text_a_start_is_shown_and_how_much_is_left() -> None:
    made = blocks.post(Post(Place("C1"), "word " * 4_000, most=3_000), "en", 120_000)
    assert "17000 more characters" in json.dumps(made[-1])
    assert sum(len(json.dumps(block)) for block in made) < 3_500
