"""Words of a fixed list (a status, a priority, a kind): a scalar is equality, a list is any of; or `is`, `in`, `not`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Generic, Self, TypeVar

from pydantic import Field
from pydantic.json_schema import JsonSchemaValue

from deskd.model import Grade, Kind, Priority, Status
from deskd.rules.checks import AllOf, Check, Not, Some, T
from deskd.rules.operators.equals import Equals
from deskd.rules.spec import Listed, Spec
from deskd.rules.text import Text

C = TypeVar("C", bound=str)


class ChoiceSpec(Spec, Generic[C]):
    """What all choices have in common."""

    is_: Listed[C] = Field([], alias="is", description="This; a list: any of these.")
    in_: Listed[C] = Field([], alias="in", description="Any of these.")
    not_: Self | None = Field(None, alias="not", description="None of these.")

    @classmethod
    def written_out(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"is": value}
        return {"in": value} if isinstance(value, list) else value

    @classmethod
    def short_forms(cls, full: JsonSchemaValue) -> list[JsonSchemaValue]:
        return list(full["properties"]["in"]["anyOf"])


class StatusSpec(ChoiceSpec[Status]):
    """A status, a list of them (any), or `is`, `in`, `not`."""

    EXPECTED: ClassVar[str] = "a status, a list of them, or a map (is, in, not)"


class PrioritySpec(ChoiceSpec[Priority]):
    """A priority, a list of them (any), or `is`, `in`, `not`."""

    EXPECTED: ClassVar[str] = "a priority, a list of them, or a map (is, in, not)"


class GradeSpec(ChoiceSpec[Grade]):
    """low, medium or high, a list of them (any), or `is`, `in`, `not`."""

    EXPECTED: ClassVar[str] = "low, medium or high, a list of them, or a map (is, in, not)"


class KindSpec(ChoiceSpec[Kind]):
    """A kind of message, a list of them (any), or `is`, `in`, `not`."""

    EXPECTED: ClassVar[str] = "a kind of message, a list of them, or a map (is, in, not)"


def choice_check(spec: ChoiceSpec[Any], label: str, values: Callable[[T], Sequence[Text]]) -> Check[T]:
    """The check that `spec` asks for of the words that `values` finds."""
    checks: list[Check[T]] = [
        Some(label, values, Equals.to(allowed)) for allowed in (spec.is_, spec.in_) if allowed
    ]
    if spec.not_ is not None:
        checks.append(Not(choice_check(spec.not_, label, values)))
    return checks[0] if len(checks) == 1 else AllOf(tuple(checks))
