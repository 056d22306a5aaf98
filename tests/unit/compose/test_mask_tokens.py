"""Tokens of reply addresses are for their owner: what people are shown holds none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskd.compose.ids import make_token, mask_tokens, reply_address, token_of

TOKEN = make_token(bytes(range(16)))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("On Monday, Acme <support+{}@acme.example> wrote:", "On Monday, Acme <support@acme.example> wrote:"),
        ("mailto:support%2B{}%40acme.example", "mailto:support%40acme.example"),
        ("<a href='mailto:support&#43;{}@acme.example'>", "<a href='mailto:support@acme.example'>"),
        ("SUPPORT+{}@ACME.EXAMPLE", "SUPPORT@ACME.EXAMPLE"),
        ("support+billing+{}@acme.example", "support+billing@acme.example"),
    ],
)
def test_a_token_is_left_out(written: str, shown: str) -> None:
    assert mask_tokens(written.format(TOKEN)) == shown
    assert mask_tokens(written.format(TOKEN.upper())) == shown


@pytest.mark.parametrize("text", ["maria+shop@cliente.example", "1 + 1 = 2", "C++@work", f"+{TOKEN} alone"])
def test_what_is_no_reply_address_stays(text: str) -> None:
    assert mask_tokens(text) == text


@given(st.text(), st.binary(min_size=16, max_size=16), st.text())
def test_no_token_is_ever_left(before: str, random_bytes: bytes, after: str) -> None:
    token = make_token(random_bytes)
    address = reply_address("support@acme.example", token)
    assert token_of(address) == token
    assert token not in mask_tokens(f"{before}<{address}>{after}").replace(before, "").replace(after, "")
