"""Regular expressions of rules, by RE2: case-insensitive, never backtracking, linear in the text.

`compile_pattern` says at load what RE2 won't do and what to write instead. A `PatternSet` finds, in one pass over a text, which
of many patterns match in it; it answers exactly as its patterns would one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import re2

MAX_PATTERN: Final = 1_000  # characters
MAX_PROGRAM: Final = 40_000  # RE2 instructions; \pL is 1,200
_PATTERN_MEMORY: Final = 2 << 20  # bytes, of RE2's own caches
_SET_MEMORY: Final = 32 << 20
_LIGHT: Final = 1_500  # instructions: a heavier pattern would slow down all others of its set
_STEPS: Final = 400_000_000  # instructions times bytes, at the worst: half a second. Heavy patterns see less of a long text

# (how RE2 begins to complain, what was found, what to do); the first that fits
_REMEDIES: Final = (
    ("invalid perl operator: (?=", "a look-ahead", "RE2 has none: put a second condition beside it, or under `not`"),
    ("invalid perl operator: (?!", "a look-ahead", "RE2 has none: put what must not be there under `not`"),
    ("invalid perl operator: (?<", "a look-behind", "RE2 has none: put a second condition beside it, or under `not`"),
    ("invalid perl operator: (?>", "an atomic group", "leave `?>` out: RE2 never backtracks"),
    ("invalid perl operator: (?P", "a back-reference, or a name RE2 can't read", "name groups (?P<name>…); RE2 has no back-references"),
    ("invalid perl operator", "a group RE2 doesn't know", "see the syntax at github.com/google/re2/wiki/Syntax"),
    ("invalid repetition size", "a repetition over 1,000, or the wrong way round", "write `+` or `*`, or a smaller number"),
    ("bad repetition operator", "a repetition of a repetition", "leave the second one out: RE2 never backtracks"),
    ("no argument for repetition", "a repetition of nothing", "write `.*`, or `\\*` for the star itself"),
    ("missing )", "a group that isn't closed", "close it with `)`, or write `\\(` for the bracket itself"),
    ("unexpected )", "a `)` that closes nothing", "write `\\)` for the bracket itself"),
    ("missing ]", "a set that isn't closed", "close it with `]`, or write `\\[` for the bracket itself"),
    ("invalid character class", "a range RE2 doesn't know", "write ranges from low to high: [a-z0-9]"),
    ("pattern too large", "a pattern that grows too large", "make its repetitions smaller"),
)  # fmt: skip


class BadPattern(ValueError):
    """A pattern that can't be used. `found` says what is wrong with it, `remedy` what to write."""

    def __init__(self, found: str, remedy: str) -> None:
        super().__init__(found)
        self.found = found
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Found:
    """Where in a text, in bytes of UTF-8, a pattern matched, and its named groups that took part."""

    start: int
    end: int
    groups: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A compiled pattern. Two are the same only if they are one object."""

    source: str
    regexp: Any  # re2 ships no types
    size: int  # instructions

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its groups."""
        return tuple(self.regexp.groupindex)

    @property
    def reach(self) -> int:
        """How many bytes of a text are searched: all that rules see, but for patterns of more than 1,500 instructions."""
        return _STEPS // max(self.size, 1)

    def holds(self, text: bytes) -> bool:
        return self.regexp.search(text[: self.reach]) is not None

    def find(self, text: bytes) -> Found | None:
        """The first match in `text`, which is UTF-8."""
        match = self.regexp.search(text[: self.reach])
        if match is None:
            return None
        groups = {name: _decoded(value) for name, value in match.groupdict().items() if value is not None}
        return Found(match.start(), match.end(), groups)


def _decoded(value: bytes) -> str:
    return value.decode("utf-8", "replace")


@lru_cache(maxsize=4_096)
def compile_pattern(source: str) -> Pattern:
    """Compile `source`. Raises BadPattern."""
    if len(source) > MAX_PATTERN:
        raise BadPattern(
            f"a pattern of {len(source):,} characters, expected at most {MAX_PATTERN:,}",
            "split it in several",
        )
    try:
        regexp = re2.compile(source, _options(_PATTERN_MEMORY))
    except re2.error as error:
        raise BadPattern(*_explained(error)) from error
    except UnicodeEncodeError as error:
        raise BadPattern("half a character", "write the character itself") from error
    if regexp.programsize > MAX_PROGRAM:
        found = f"a pattern of {regexp.programsize:,} steps, expected at most {MAX_PROGRAM:,}"
        raise BadPattern(found, "make its repetitions smaller")
    return Pattern(source, regexp, regexp.programsize)


def literal_pattern(text: str) -> Pattern:
    """A pattern for exactly this text, case and all, of at most 450 characters."""
    return compile_pattern(f"(?-i){re2.escape(text)}")


def _options(memory: int) -> re2.Options:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = memory
    return options


def _explained(error: re2.error) -> tuple[str, str]:
    complaint = error.args[0]
    text = _decoded(complaint) if isinstance(complaint, bytes) else str(complaint)
    escape = text.removeprefix("invalid escape sequence: ")
    if escape != text:
        return _explained_escape(escape)
    for beginning, found, remedy in _REMEDIES:
        if text.startswith(beginning):
            return f"{found} ({text})", remedy
    return f"a pattern RE2 refuses ({text})", "see the syntax at github.com/google/re2/wiki/Syntax"


def _explained_escape(escape: str) -> tuple[str, str]:
    if escape[1:2].isdigit():
        return f"a back-reference ({escape})", "RE2 has none: write what may repeat out"
    if escape == "\\Z":
        return "the escape \\Z", "write \\z for the end of the text"
    return (
        f"the escape {escape}, which RE2 doesn't know",
        "leave the backslash out, or see github.com/google/re2/wiki/Syntax",
    )


class PatternSet:
    """Many patterns, found in one pass.

    A set that RE2 can't compile within its memory is halved, down to single patterns; heavy ones stand alone from the start. RE2 says
    "nothing matched" also where it ran out of memory on a text: a pattern that always matches stands in each set, and where even that
    isn't found, each pattern of the set is asked by itself.
    """

    __slots__ = ("_parts", "_single", "members")

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        distinct = tuple(dict.fromkeys(patterns))
        self._parts: list[tuple[Any, tuple[Pattern, ...]]] = []
        self._single: list[Pattern] = [pattern for pattern in distinct if pattern.size > _LIGHT]
        self._add(tuple(pattern for pattern in distinct if pattern.size <= _LIGHT))
        self.members: frozenset[Pattern] = frozenset(distinct).difference(self._single)

    def _add(self, patterns: tuple[Pattern, ...]) -> None:
        if not patterns:
            return
        compiled = _compile_set(patterns)
        if compiled is not None:
            self._parts.append((compiled, patterns))
            return
        if len(patterns) == 1:
            self._single += patterns
            return
        middle = len(patterns) // 2
        self._add(patterns[:middle])
        self._add(patterns[middle:])

    @property
    def parts(self) -> int:
        """In how many passes a text is searched."""
        return len(self._parts)

    def matching(self, text: bytes) -> frozenset[Pattern]:
        """Those of `members` that match somewhere in `text`."""
        found: set[Pattern] = set()
        for compiled, patterns in self._parts:
            hits = compiled.Match(text)
            if hits is None:
                found.update(pattern for pattern in patterns if pattern.holds(text))
            else:
                found.update(patterns[hit] for hit in hits if hit < len(patterns))
        return frozenset(found)


def _compile_set(patterns: tuple[Pattern, ...]) -> Any:
    compiled = re2.Set.SearchSet(_options(_SET_MEMORY))
    try:
        for pattern in patterns:
            compiled.Add(pattern.source)
        compiled.Add("")  # always matches; its number is the last
        compiled.Compile()
    except re2.error:
        return None
    return compiled
