"""What all sections of the file have in common, and the plain values in them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    SecretStr,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core.core_schema import CoreSchema, no_info_before_validator_function

from deskd.config.expand import Expanded


class Section(BaseModel):
    """Frozen; unknown keys and wrong types are errors; docstrings under the attributes go into the JSON Schema (`schema.py`).

    A section's validator is built when it is first asked for: those that are only parts of another are never.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        hide_input_in_errors=True,
        defer_build=True,
    )


def _whole(value: Any) -> Any:
    """The environment knows only text: `port: ${PORT:-587}` is a number all the same."""
    if isinstance(value, Expanded) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return value


def _flag(value: Any) -> Any:
    if isinstance(value, Expanded):
        return {"true": True, "false": False}.get(str(value), value)
    return value


class _Listed:
    """A list of one may be written without its brackets."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_before_validator_function(self._bracket, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        listed = handler(schema)
        return {"anyOf": [listed["items"], listed]}

    @staticmethod
    def _bracket(value: Any) -> Any:
        return (value,) if isinstance(value, str | int) and not isinstance(value, bool) else value


Text = Annotated[str, Field(min_length=1)]
Secret = Annotated[SecretStr, Field(min_length=1)]
Whole = Annotated[int, BeforeValidator(_whole)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Port = Annotated[Whole, Field(ge=1, le=65535)]
Level = Annotated[Whole, Field(ge=1, le=4)]
Texts = tuple[Text, ...]
LISTED = _Listed()
