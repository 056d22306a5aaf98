"""A rule file as pydantic sees it. The models are the schema: editors get it from `rules_schema`, `config/schema/rules.schema.json` holds it."""

from __future__ import annotations

import json
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from deskd.config.expected import expected
from deskd.rules.actions.then import Step
from deskd.rules.conditions.when import When
from deskd.rules.facts import Event
from deskd.rules.lists import NAME
from deskd.rules.spec import LIST, NAMED_LIST, OneOrMore, Spec, fault, listed
from deskd.rules.trial import TrialSpec


class RuleSpec(Spec):
    """A rule: when all its conditions hold, its actions run in order."""

    EXPECTED: ClassVar[str] = "a rule: a map of name, when, then"

    name: str = Field(
        min_length=1,
        max_length=120,
        description="Unique over all files; it is what logs, the audit trail and `explain` show.",
    )
    event: Event = Field(
        "message",
        description="When it is asked: message (every incoming one), ticket (a new one), reply, update, escalated, breach, idle.",
    )
    when: When | None = Field(None, description="Conditions, all of which must hold; left out: always.")
    then: Annotated[
        list[Step], OneOrMore(), BeforeValidator(lambda value: value if isinstance(value, list) else [value])
    ] = Field([], min_length=1, description="Actions, in order.")
    stop: bool = Field(False, description="true: no rule after this one runs.")

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if not self.then and not self.stop:
            raise fault(
                f"found the rule {self.name!r} without actions, expected `then`, or `stop: true`",
                "write what it does: then: [{tag: …}]",
            )
        return self

    @property
    def stops(self) -> bool:
        return self.stop or any("stop" in step.order for step in self.then)


def _list_name(value: str) -> str:
    if not NAME.fullmatch(value):
        raise expected("a name of letters, digits, _ and -")
    return value


ListName = Annotated[str, AfterValidator(_list_name)]


class RuleFile(Spec):
    """A file of rules, with their tests."""

    EXPECTED: ClassVar[str] = "a map of rules, tests, lists, include"

    include: Annotated[list[str], OneOrMore(named=False), BeforeValidator(listed)] = Field(
        [], description="Further rule files, by their path from this one; they run before it."
    )
    lists: dict[ListName, list[str]] = Field(
        {}, description="Lists by name, for all files of the folder: {list: NAME} stands for one."
    )
    rules: list[RuleSpec] = Field([], description="Rules, in the order they run.")
    tests: list[TrialSpec] = Field(
        [], description="Tests, run by `deskd rules test` and before a folder is taken over."
    )


class _Generator(GenerateJsonSchema):
    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """A key may be left out, never empty."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Defaults that say "left out" are none to show."""
        described = super().default_schema(schema)
        return {
            key: value for key, value in described.items() if key != "default" or value not in (None, [], "")
        }


def rules_schema() -> dict[str, Any]:
    """The JSON Schema of a rule file, draft 2020-12."""
    schema = RuleFile.model_json_schema(by_alias=True, schema_generator=_Generator)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_untitled(schema),
        "title": "deskd rules",
        "$defs": {**_untitled(schema["$defs"]), "List": LIST},
    }


def schema_text() -> str:
    """As the file holds it."""
    return json.dumps(rules_schema(), indent=2, ensure_ascii=False) + "\n"


def _untitled(node: Any) -> Any:
    """Without the titles that pydantic makes of names."""
    if isinstance(node, list):
        return [_untitled(item) for item in node]
    if not isinstance(node, dict):
        return node
    if node == NAMED_LIST:
        return {"$ref": "#/$defs/List"}
    return {
        key: _untitled(value)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))
    }
