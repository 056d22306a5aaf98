"""The one-time link: its token is put in where the mail is made, for one reader alone."""

from __future__ import annotations

from typing import Any

import pytest

from deskd.compose.answer import Answered, Composed, Randomness, compose_answer
from deskd.compose.bot_link import holds_link, mask_links, masked, opened
from deskd.compose.ids import mask_tokens
from deskd.model import Address
from tests.support.desk import MARIA, NOW, SETTINGS, TICKET

TOKEN = "0123abcd" * 4
LINK = masked("acme_bot")
TO_MARIA = (Address("Maria", "maria@cliente.example"),)
SOMEBODY = Address("", "ufficio@cliente.example")


def composed(
    to: tuple[Address, ...] = TO_MARIA,
    proven: str = "maria@cliente.example",
    text: str = LINK,
    **more: Any,
) -> Composed:
    values: dict[str, Any] = {"auto": True, "proven": proven, "bots": ("acme_bot",)} | more
    return compose_answer(
        SETTINGS,
        TICKET,
        MARIA,
        Answered("q@cliente.example", (), "Fattura 118", to),
        f"Continui qui: {text}",
        key=("k1", b"secret" * 6),
        randomness=Randomness("abc123", b"0123456789abcdef", TOKEN),
        now=NOW,
        **values,
    )


@pytest.mark.parametrize("more", [{}, {"auto": False}, {"auto": False, "plain": True}])
def test_who_is_proven_and_alone_gets_the_token(more: dict[str, Any]) -> None:
    made = composed(**more)
    assert made.link == TOKEN
    assert TOKEN in made.text
    assert f"start={TOKEN}".encode() in made.mail.content.replace(b"=\r\n", b"").replace(b"=3D", b"=")


@pytest.mark.parametrize(
    "made",
    [
        composed(proven=""),
        composed(to=(SOMEBODY,)),
        composed(to=(*TO_MARIA, SOMEBODY)),
        composed(auto=False, copies=(SOMEBODY,)),
    ],
    ids=["not proven", "to another", "to two", "a copy"],
)
def test_nobody_else_does(made: Composed) -> None:
    assert made.link == ""
    assert TOKEN.encode() not in made.mail.content
    assert made.text.endswith("https://t.me/acme_bot")


@pytest.mark.parametrize(
    "other",
    [
        "https://t.me/EvilBot?start=one-time",
        "https://t.me/acme_bot2?start=one-time",
        "https://t.me/xacme_bot?start=one-time",
        "https://not.me/acme_bot?start=one-time",
        "https://t.me/acmeXbot?start=one-time",
    ],
)
def test_another_s_bot_gets_no_token(other: str) -> None:
    alone = composed(text=other)
    assert alone.link == ""
    assert alone.text.endswith(other)
    beside = composed(text=f"{other} {LINK}")
    assert beside.text.count(TOKEN) == 1
    assert f"{other} https://t.me/acme_bot?start={TOKEN}" in beside.text


def test_without_a_bot_of_the_desk_s_own_there_is_no_token() -> None:
    assert composed(bots=()).link == ""


@pytest.mark.parametrize(
    "text",
    [
        f"> https://t.me/acme_bot?start={TOKEN}",
        f"https://guard.example/?url=https%3A%2F%2Ft.me%2Facme_bot%3Fstart%3D{TOKEN}&x=1",
        f'<a href="https://t.me/acme_bot?start={TOKEN}">qui</a>',
        f"tg://resolve?domain=acme_bot&start={TOKEN}",
        f"https://telegram.dog/acme_bot?start={TOKEN}",
        f"https://guard.example/?url=https%253A%252F%252Ft.me%252Facme_bot%253Fstart%253D{TOKEN}",
        f"_https://t.me/acme_bot?start={TOKEN}_",
        f"t.me/acme_bot?start&#x3D;{TOKEN}",
        f"/start {TOKEN}",
        f"/start@acme_bot {TOKEN}",
    ],
)
def test_a_quoted_link_is_shown_without_its_token(text: str) -> None:
    assert TOKEN not in mask_links(text)
    assert mask_tokens(text) == mask_links(text) == text.replace(TOKEN, "one-time")


def test_a_text_without_a_link_is_left_alone() -> None:
    for text in ("one-time", "https://t.me/acme_bot", f"{LINK}-x", f"{TOKEN}", f"start={TOKEN}0"):
        assert not holds_link(text, ["acme_bot"])
        assert opened(text, TOKEN, ["acme_bot"]) == mask_links(text) == text
