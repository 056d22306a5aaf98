"""The JSON Schema of deskd.yaml, made from the models, for editors. `config/schema/deskd.schema.json` holds it; a test keeps it fresh."""

from __future__ import annotations

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import WithDefaultSchema

from deskd.config.file import DeskFile

_REFERENCE = {
    "type": "string",
    "pattern": r"\$\{",
    "description": "${NAME}, ${NAME:-default} or ${file:PATH}",
}


class _AsWritten(GenerateJsonSchema):
    """Gives defaults as an admin would write them: 14d, 25MB."""

    def default_schema(self, schema: WithDefaultSchema) -> JsonSchemaValue:
        written = super().default_schema(schema)
        write = schema["schema"].get("serialization", {})
        if "default" in written and written["default"] is not None and write.get("type") == "function-plain":
            written["default"] = write["function"](schema["default"])
        return written


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
