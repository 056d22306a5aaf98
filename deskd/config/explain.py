"""What pydantic found wrong -> what an admin is told: what was found, what was expected, what to write, and where."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from deskd.config.expand import Expanded
from deskd.config.nearest import did_you_mean, one_of
from deskd.errors import Problem
from deskd.yamlfile import Document, Path

SECRET_KEYS = frozenset(
    {
        "app_token",
        "client_secret",
        "refresh_token",
        "bot_token",
        "database",
        "password",
        "secret",
        "signing_secret",
        "token",
    }
)
"""Keys whose values no message shows."""

_FORMS = {
    "int_type": "a whole number",
    "bool_type": "true or false",
    "string_type": "text",
    "string_too_short": "some text",
    "too_short": "at least one",
    "tuple_type": "a list",
    "dict_type": "a map",
    "model_type": "a map",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
}


@dataclass(frozen=True, slots=True)
class Reporter:
    """Makes the problems of one file: its places, and its data as expanded."""

    document: Document
    data: Any

    def at(self, path: Path, message: str, remedy: str = "", key: bool = False) -> Problem:
        line, column = self.document.place(path, key)
        return Problem(self.document.name, line, column, message, remedy)

    def value(self, path: Path) -> Any:
        value = self.data
        for step in path:
            value = value[step]
        return value

    def found(self, path: Path) -> str:
        """The value at `path` as a message may show it."""
        return self._shown(path, self.value(path))

    def _shown(self, path: Path, value: Any) -> str:
        if value is None:
            return "nothing"
        if isinstance(value, dict):
            return "a map"
        if isinstance(value, tuple | list):
            return "a list" if value else "an empty list"
        if path and path[-1] in SECRET_KEYS:
            return "a value that is not shown" if value != "" else "an empty text"
        if isinstance(value, Expanded):
            return f"what {self.document.source(path)} expands to"
        if isinstance(value, str):
            return repr(value if len(value) <= 60 else f"{value[:60]}…") if value else "an empty text"
        return self.document.source(path) or str(value)

    def unknown_key(self, path: Path, known: typing.Iterable[str]) -> Problem:
        """The key at the end of `path` is none of those that can stand there."""
        names = list(known)
        where = f" in {dotted(path[:-1])}" if len(path) > 1 else ""
        message = f"found the key {str(path[-1])!r:.60}{where}, expected {one_of(names)}"
        return self.at(path, message, did_you_mean(str(path[-1]), names), key=True)

    def wrong(self, path: Path, form: str, remedy: str = "") -> Problem:
        """The value at `path` isn't of the right form."""
        return self.at(path, f"found {self.found(path)} for {dotted(path)}, expected {form}", remedy)

    def invalid(self, error: ValidationError, model: type[BaseModel], prefix: Path) -> Iterator[Problem]:
        """All that pydantic found in the part of the file at `prefix`."""
        details = error.errors(include_url=False, include_input=False)
        misspelt = {
            (*prefix, *detail["loc"][:-1], near)
            for detail in details
            if detail["type"] == "extra_forbidden" and (near := _nearest_key(model, detail))
        }
        for detail in details:
            path = self._existing((*prefix, *detail["loc"]))
            if detail["type"] == "too_short" and self.value(path):
                continue  # there are some, each of them wrong and told by itself
            if detail["type"] == "missing" and path in misspelt:
                continue  # the misspelt key is told with the right one
            yield self._problem(detail, model, path)

    def _existing(self, path: Path) -> Path:
        """A list of one may be written without its brackets: then there is nothing at its index 0."""
        for end, step in enumerate(path):
            if isinstance(step, int) and not isinstance(self.value(path[:end]), tuple | list):
                return path[:end]
        return path

    def _problem(self, detail: ErrorDetails, model: type[BaseModel], path: Path) -> Problem:
        context: Mapping[str, Any] = detail.get("ctx", {})
        kind = detail["type"]
        if path[-1] == "[key]":
            path = path[:-1]
            message = f"found the key {str(path[-1])!r:.60} in {dotted(path[:-1])}, expected {context.get('expected', 'text')}"
            return self.at(path, message, key=True)
        if kind == "extra_forbidden":
            return self.unknown_key(path, keys_at(model, detail["loc"][:-1]))
        if kind == "missing":
            return self.at(path, f"found no {path[-1]!r} in {dotted(path[:-1])}, expected one", key=True)
        if kind == "whole":
            return self.at(path, f"{detail['msg']}, in {dotted(path)}", key=True)
        if kind == "form":
            return self.wrong(path, context["expected"], context["remedy"])
        if kind == "literal_error":
            words = [
                word.lower() if word == "True" else word
                for word in re.findall(r"[\w-]+", _choices(context["expected"]))
            ]
            return self.wrong(path, one_of(words), did_you_mean(str(self.value(path)), words))
        if kind == "too_short" and isinstance(self.value(path), str):
            kind = "string_too_short"
        form = _FORMS.get(kind, detail["msg"]).format(**context)
        return self.wrong(path, form, self._remedy(kind, path))

    def _remedy(self, kind: str, path: Path) -> str:
        value = self.value(path)
        if path[-1] in SECRET_KEYS or isinstance(value, Expanded | dict | tuple):
            return ""
        if kind == "string_type" and value is not None:
            return f'put it in quotes: "{self.document.source(path)}"'
        if kind == "tuple_type" and value is not None:
            return f"write [{self.document.source(path)}]"
        if (
            kind in ("int_type", "bool_type")
            and isinstance(value, str)
            and re.fullmatch("[0-9]+|true|false", value)
        ):
            return "leave the quotes out"
        if kind == "bool_type":
            return {"yes": "write true", "on": "write true", "no": "write false", "off": "write false"}.get(
                str(value).lower(), ""
            )
        return ""


def dotted(path: Path) -> str:
    """channels.support-mail.aliases[0]"""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def keys_at(model: type[BaseModel], loc: tuple[str | int, ...]) -> list[str]:
    """The keys that can stand in the section at `loc` within `model`."""
    section: type[BaseModel] | None = model
    for step in loc:
        if section is not None and isinstance(step, str) and step in section.model_fields:
            section = _section_in(section.model_fields[step].annotation)
    return list(section.model_fields) if section is not None else []


def _section_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and not typing.get_args(annotation) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_section_in(argument) for argument in typing.get_args(annotation))
    return next((section for section in inner if section is not None), None)


def _nearest_key(model: type[BaseModel], detail: ErrorDetails) -> str:
    near = did_you_mean(str(detail["loc"][-1]), keys_at(model, detail["loc"][:-1]))
    quoted = re.search(r"'(.*)'", near)
    return quoted[1] if quoted else ""


def _choices(expected: str) -> str:
    """pydantic's "'low', 'normal' or 'high'" without its "or"."""
    return re.sub(r"(?<=['e]) or ", " ", expected)
