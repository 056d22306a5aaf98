"""What agents write in Telegram, in the markup of agents' messages: formatting where it can be said, and the words always as they were."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from deskd.compose.chat import plain, to_words
from deskd.compose.mrkdwn import to_text
from deskd.model.outgoing import Span
from deskd.model.parting import trimmed, units
from deskd.parse.telegram_markup import escaped, to_markup

KINDS = (
    "bold",
    "italic",
    "strikethrough",
    "underline",
    "spoiler",
    "code",
    "pre",
    "blockquote",
    "url",
    "nonsense",
)


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("text", "entities", "expected"),
    [
        ("Ciao Maria", [entity("bold", 5, 5)], "Ciao *Maria*"),
        ("Ciao Maria ok", [entity("italic", 5, 8), entity("bold", 5, 5)], "Ciao _*Maria* ok_"),
        ("😀 è rotto", [entity("bold", 3, 1)], "😀 *è* rotto"),  # offsets count UTF-16 units
        ("uno due\ntre", [entity("bold", 4, 7)], "uno *due*\n*tre*"),
        (" ciao ", [entity("italic", 0, 6)], " _ciao_ "),
        ("scopri qui", [entity("text_link", 7, 3, url="https://a.example/x?a=1&b=2")], "scopri <https://a.example/x?a=1&amp;b=2|qui>"),
        ("x = 1\nok", [entity("pre", 0, 5)], "```\nx = 1\n```\nok"),
        ("usa `", [entity("code", 0, 3)], "`usa` &#96;"),
        ("cita\nsua\nmia", [entity("blockquote", 0, 8)], "&gt; cita\n&gt; sua\nmia"),
        ("parola", [entity("bold", 0, 3)], "parola"),  # in the middle of a word nothing can be marked
        ("chiedi a Bruno", [entity("text_mention", 9, 5, user={"id": 77})], "chiedi a <@77|Bruno>"),
        ("@anna vedi", [entity("mention", 0, 5)], "@anna vedi"),
        ("@qualcuno vedi", [entity("mention", 0, 9)], "<@0|@@qualcuno> vedi"),
        ("/claim", [entity("bot_command", 0, 6)], "!claim"),
        ("/hold@AcmeBot il ricambio manca", [entity("bot_command", 0, 13), entity("bold", 17, 8)], "!hold il *ricambio* manca"),
        ("/note segreto", [], "!note segreto"),
        ("/note segreto", [entity("bold", 0, 13), entity("bot_command", 0, 5)], "!note segreto"),
        ("/note segreto", [entity("bot_command", 0, 5), entity("blockquote", 0, 13)], "!note segreto"),
        ("/note segreto", [entity("bold", 0, 13)], "*!note segreto*"),
        ("\u200b /note segreto", [], "\u200b !note segreto"),
        ("/2 è la porta", [], "/2 è la porta"),
        ("vedi /claim", [entity("bot_command", 5, 6)], "vedi /claim"),
        ("a < b && c > d", [], "a &lt; b &amp;&amp; c &#62; d"),
        ("2*3*4, nome_di_file", [], "2*3*4, nome_di_file"),
        ("*no* _no_ ~no~ `no`", [], "&#42;no&#42; &#95;no&#95; &#126;no&#126; &#96;no&#96;"),
        ("alle 10:30:45 :smile:", [], "alle 10:30:45 &#58;smile:"),
        ("", [], ""),
    ],
)  # fmt: skip
def test_formatting(text: str, entities: list[dict[str, Any]], expected: str) -> None:
    assert to_markup(text, entities, {"anna"}) == expected


def test_what_customers_read_of_it() -> None:
    markup = to_markup("Il *codice* è snake_case", [entity("bold", 3, 8)])
    assert to_text(markup, {}) == "Il *codice* è snake_case"
    assert to_words(markup, {}).spans == (Span("bold", 3, 8),)
    assert to_text(to_markup("> non è una citazione", []), {}) == "> non è una citazione"
    assert to_words(to_markup("> non è una citazione", []), {}).spans == ()


SIGNS = st.text(alphabet="ab Z1è😀\n*_~`<>&;:#42@/!|.-", max_size=40)
ENTITIES = st.lists(
    st.builds(entity, st.sampled_from(KINDS), st.integers(-2, 45), st.integers(-2, 45)), max_size=6
)


@given(SIGNS, ENTITIES)
def test_the_words_stay_what_they_are(text: str, entities: list[dict[str, Any]]) -> None:
    assume(not re.match(r"[\s*_~`]*/\w", text))  # a command
    assert to_words(to_markup(text, entities), {}).text == trimmed(plain(text)).text


@given(st.text(max_size=60))
def test_an_escaped_text_reads_as_itself(text: str) -> None:
    text = text.replace("\r", " ")
    drawn = to_words(escaped(text), {})
    assert drawn.text == trimmed(plain(text)).text
    assert drawn.spans == ()


@given(SIGNS)
def test_all_of_a_text_may_be_bold(text: str) -> None:
    assume(not re.match(r"[\s*_~`]*/\w", text))
    made = to_words(to_markup(text, [entity("bold", 0, units(text))]), {})
    assert made.text == trimmed(plain(text)).text
