"""The JSON Schema of deskd.yaml, made from the models, for editors. `config/schema/deskd.schema.json` holds it; a test keeps it fresh."""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from itertools import pairwise
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import ModelSchema, WithDefaultSchema

from deskd.config.file import DeskFile

_REFERENCE = {
    "type": "string",
    "pattern": r"\$\{",
    "description": "${NAME}, ${NAME:-default} or ${file:PATH}",
}


class _AsWritten(GenerateJsonSchema):
    """Gives defaults as an admin would write them: 14d, 25MB. A key's description is the docstring under its attribute."""

    def model_schema(self, schema: ModelSchema) -> JsonSchemaValue:
        written = super().model_schema(schema)
        for name, text in _described(schema["cls"]).items():
            if name in written.get("properties", {}):
                written["properties"][name]["description"] = text
        return written

    def default_schema(self, schema: WithDefaultSchema) -> JsonSchemaValue:
        written = super().default_schema(schema)
        write = schema["schema"].get("serialization", {})
        if "default" in written and written["default"] is not None and write.get("type") == "function-plain":
            written["default"] = write["function"](schema["default"])
        return written


def _described(model: type) -> dict[str, str]:
    """Attribute -> the docstring under it, of a model and those it comes from. Read here, where it is wanted, and not at each start (`use_attribute_docstrings`)."""
    found: dict[str, str] = {}
    for each in model.__mro__[-2::-1]:
        try:
            source = inspect.getsource(each)
        except (OSError, TypeError):  # made by a function (`create_model`), or not in Python
            continue
        tree = ast.parse(textwrap.dedent(source)).body[0]
        assert isinstance(tree, ast.ClassDef)
        for line, below in pairwise(tree.body):
            if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
                match below:
                    case ast.Expr(ast.Constant(str(text))):
                        found[line.target.id] = inspect.cleandoc(text)
    return found


def config_schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12."""
    schema = DeskFile.model_json_schema(schema_generator=_AsWritten)
    described = _with_references(schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "deskd.yaml",
        **{key: value for key, value in described.items() if key != "title"},
        "patternProperties": {"^x-": {"description": "Free: a place for anchors."}},
    }


def schema_text() -> str:
    """As the file holds it."""
    return json.dumps(config_schema(), indent=2, ensure_ascii=False) + "\n"


def _with_references(node: Any) -> Any:
    """Wherever a string has a form, or something else than a string is wanted, `${…}` may stand as well."""
    if isinstance(node, list):
        return [_with_references(item) for item in node]
    if not isinstance(node, dict):
        return node
    if _is_formed(node):
        outer = {key: node[key] for key in ("description", "default", "title") if key in node}
        return {
            **outer,
            "anyOf": [{key: value for key, value in node.items() if key not in outer}, _REFERENCE],
        }
    return {key: _with_references(value) if key != "default" else value for key, value in node.items()}


def _is_formed(node: dict[str, Any]) -> bool:
    kind = node.get("type")
    return (
        kind in ("integer", "boolean")
        or (kind == "string" and ("pattern" in node or "enum" in node))
        or ("enum" in node and kind is None)
    )
