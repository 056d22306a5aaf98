"""What pydantic found wrong in a rule file -> what an admin is told: file, line, column, what was found, what was expected, the nearest word."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from deskd.config.nearest import did_you_mean, one_of
from deskd.errors import Problem
from deskd.yamlfile import Document, Path

_FORMS: Final = {
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a map",
    "too_short": "at least one",
    "string_too_short": "some text",
    "string_too_long": "at most {max_length:,} characters",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
}


def problems_of(error: ValidationError, document: Document, model: type[BaseModel]) -> Iterator[Problem]:
    """All that pydantic found, in the order of the file's models."""
    details = error.errors(include_url=False, include_input=False)
    for detail in details:
        if detail["type"] != "missing" or not _misspelt(detail, details, model):
            yield _problem(detail, document, model)


def _misspelt(missing: ErrorDetails, details: list[ErrorDetails], model: type[BaseModel]) -> bool:
    """A missing key whose misspelt form is there is told once, with the right one."""
    *parent, key = missing["loc"]
    beside = [
        str(other["loc"][-1])
        for other in details
        if other["type"] == "extra_forbidden" and list(other["loc"][:-1]) == parent
    ]
    return any(
        did_you_mean(word, keys_at(model, tuple(parent))) == f"did you mean {key!r}?" for word in beside
    )


def _problem(detail: ErrorDetails, document: Document, model: type[BaseModel]) -> Problem:
    kind, loc = detail["type"], detail["loc"]
    context: Mapping[str, Any] = detail.get("ctx", {})
    path = written_path(document, loc)
    where = dotted(path) or "the file"
    if kind == "extra_forbidden":
        known = keys_at(model, loc[:-1])
        message = f"found the key {str(loc[-1])!r:.60} in {dotted(path[:-1]) or 'the file'}, expected {one_of(known)}"
        return _at(document, path, message, did_you_mean(str(loc[-1]), known), key=True)
    if kind == "missing":
        return _at(document, path, f"found no {str(loc[-1])!r} in {where}, expected one", key=True)
    if kind == "fault":
        return _at(document, path, f"{context['message']}, in {where}", context["remedy"])
    if loc and loc[-1] == "[key]":
        return _at(
            document,
            path,
            f"found the name {str(path[-1])!r:.60} in {dotted(path[:-1])}, expected {context.get('expected', 'text')}",
            context.get("remedy", ""),
            key=True,
        )
    value = document.node(path)
    found = said(value.value if value else None, document.source(path))
    if kind == "form":
        return _at(
            document, path, f"found {found} for {where}, expected {context['expected']}", context["remedy"]
        )
    if kind == "literal_error":
        words = re.findall(r"[\w-]+", context["expected"].replace(" or ", " ").replace("True", "true"))
        remedy = did_you_mean(str(value.value), words) if value and isinstance(value.value, str) else ""
        return _at(document, path, f"found {found} for {where}, expected {one_of(words)}", remedy)
    form = _FORMS.get(kind, detail["msg"]).format(**context)
    return _at(document, path, f"found {found} for {where}, expected {form}", _quoting(kind, document, path))


def _at(document: Document, path: Path, message: str, remedy: str = "", key: bool = False) -> Problem:
    return Problem(document.name, *document.place(path, key), message, remedy)


def _quoting(kind: str, document: Document, path: Path) -> str:
    source = document.source(path)
    return f'put it in quotes: "{source}"' if kind == "string_type" and source else ""


def said(value: object, source: str | None) -> str:
    """A value as a message names it."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a map" if value else "an empty map"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else f"{value[:60]}…") if value else "an empty text"
    return source or str(value)


def written_path(document: Document, loc: tuple[str | int, ...]) -> Path:
    """`loc` without the steps that only the full form of a shorthand has."""
    path: Path = ()
    node = document.root
    for step in loc:
        inner = node.child(step)
        if inner is not None:
            path, node = (*path, step), inner
    return path


def dotted(path: Path) -> str:
    """rules[3].when.any[0].subject"""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def keys_at(model: type[BaseModel], loc: tuple[str | int, ...]) -> list[str]:
    """The keys that can stand in the map at `loc` within `model`."""
    section: type[BaseModel] | None = model
    for step in loc:
        fields = (
            {field.alias or name: field for name, field in section.model_fields.items()} if section else {}
        )
        if section is not None and isinstance(step, str) and step in fields:
            section = _section_in(fields[step].annotation, section)
    return [field.alias or name for name, field in section.model_fields.items()] if section else []


def _section_in(annotation: Any, inside: type[BaseModel]) -> type[BaseModel] | None:
    if annotation is typing.Self:
        return inside
    if isinstance(annotation, type) and not typing.get_args(annotation) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_section_in(argument, inside) for argument in typing.get_args(annotation))
    return next((section for section in inner if section is not None), None)
