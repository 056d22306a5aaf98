"""The JSON Schema of rule files: fresh, complete, and of one mind with the loader."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from deskd.rules import rules_schema, schema_text
from deskd.yamlfile import read_yaml, read_yaml_text
from tests.support.needs import REPOSITORY
from tests.unit.rules import test_conditions as conditions

SCHEMA = rules_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
KEYS = [
    (name, key, described)
    for name, definition in SCHEMA["$defs"].items()
    for form in (definition, *definition.get("anyOf", []))
    for key, described in form.get("properties", {}).items()
]


def test_the_committed_schema_is_fresh() -> None:
    command = "python -c \"from deskd.rules import schema_text; print(schema_text(), end='')\" > config/schema/rules.schema.json"
    committed = (REPOSITORY / "config" / "schema" / "rules.schema.json").read_text("utf-8")
    assert committed == schema_text(), f"make it anew: {command}"


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_key_is_described() -> None:
    assert [(name, key) for name, key, described in KEYS if "description" not in described] == []
    assert len(KEYS) > 100


def test_every_key_is_in_the_reference() -> None:
    text = (REPOSITORY / "docs" / "rules.md").read_text("utf-8")
    assert sorted({key for _, key, _ in KEYS if f"`{key}`" not in text}) == []


def test_every_word_of_a_fixed_list_is_in_the_reference() -> None:
    text = (REPOSITORY / "docs" / "rules.md").read_text("utf-8")
    words = {word for _, _, described in KEYS for word in _words(described)}
    assert {"urgent", "auto_reply", "breach"} <= words
    assert sorted(word for word in words if f"`{word}`" not in text and f" {word}" not in text) == []


def _words(node: Any) -> set[str]:
    if isinstance(node, list):
        return {word for item in node for word in _words(item)}
    if not isinstance(node, dict):
        return set()
    return set(node.get("enum", [])) | {word for value in node.values() for word in _words(value)}


@pytest.mark.parametrize("path", sorted((REPOSITORY / "rules").glob("*.yaml")), ids=lambda path: path.name)
def test_it_accepts_the_rules_that_ship(path: Any) -> None:
    VALIDATOR.validate(read_yaml(path).data)


@pytest.mark.parametrize("when", [*conditions.HOLDING, *conditions.FAILING])
def test_it_accepts_what_the_loader_accepts(when: str) -> None:
    data = read_yaml_text(f"rules: [{{name: it, when: {when}, then: [spam, {{tag: [a]}}]}}]", "x").data
    VALIDATOR.validate(data)


@pytest.mark.parametrize(
    "rule",
    [
        "{name: x, when: {subjct: a}, then: [spam]}",
        "{name: x, when: {subject: 1}, then: [spam]}",
        "{name: x, when: {subject: }, then: [spam]}",
        "{name: x, when: {subject: {mathces: a}}, then: [spam]}",
        "{name: x, when: {kind: bounced}, then: [spam]}",
        "{name: x, when: {ticket: {level: '1'}}, then: [spam]}",
        "{name: x, when: {ticket: {idle: {over: 3}}}, then: [spam]}",
        "{name: x, when: {any: {subject: a}}, then: [spam]}",
        "{name: x, then: [delete]}",
        "{name: x, then: [{priority: higher}]}",
        "{name: x, then: [{notify: {text: a}}]}",
        "{name: x, event: mesage, then: [spam]}",
        "{then: [spam]}",
    ],
)
def test_it_refuses_what_the_loader_refuses(rule: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(read_yaml_text(f"rules: [{rule}]", "x").data)
