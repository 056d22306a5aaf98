"""What all models of rule files share: strict types, no unknown keys, no empty values, shorthands written out before they are checked.

A value has one form inside: `subject: x` is read as `subject: {is: [x]}`, so that a fault is told once and at its place, and not once
for each form it might have had. `context` of a validation is the desk's `Names`, or None where names aren't checked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetJsonSchemaHandler,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from deskd.config.expected import expected
from deskd.config.nearest import did_you_mean, one_of
from deskd.rules.names import Names

T = TypeVar("T")


def fault(message: str, remedy: str = "") -> PydanticCustomError:
    """A fault told in its own words: `message` says what was found and what was expected, `remedy` what to write."""
    return PydanticCustomError("fault", "{message}", {"message": message, "remedy": remedy})


class Spec(BaseModel):
    """A map in a rule file."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, validate_by_alias=True, validate_by_name=False
    )

    EXPECTED: ClassVar[str] = "a map of keys"

    @classmethod
    def written_out(cls, value: Any) -> Any:
        """The full form of a shorthand; what is none stays as it is."""
        return value

    @classmethod
    def short_forms(cls, full: JsonSchemaValue) -> list[JsonSchemaValue]:
        """The JSON Schemas of the shorthands; `full` is that of the map."""
        return []

    @model_validator(mode="before")
    @classmethod
    def _write_out(cls, value: Any) -> Any:
        if isinstance(value, BaseModel):
            return value
        full = cls.written_out(value)
        if not isinstance(full, dict):
            raise expected(cls.EXPECTED, quoting(value))
        if not full:
            raise expected("at least one key")
        return full

    @field_validator("*", mode="before")
    @classmethod
    def _given(cls, value: Any) -> Any:
        if value is None:
            raise expected("a value", "leave the key out if there is nothing to say")
        return value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        full = handler(core_schema)
        resolved = handler.resolve_ref_schema(full)
        shorts = cls.short_forms(resolved)
        if shorts:
            whole = {key: resolved.pop(key) for key in list(resolved) if key not in ("title", "description")}
            resolved["anyOf"] = [*shorts, whole]
        return full


def quoting(value: object) -> str:
    return "put it in quotes if it is text" if isinstance(value, bool | int | float) else ""


def listed(value: Any) -> Any:
    """One value as a list of one."""
    if value is None or isinstance(value, dict):
        return value
    items = value if isinstance(value, list) else [value]
    if not items:
        raise expected("at least one value")
    return items


@dataclass(frozen=True, slots=True)
class OneOrMore:
    """Annotation: a value or a list of them, inside always a list. `empty`: the list may have nothing in it. `named`: `{list: NAME}` may stand for it."""

    empty: bool = False
    named: bool = True

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        many = handler(core_schema)
        item = many["items"]
        texts = self.named and item.get("type") == "string"
        listed = {**many, "items": {"anyOf": [item, NAMED_LIST]}} if texts else many
        several = listed if self.empty else {**listed, "minItems": 1}
        return {"anyOf": [item, several, *([NAMED_LIST] if texts else [])]}


LIST: dict[str, Any] = {
    "type": "object",
    "description": "A list that stands under `lists:`, by its name.",
    "properties": {"list": {"type": "string", "description": "The list's name."}},
    "required": ["list"],
    "additionalProperties": False,
}
"""What stands for a list in a rule file, as JSON Schema; it is written out before the models see it (`deskd.rules.lists`)."""
NAMED_LIST: dict[str, Any] = {"x-deskd": "list"}
"""Stands for a reference to `LIST` while pydantic makes the schema, which knows of no such model."""


Listed = Annotated[list[T], OneOrMore(), BeforeValidator(listed)]


def name_check(kind: str, known: Callable[[Names], Any]) -> Callable[[str, ValidationInfo], str]:
    """A validator: the text is one of the desk's names of that kind, where a desk is known."""

    def check(value: str, info: ValidationInfo) -> str:
        if isinstance(info.context, Names) and value not in known(info.context):
            names = list(known(info.context))
            raise expected(
                f"{kind}: {one_of(names)}" if names else f"{kind}, of which the desk has none",
                did_you_mean(value, names),
            )
        return value

    return check
