"""RE2 patterns, one by one and in sets, and how they are bounded."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskd.rules import patterns as module
from deskd.rules.patterns import BadPattern, PatternSet, compile_pattern

SOURCES = [
    r"\bfattura\b",
    "a+b",
    "(x|y)z$",
    "^start",
    "città",
    r"\d{3,}",
    ".{1,60}q",
    "",
    r"\pL+@",
    "(?-i)Case",
]


@pytest.mark.parametrize("evil", ["(a+)+$", "(a|a)*b", "(a*)*c", r"(\w+\s?)+$", "(.*)(.*)(.*)(.*)(.*)z"])
def test_evil_patterns_are_linear(evil: str) -> None:
    """With a backtracking engine each of these would outlive the test's time limit."""
    assert compile_pattern(evil).find(b"a" * 262_144 + b"!") is None or not evil.endswith("$")


def test_a_heavy_pattern_sees_less_of_a_long_text() -> None:
    heavy = compile_pattern(".{1,900}x")
    assert heavy.size > 1_500
    assert heavy.size * heavy.reach <= 400_000_000
    assert compile_pattern("x").reach > 262_144 * 4
    assert not heavy.holds(b"a" * (heavy.reach + 1) + b"x")


def test_found_in_bytes_with_groups() -> None:
    found = compile_pattern(r"(?P<what>città) (?P<nr>\d+)(?P<none>x)?").find("la CITTÀ 12".encode())
    assert found is not None
    assert (found.start, found.end, dict(found.groups)) == (3, 12, {"what": "CITTÀ", "nr": "12"})


@given(
    st.lists(st.sampled_from(SOURCES), max_size=8),
    st.text(max_size=200) | st.text("fatur 123xyz@q\n", max_size=300),
)
def test_a_set_answers_as_its_patterns_do(sources: list[str], text: str) -> None:
    patterns = [compile_pattern(source) for source in sources]
    grouped = PatternSet(patterns)
    encoded = text.encode("utf-8", "replace")
    assert grouped.matching(encoded) == {pattern for pattern in grouped.members if pattern.holds(encoded)}


def test_a_set_too_large_is_split_and_none_of_it_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SET_MEMORY", 200_000)
    patterns = [compile_pattern(f".{{1,40}}x{number}y") for number in range(60)]
    grouped = PatternSet(patterns)
    assert grouped.parts > 1
    texts = [f"__x{number}y".encode() for number in random.Random(1).sample(range(60), 10)]
    for text in texts:
        assert (
            grouped.matching(text) == {pattern for pattern in grouped.members if pattern.holds(text)} != set()
        )


def test_a_set_that_fails_on_a_text_asks_each_pattern() -> None:
    class Exhausted:
        def Match(self, text: bytes) -> Any:
            return None

    grouped = PatternSet([compile_pattern("a"), compile_pattern("b")])
    grouped._parts = [(Exhausted(), patterns) for _, patterns in grouped._parts]
    assert {pattern.source for pattern in grouped.matching(b"xxb")} == {"b"}


def test_what_is_refused_says_what_to_write() -> None:
    with pytest.raises(BadPattern) as caught:
        compile_pattern("(?<!x)y")
    assert caught.value.found.startswith("a look-behind")
    assert "RE2 has none" in caught.value.remedy
