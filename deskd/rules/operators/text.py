"""Text: a scalar is equality, a list is any of; or a map of operators, all of which the same value must fulfil.

Case never counts; accents don't for `words`. Where a fact has several values (recipients, tags, attachments), one that fulfils the
operators is enough, and `not` asks that none does what stands under it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field
from pydantic.json_schema import JsonSchemaValue

from deskd.config.expected import expected
from deskd.rules.checks import AllOf, Check, Not, Some, T
from deskd.rules.folding import words
from deskd.rules.operators.equals import Equals
from deskd.rules.operators.matches import Matches
from deskd.rules.operators.parts import Contains, Ends, Starts, folded_parts
from deskd.rules.operators.words import HasWords
from deskd.rules.patterns import BadPattern, Pattern, compile_pattern
from deskd.rules.spec import Listed, Spec, fault
from deskd.rules.text import Text


def _a_pattern(value: str) -> str:
    try:
        compile_pattern(value)
    except BadPattern as bad:
        raise fault(
            f"found {bad.found} in the pattern {value!r:.80}, expected one for RE2", bad.remedy
        ) from bad
    return value


def _some_words(value: str) -> str:
    if not words(value):
        raise expected("a word, with at least one letter or digit", "use `contains` for signs")
    return value


def _not_empty(value: str) -> str:
    if not value:
        raise expected("at least one character")
    return value


PatternText = Annotated[str, AfterValidator(_a_pattern)]
Words = Annotated[str, AfterValidator(_some_words)]
Part = Annotated[str, AfterValidator(_not_empty)]


class TextSpec(Spec):
    """A text, a list of texts (any of them), or operators that must all hold."""

    EXPECTED = (
        "a text, a list of texts, or a map of operators (is, in, contains, words, matches, starts, ends, not)"
    )

    is_: Listed[str] = Field([], alias="is", description="Equal, case aside; a list: to any of them.")
    in_: Listed[str] = Field([], alias="in", description="Equal to any of these, case aside.")
    contains: Listed[Part] = Field(
        [], description="Holds this text anywhere, case aside; a list: any of them."
    )
    words: Listed[Words] = Field(
        [], description="Holds any of these whole words or phrases; case and accents don't count."
    )
    matches: Listed[PatternText] = Field(
        [], description="An RE2 pattern found anywhere, case aside; a list: any of them."
    )
    starts: Listed[Part] = Field(
        [], description="Begins with this text, case aside; a list: with any of them."
    )
    ends: Listed[Part] = Field([], description="Ends with this text, case aside; a list: with any of them.")
    not_: Self | None = Field(
        None, alias="not", description="What must not hold: a text, a list or operators."
    )

    @classmethod
    def written_out(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"is": value}
        return {"in": value} if isinstance(value, list) else value

    @classmethod
    def short_forms(cls, full: JsonSchemaValue) -> list[JsonSchemaValue]:
        return list(full["properties"]["in"]["anyOf"])


def text_check(
    spec: TextSpec,
    label: str,
    values: Callable[[T], Sequence[Text]],
    pattern: Callable[[str], Pattern] = compile_pattern,
) -> Check[T]:
    """The check that `spec` asks for of the texts that `values` finds. `pattern` compiles, and may remember, the patterns."""
    tests = text_tests(spec, pattern)
    checks: list[Check[T]] = []
    if tests:
        checks.append(Some(label, values, tests[0] if len(tests) == 1 else AllOf(tests)))
    if spec.not_ is not None:
        checks.append(Not(text_check(spec.not_, label, values, pattern)))
    return checks[0] if len(checks) == 1 else AllOf(tuple(checks))


def text_tests(spec: TextSpec, pattern: Callable[[str], Pattern]) -> tuple[Check[Text], ...]:
    """The operators of `spec` but for `not`, quick ones first."""
    tests: list[Check[Text]] = [Equals.to(allowed) for allowed in (spec.is_, spec.in_) if allowed]
    if spec.starts:
        tests.append(Starts(folded_parts(spec.starts)))
    if spec.ends:
        tests.append(Ends(folded_parts(spec.ends)))
    if spec.words:
        tests.append(HasWords.among(spec.words))
    if spec.matches:
        tests.append(Matches(tuple(pattern(source) for source in spec.matches)))
    if spec.contains:
        tests.append(Contains(folded_parts(spec.contains)))
    return tuple(tests)
