"""How a ticket is drawn in a team's group: names, cards, posts, buttons. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from connectors.telegram import drawing
from deskd.model import Button, CardView, Place, Post
from deskd.model.outgoing import Span, Words
from deskd.model.parting import units

ROME = ZoneInfo("Europe/Rome")
CARD = CardView(
    ref="ACME-1042",
    subject="Stampante 👍\nrotta",
    contact="Maria Rossi <maria@cliente.example>",
    channel="support-mail",
    status="open",
    priority="urgent",
    level=1,
    team="front-desk",
    assignee="",
    tags=("printer", "vip"),
    due=datetime(2026, 3, 2, 8, 30, tzinfo=UTC),
    warning="",
    language="it",
)
TOPIC = Place("-1001", "77")


def marked(words: Words, kind: str) -> list[str]:
    """The parts of a text that look so."""
    whole = words.text.encode("utf-16-le")
    return [
        whole[2 * span.offset : 2 * (span.offset + span.length)].decode("utf-16-le")
        for span in words.spans
        if span.kind == kind
    ]


def test_a_topic_is_named_by_reference_and_subject() -> None:
    assert drawing.topic_name(CARD) == "ACME-1042 · Stampante 👍 rotta"
    assert drawing.topic_name(replace(CARD, subject=" ")) == "ACME-1042"
    long = drawing.topic_name(replace(CARD, subject="x" * 500))
    assert (len(long), long[-1]) == (128, "…")


def test_a_card_says_where_a_ticket_stands() -> None:
    words = drawing.card(CARD, ROME)
    assert words.text.split("\n") == [
        "ACME-1042 · Stampante 👍 rotta",
        "Contatto: Maria Rossi <maria@cliente.example>",
        "Stato: aperto",
        "Priorità: 🔴 urgente",
        "Team: front-desk · livello 1",
        "Assegnato a: ancora nessuno",
        "Etichette: printer, vip",
        "Scadenza: 2026-03-02 09:30",
        "Canale: support-mail",
    ]
    assert marked(words, "bold")[:3] == ["ACME-1042 · Stampante 👍 rotta", "Contatto:", "Stato:"]


def test_a_card_fits_into_one_message_whatever_is_on_it() -> None:
    much = replace(CARD, subject="💥" * 900, contact="y" * 9000, tags=("z" * 4000,), warning="w" * 9000)
    assert units(drawing.card(much, UTC).text) <= 4096


def test_a_post_names_its_author_calls_people_and_keeps_the_text_as_it_was() -> None:
    content = Post(
        TOPIC,
        "*ciao* @anna <b>",
        author="Maria 👍",
        mentions=("601:Anna Rossi", "S0TEAM"),
        attachments=("a.pdf (12 KB)",),
    )
    (words,) = drawing.post(content, "en")
    assert words.text == "Maria 👍\nAnna Rossi S0TEAM *ciao* @\u2060anna <b>\n📎 a.pdf (12 KB)"
    assert marked(words, "bold") == ["Maria 👍"]
    assert marked(words, "text_mention") == ["Anna Rossi"]
    assert [span.url for span in words.spans if span.kind == "text_mention"] == ["601"]


def test_formatting_moves_with_the_text() -> None:
    content = Post(TOPIC, "uno due", author="Maria", spans=(Span("bold", 4, 3),))
    (words,) = drawing.post(content, "en")
    assert marked(words, "bold") == ["Maria", "due"]


def test_a_long_post_is_parted_and_what_is_not_shown_is_counted() -> None:
    parts = drawing.post(Post(TOPIC, "parola " * 1200), "en")
    assert [units(part.text) <= 4096 for part in parts] == [True] * 3
    (short,) = drawing.post(Post(TOPIC, "x" * 900, most=500), "it")
    assert short.text.endswith("… altri 400 caratteri non sono mostrati qui")
    assert drawing.post(Post(TOPIC, "  "), "en") == (Words("—"),)


def test_buttons_carry_what_their_press_says_or_are_left_out() -> None:
    buttons = (
        Button("claim", "Claim", "ACME-1042"),
        Button("resolve", "Resolve", "ACME-1042"),
        Button("note", "n" * 25, ""),
        Button("canned", "Too much", "x" * 60),
    )
    assert [[(one.action, one.label) for one in row] for row in drawing.rows(buttons)] == [
        [("claim:ACME-1042", "Claim"), ("resolve:ACME-1042", "Resolve")],
        [("note", "n" * 25)],
    ]


def test_an_answer_to_one_agent_calls_them() -> None:
    (words,) = drawing.to_one("601", "Anna Rossi", "Non ho capito", "it")
    assert (words.text, marked(words, "text_mention")) == ("Anna Rossi Non ho capito", ["Anna Rossi"])
    (words,) = drawing.to_one("601", "", "Non ho capito", "it")
    assert words.text == "601 Non ho capito"
    *_, last = drawing.to_one("601", "", "parola " * 2000, "it")
    assert last.text.endswith("… altri 2000 caratteri non sono mostrati qui")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("chiedete a @anna_rossi", "chiedete a @\u2060anna_rossi"),
        ("(@anna)", "(@\u2060anna)"),
        ("/close", "/\u2060close"),
        ("prova\n/resolve@deskd_bot ora", "prova\n/\u2060resolve@deskd_bot ora"),
        ("maria@cliente.example, 3 @ 5 €", "maria@cliente.example, 3 @ 5 €"),
        ("https://acme.example/help e/o /etc/hosts 1/2", "https://acme.example/help e/o /etc/hosts 1/2"),
    ],
)
def test_nothing_a_customer_writes_is_a_mention_or_a_command(text: str, shown: str) -> None:
    assert drawing.inert(text) == shown
    (words,) = drawing.post(Post(TOPIC, text), "en")
    assert words.text == shown


def test_formatting_that_would_not_fit_any_more_is_left_out() -> None:
    content = Post(TOPIC, "@anna *due*", spans=(Span("bold", 6, 5),))
    (words,) = drawing.post(content, "en")
    assert words == Words("@\u2060anna *due*")
