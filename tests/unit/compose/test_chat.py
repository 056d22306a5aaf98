"""Words for a chat: formatting as spans in UTF-16 units, and texts parted where they read best."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from deskd.compose.chat import MOST, plain, split, to_words, units
from deskd.model.outgoing import Words


def cut(words: Words, kind: str) -> list[str]:
    """What the spans of a kind cover, counted as Telegram counts."""
    data = words.text.encode("utf-16-le")
    return [
        data[2 * span.offset : 2 * (span.offset + span.length)].decode("utf-16-le")
        for span in words.spans
        if span.kind == kind
    ]


def test_formatting_becomes_spans() -> None:
    words = to_words("👍 *grassetto _e corsivo_* `x &lt; y` <https://a.example/b|qui> ~no~", {})
    assert words.text == "👍 grassetto e corsivo x < y qui no"
    assert cut(words, "bold") == ["grassetto e corsivo"]
    assert cut(words, "italic") == ["e corsivo"]
    assert cut(words, "code") == ["x < y"]
    assert cut(words, "text_link") == ["qui"]
    assert cut(words, "strikethrough") == ["no"]


def test_quotes_and_code_are_blocks() -> None:
    words = to_words("&gt; citato\n&gt; due righe\nrisposta\n```\ncodice *non grassetto*\n```", {})
    assert words.text == "citato\ndue righe\nrisposta\ncodice *non grassetto*"
    assert cut(words, "blockquote") == ["citato\ndue righe"]
    assert cut(words, "pre") == ["codice *non grassetto*"]


def test_what_looks_like_markup_is_literally_itself() -> None:
    text = "[a](tg://user?id=1) <b>x</b> \\*_ || /start @name"
    assert plain(text) == Words(text)
    assert to_words(text.replace("<", "&lt;").replace(">", "&gt;"), {}).text == text


@given(st.text(max_size=400), st.integers(min_value=8, max_value=60))
def test_the_parts_are_all_of_a_text_and_none_is_too_long(text: str, most: int) -> None:
    text = text.encode("utf-8", "ignore").decode()
    parts = split(plain(text), most)
    assert all(0 < units(part.text) <= most for part in parts)
    assert "".join("".join(part.text.split()) for part in parts) == "".join(text.split())


@given(st.text(alphabet="ab 👍*_~`>\n", max_size=300), st.integers(min_value=8, max_value=40))
def test_spans_lie_within_their_part_and_cut_no_character(text: str, most: int) -> None:
    for part in split(to_words(text, {}), most):
        data = part.text.encode("utf-16-le")
        for span in part.spans:
            assert span.length > 0
            data[2 * span.offset : 2 * (span.offset + span.length)].decode("utf-16-le")
            assert span.offset + span.length <= units(part.text)


def test_it_is_parted_between_paragraphs_before_sentences_before_words() -> None:
    paragraphs = "uno " * 500 + "\n\n" + "due " * 500 + "\n\n" + "tre " * 500
    assert [part.text.split()[0] for part in split(plain(paragraphs))] == ["uno", "tre"]
    sentences = "Una frase. " * 500
    assert all(part.text.endswith("frase.") for part in split(plain(sentences)))
    one_word = "x" * (2 * MOST + 1)
    assert [len(part.text) for part in split(plain(one_word))] == [MOST, MOST, 1]


def test_nothing_is_no_part() -> None:
    assert split(plain("  \n ")) == ()
