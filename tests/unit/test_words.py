"""What agents read is there in each language, with the same fields, and all of it is used."""

import ast
import string
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskd import words
from tests.support.needs import REPOSITORY

ENGLISH = words.TEXTS["en"]
SAID = ("words.say", "Wrong")  # calls whose argument is a key, and which one of them


def fields(text: str) -> set[str | None]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


@cache
def sources() -> list[ast.AST]:
    """All code but the words themselves."""
    paths = (path for folder in ("deskd", "connectors") for path in (REPOSITORY / folder).rglob("*.py"))
    return [ast.parse(path.read_text()) for path in paths if path.parent.name != "words"]


def calls_with_keys() -> Iterator[tuple[str, set[str]]]:
    """Each key that is written where it is said, with the names of the values it is given."""
    for tree in sources():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) not in SAID:
                continue
            at = SAID.index(ast.unparse(node.func)) ^ 1
            key = node.args[at] if len(node.args) > at else None
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, {word.arg for word in node.keywords if word.arg}


@pytest.mark.parametrize("language", words.TEXTS)
def test_each_language_says_the_same_things_with_the_same_fields(language: str) -> None:
    own = words.TEXTS[language]
    assert list(own) == list(ENGLISH)
    assert {key: fields(text) for key, text in own.items()} == {
        key: fields(text) for key, text in ENGLISH.items()
    }


@pytest.mark.parametrize("language", [language for language in words.TEXTS if language != "en"])
def test_nothing_is_left_in_english(language: str) -> None:
    same = {key for key, text in words.TEXTS[language].items() if text == ENGLISH[key]}
    assert same == set()


def test_each_key_said_exists_and_gets_its_fields() -> None:
    wrong = [
        key for key, given in calls_with_keys() if key not in ENGLISH or not fields(ENGLISH[key]) <= given
    ]
    assert wrong == []


def test_the_search_for_keys_finds_them() -> None:
    found = {key for key, _ in calls_with_keys()}
    assert {"edit_too_late", "needs_whom"} <= found


def test_no_text_is_unused() -> None:
    written = {node.value for tree in sources() for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert [key for key in ENGLISH if key not in written] == []


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("it", "(nessun oggetto)"),
        ("pt-BR", "(sem assunto)"),  # a variant reads its language
        ("de", "(no subject)"),  # a language nobody wrote reads English
        ("", "(no subject)"),
    ],
)
def test_the_nearest_language_is_read(language: str, expected: str) -> None:
    assert words.say(language, "no_subject") == expected


def test_an_unknown_key_and_a_missing_value_are_errors() -> None:
    with pytest.raises(KeyError):
        words.say("en", "no_such_key")
    with pytest.raises(KeyError):
        words.say("en", "not_sent")


@given(st.text())
def test_values_are_inserted_as_they_are(value: str) -> None:
    assert value in words.say("en", "not_sent", error=value)


def test_braces_in_a_value_mean_nothing() -> None:
    assert words.say("en", "not_sent", error="{error.__class__} {0}").endswith("{error.__class__} {0}")


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("", 10, ""),
        ("  \n ", 10, ""),
        ("Hello", 10, "Hello"),
        ("Hello\nworld", 20, "Hello world"),  # one line
        ("Hello world, here I am", 12, "Hello world…"),  # between words, and no comma before the mark
        ("Hello wor", 9, "Hello wor"),  # just fits
        ("Hello word", 9, "Hello…"),
        ("Hello big world", 10, "Hello big…"),  # the word ends at the cut
        ("a" * 30, 10, "a" * 9 + "…"),  # a word longer than the line
    ],
)
def test_start_of(text: str, limit: int, expected: str) -> None:
    assert words.start_of(text, limit) == expected


@given(st.text(), st.integers(min_value=2, max_value=100))
def test_a_start_is_one_short_line(text: str, limit: int) -> None:
    start = words.start_of(text, limit)
    assert len(start) <= limit
    assert start == " ".join(start.split())


def test_the_start_of_a_very_long_text_says_that_there_is_more() -> None:
    assert words.start_of("Hello" + " " * 10_000 + "world") == "Hello…"


@pytest.mark.parametrize(
    ("count", "language", "expected"),
    [
        (0, "en", "0 B"),
        (999, "en", "999 B"),
        (1_000, "en", "1 KB"),
        (1_234_567, "en", "1.2 MB"),
        (1_234_567, "it", "1,2 MB"),  # the comma of the language
        (12_345, "en", "12 KB"),  # tenths only where they tell something
        (9_960, "en", "10 KB"),
        (999_600, "en", "1 MB"),  # never 1000 KB
        (25_000_000, "en", "25 MB"),
        (3 * 10**15, "en", "3000 TB"),
    ],
)
def test_size(count: int, language: str, expected: str) -> None:
    assert words.size(count, language) == expected
