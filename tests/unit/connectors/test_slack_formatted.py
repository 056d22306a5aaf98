"""An agent's formatting, as Slack customers see it: structure, never markup."""

from typing import Any

import pytest

from connectors.slack.blocks import post
from connectors.slack.formatted import rich_text
from deskd.compose.chat import to_words
from deskd.model.outgoing import Place, Post, Span


def drawn(mrkdwn: str) -> list[Any]:
    words = to_words(mrkdwn, {"U0ANNA": "Anna"})
    elements: list[Any] = rich_text(words.text, words.spans)["elements"]
    return elements


def section(*elements: Any) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": list(elements)}


@pytest.mark.parametrize(
    ("mrkdwn", "elements"),
    [
        (
            "Ciao 🙂 *Maria*",
            [section({"type": "text", "text": "Ciao 🙂 "}, {"type": "text", "text": "Maria", "style": {"bold": True}})],
        ),
        (
            "*_sì_*",
            [section({"type": "text", "text": "sì", "style": {"bold": True, "italic": True}})],
        ),
        (
            "vedi <https://acme.example/a|qui>",
            [
                section(
                    {"type": "text", "text": "vedi "},
                    {"type": "link", "url": "https://acme.example/a", "text": "qui"},
                )
            ],
        ),
        ("`a &lt;b&gt;`", [section({"type": "text", "text": "a <b>", "style": {"code": True}})]),
    ],
)  # fmt: skip
def test_what_it_looks_like(mrkdwn: str, elements: list[Any]) -> None:
    assert drawn(mrkdwn) == elements


def test_code_and_quotations_stand_apart() -> None:
    kinds = [element["type"] for element in drawn("Prima\n```\nx = 1\n```\n&gt; citato\nDopo")]
    assert kinds == [
        "rich_text_section", "rich_text_preformatted", "rich_text_section", "rich_text_quote", "rich_text_section",
    ]  # fmt: skip


def test_no_text_is_lost_and_a_span_beyond_the_text_does_no_harm() -> None:
    spans = (Span("bold", 0, 3), Span("italic", 2, 3), Span("code", 4, 99))
    (row,) = rich_text("abcdef", spans)["elements"]
    assert "".join(element["text"] for element in row["elements"]) == "abcdef"


def test_a_post_with_formatting_has_its_buttons_and_files_too() -> None:
    words = to_words("*Maria*", {})
    blocks = post(Post(Place("C0"), words.text, author="Anna", spans=words.spans), "en", 3000, named=True)
    assert [block["type"] for block in blocks] == ["rich_text", "rich_text"]
    assert blocks[1]["elements"][0]["elements"][0]["style"] == {"bold": True}
