"""Words with case and accents folded."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskd.rules import folding
from deskd.rules.folding import folded, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Perché, PERCHÉ; perche\u0301!", ["perche", "perche", "perche"]),  # composed and decomposed
        ("l’ordine l'ordine", ["l", "ordine", "l", "ordine"]),  # both apostrophes part words
        ("Straße ﬁn Ærø", ["strasse", "fin", "ærø"]),  # one letter to several
        ("año AÑO", ["ano", "ano"]),
        ("coração São", ["coracao", "sao"]),
        ("n. 118/2024", ["n", "118", "2024"]),
        ("foo_bar-baz", ["foo", "bar", "baz"]),
        ("ΑΘΉΝΑ Москва", ["αθηνα", "москва"]),
        ("fattura\u00a0118\u200bx — y…", ["fattura", "118", "x", "y"]),
        ("", []),
        ("!?", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert [word.decode() for word in words(text)] == expected


@given(st.text())
def test_folding_is_the_same_for_every_form_of_a_text(text: str) -> None:
    """What the quick way for Latin-1 says, the general way says too."""
    quick = folded(text).split()
    general = folding._BEYOND_ASCII.sub(lambda run: folding._RUNS[run[0]], text)
    assert quick == general.encode("utf-8", "replace").translate(folding._TO_WORDS).split()


@given(st.text(st.characters(max_codepoint=0x24F)))
def test_normal_forms_don_t_matter(text: str) -> None:
    assert words(unicodedata.normalize("NFC", text)) == words(unicodedata.normalize("NFD", text))


def test_accents_out_of_order_cost_no_more_than_others() -> None:
    """Normalised at once, these would outlive the test's time limit: sorting accents takes the square of their number."""
    assert words("e" + "\u0301\u0316" * 500_000) == [b"e"]
