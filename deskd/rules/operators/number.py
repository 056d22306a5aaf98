"""Numbers, sizes and durations: equality, `in`, `over`, `under`, `not`.

`over` is more than a number or size; for durations the moment itself counts, since what waits three days is due when they are over,
not later. `under` is less, always.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue

from deskd.config.amounts import parse_duration, parse_size
from deskd.rules.checks import AllOf, Check, Needs, Not, Some, T
from deskd.rules.spec import Listed, Spec

V = TypeVar("V", int, timedelta)

Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^(\d+d)?(\d+h)?(\d+m)?(\d+s)?$",
            "examples": ["90s", "30m", "8h", "2d"],
        }
    ),
]
Size = Annotated[
    int,
    BeforeValidator(lambda value: value if type(value) is int and value >= 0 else parse_size(value)),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0},
                {"type": "string", "pattern": r"^\d+ ?(B|kB|KB|MB|GB|KiB|MiB|GiB)$", "examples": ["25MB"]},
            ]
        }
    ),
]


class AmountSpec(Spec, Generic[V]):
    """What numbers, sizes and durations have in common."""

    is_: Listed[V] = Field([], alias="is", description="Equal; a list: to any of them.")
    in_: Listed[V] = Field([], alias="in", description="Equal to any of these.")
    over: V | None = Field(None, description="More than this; a duration: this or more.")
    under: V | None = Field(None, description="Less than this.")
    not_: Self | None = Field(
        None, alias="not", description="What must not hold: an amount, a list or operators."
    )

    @classmethod
    def written_out(cls, value: Any) -> Any:
        if isinstance(value, list):
            return {"in": value}
        return value if isinstance(value, dict | bool) or value is None else {"is": value}

    @classmethod
    def short_forms(cls, full: JsonSchemaValue) -> list[JsonSchemaValue]:
        return list(full["properties"]["in"]["anyOf"])


class NumberSpec(AmountSpec[int]):
    """A number, a list of numbers (any of them), or operators that must all hold."""

    EXPECTED: ClassVar[str] = "a number, a list of numbers, or a map of operators (is, in, over, under, not)"


class SizeSpec(AmountSpec[Size]):
    """A size in bytes or as 500KB or 25MB, a list of them (any), or operators that must all hold."""

    EXPECTED: ClassVar[str] = (
        "a size (25MB), a list of sizes, or a map of operators (is, in, over, under, not)"
    )


class DurationSpec(AmountSpec[Duration]):
    """A duration as 90s, 30m, 8h or 2d, a list of them (any), or operators that must all hold."""

    EXPECTED: ClassVar[str] = (
        "a duration (3d), a list of durations, or a map of operators (is, in, over, under, not)"
    )


def amount_check(
    spec: AmountSpec[V], label: str, values: Callable[[T], Sequence[V]], written: Callable[[V], str]
) -> Check[T]:
    """The check that `spec` asks for of the amounts that `values` finds; `written` puts one into words."""
    tests: list[Check[V]] = [OneOf(tuple(allowed), written) for allowed in (spec.is_, spec.in_) if allowed]
    if spec.over is not None:
        tests.append(Over(spec.over, written, reached=isinstance(spec.over, timedelta)))
    if spec.under is not None:
        tests.append(Under(spec.under, written))
    checks: list[Check[T]] = [Some(label, values, AllOf(tuple(tests)))] if tests else []
    if spec.not_ is not None:
        checks.append(Not(amount_check(spec.not_, label, values, written)))
    return AllOf(tuple(checks))


@dataclass(frozen=True, slots=True)
class OneOf(Generic[V]):
    allowed: tuple[V, ...]
    written: Callable[[V], str]

    def holds(self, subject: V) -> bool:
        return subject in self.allowed

    def why(self, subject: V) -> str:
        shown = self.written(subject)
        return (
            f"is {shown}"
            if self.holds(subject)
            else f"is {shown}, not {' or '.join(map(self.written, self.allowed))}"
        )

    def captures(self, subject: V) -> Mapping[str, str]:
        return {}

    def needs(self, field: str) -> Needs:
        return None


@dataclass(frozen=True, slots=True)
class Over(Generic[V]):
    limit: V
    written: Callable[[V], str]
    reached: bool  # the limit itself counts

    def holds(self, subject: V) -> bool:
        return subject > self.limit or (self.reached and subject == self.limit)

    def why(self, subject: V) -> str:
        return f"is {self.written(subject)}, {'' if self.holds(subject) else 'not '}over {self.written(self.limit)}"

    def captures(self, subject: V) -> Mapping[str, str]:
        return {}

    def needs(self, field: str) -> Needs:
        return None


@dataclass(frozen=True, slots=True)
class Under(Generic[V]):
    limit: V
    written: Callable[[V], str]

    def holds(self, subject: V) -> bool:
        return subject < self.limit

    def why(self, subject: V) -> str:
        return f"is {self.written(subject)}, {'' if self.holds(subject) else 'not '}under {self.written(self.limit)}"

    def captures(self, subject: V) -> Mapping[str, str]:
        return {}

    def needs(self, field: str) -> Needs:
        return None
