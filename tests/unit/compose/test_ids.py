"""Message-IDs with a MAC and reply tokens."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskd.compose.ids import (
    check_message_id,
    make_message_id,
    make_token,
    reply_address,
    token_hash,
    token_of,
)

KEYS = {"k1": b"the first key", "k2": b"the second key"}
OURS = make_message_id("k1", KEYS["k1"], "n0nce", "acme.example")


def test_an_id_of_ours_is_known_whatever_happened_to_its_case() -> None:
    assert OURS.startswith("deskd.k1.n0nce.")
    assert OURS.endswith("@acme.example")
    assert check_message_id(OURS, KEYS)
    assert check_message_id(OURS.upper(), KEYS)
    assert check_message_id(make_message_id("k2", KEYS["k2"], "n", "Acme.Example"), KEYS)


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "x@acme.example",
        OURS.replace("n0nce", "n0ncf"),
        OURS.replace("k1", "k2"),  # another key's
        OURS.replace("k1", "k3"),  # a key nobody has
        OURS.replace("acme", "evil"),
        OURS.replace("@", "a@"),
        f"{OURS} x",
        f"<{OURS}>",
        "deskd.k1.n0nce." + "a" * 26 + "@acme.example",
        "deskd.k1.n0nce.@acme.example",
    ],
)
def test_a_forged_id_is_not(forged: str) -> None:
    assert not check_message_id(forged, KEYS)


def test_an_id_is_known_only_while_its_key_is() -> None:
    assert not check_message_id(OURS, {"k2": KEYS["k2"]})
    assert not check_message_id(OURS, {"k1": b"another key"})


@pytest.mark.parametrize(
    ("key_id", "nonce"), [("", "n"), ("K1", "n"), ("k.1", "n"), ("k1", "n@x"), ("k1", "")]
)
def test_parts_that_would_be_read_otherwise_are_refused(key_id: str, nonce: str) -> None:
    with pytest.raises(ValueError, match="a-z"):
        make_message_id(key_id, b"k", nonce, "acme.example")


@given(st.binary(min_size=16, max_size=16))
def test_a_token_comes_back_out_of_its_address(random_bytes: bytes) -> None:
    token = make_token(random_bytes)
    assert len(token) == 26
    address = reply_address("support@acme.example", token)
    assert token_of(address) == token
    assert token_of(address.upper()) == token
    assert token_hash(token.upper()) == token_hash(token) == hashlib.sha256(token.encode()).hexdigest()


@pytest.mark.parametrize("size", [0, 15, 17])
def test_a_token_that_could_be_guessed_is_not_made(size: int) -> None:
    with pytest.raises(ValueError, match="16 random bytes"):
        make_token(b"x" * size)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "support@acme.example",
        "support+x@acme.example",
        "a" * 26 + "@acme.example",
        "s+" + "1" * 26 + "@a.example",
        "s+" + "a" * 27 + "@a.example",
    ],
)
def test_an_address_without_a_token_has_none(address: str) -> None:
    assert token_of(address) is None


def test_a_local_part_that_would_be_too_long_stays_plain() -> None:
    token = make_token(bytes(16))
    assert reply_address("a" * 37 + "@acme.example", token) == "a" * 37 + f"+{token}@acme.example"
    assert reply_address("a" * 38 + "@acme.example", token) == "a" * 38 + "@acme.example"
    assert token_of(reply_address("help+desk@acme.example", token)) == token
