"""`${NAME}`, `${NAME:-default}`, `${file:PATH}` and `$${` in every string of a file.

What comes out of the environment or a file is never expanded again, and never shown in a message: it may be a secret.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deskd.config.nearest import did_you_mean
from deskd.yamlfile import Document
from deskd.yamlfile import Path as Steps

MAX_SECRET = 65_536  # bytes
_MAX_NESTING = 8
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_FORMS = "${NAME}, ${NAME:-default} or ${file:PATH}"


class Expanded(str):
    """A string that a `${…}` took part in: a number may be read from it, and messages don't show it."""

    __slots__ = ()


class ExpansionError(Exception):
    """One string could not be expanded; the text says what was found and what was expected, `remedy` what to do."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Expansion:
    """A document's data with its strings expanded and its lists made tuples, and what could not be."""

    data: Any
    failures: Mapping[Steps, ExpansionError] = field(default_factory=dict)


def expand(document: Document, env: Mapping[str, str], folder: Path) -> Expansion:
    """All strings of `document`, keys excepted. `folder` is where relative paths of `${file:…}` start."""
    failures: dict[Steps, ExpansionError] = {}

    def walk(value: Any, path: Steps) -> Any:
        if isinstance(value, dict):
            return {key: walk(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return tuple(walk(item, (*path, index)) for index, item in enumerate(value))
        if not isinstance(value, str) or "$" not in value:
            return value
        try:
            return expand_text(value, env, folder)
        except ExpansionError as error:
            failures[path] = error
            return value

    return Expansion(walk(document.data, ()), failures)


def expand_text(text: str, env: Mapping[str, str], folder: Path) -> str:
    """One string. Raises ExpansionError: a variable nobody set, a file that can't be read, `${` that isn't closed."""
    if "${" not in text:
        return text
    expanded, _, used = _until(text, 0, env, folder, depth=0)
    return Expanded(expanded) if used else expanded


def _until(text: str, at: int, env: Mapping[str, str], folder: Path, depth: int) -> tuple[str, int, bool]:
    """The text from `at` expanded, up to the `}` that closes it (or the end, at depth 0); where that is; if anything was expanded."""
    if depth > _MAX_NESTING:
        raise ExpansionError(f"found '${{' more than {_MAX_NESTING} times inside one another")
    parts: list[str] = []
    used = False
    while at < len(text):
        if text.startswith("$${", at):
            parts.append("${")
            at += 3
        elif text.startswith("${", at):
            part, at = _reference(text, at + 2, env, folder, depth)
            parts.append(part)
            used = True
        elif depth and text[at] == "}":
            return "".join(parts), at + 1, used
        else:
            parts.append(text[at])
            at += 1
    if depth:
        raise ExpansionError("found '${' that no '}' closes", "close it, or write $${ for a literal ${")
    return "".join(parts), at, used


def _reference(text: str, at: int, env: Mapping[str, str], folder: Path, depth: int) -> tuple[str, int]:
    """What `${` before `at` stands for, and where the text goes on behind its `}`."""
    if text.startswith("file:", at):
        path, end, _ = _until(text, at + 5, env, folder, depth + 1)
        return read_secret(path, folder), end
    match = _NAME.match(text, at)
    if not match:
        raise ExpansionError(
            f"found '${{{text[at : at + 12]}', expected {_FORMS}", "write $${ for a literal ${"
        )
    name, end = match[0], match.end()
    if text.startswith("}", end):
        return _variable(name, env), end + 1
    if not text.startswith(":-", end):
        raise ExpansionError(
            f"found '${{{text[at : end + 12]}', expected {_FORMS}", "write $${ for a literal ${"
        )
    if env.get(name):
        return env[name], _skip(text, end + 2)
    default, end, _ = _until(text, end + 2, env, folder, depth + 1)
    return default, end


def _skip(text: str, at: int) -> int:
    """Behind the `}` that closes a default which isn't needed: what stands in it may well be unset."""
    depth = 1
    while at < len(text):
        if text.startswith("$${", at):
            at += 3
            continue
        if text.startswith("${", at):
            depth += 1
            at += 1
        elif text[at] == "}":
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    raise ExpansionError("found '${' that no '}' closes", "close it, or write $${ for a literal ${")


def _variable(name: str, env: Mapping[str, str]) -> str:
    if name not in env:
        near = did_you_mean(name, env)
        remedy = near or f"set it, or give a default: ${{{name}:-…}}"
        raise ExpansionError(f"found ${{{name}}}, but the environment variable {name} is not set", remedy)
    return env[name]


def read_secret(path: str, folder: Path) -> str:
    """The text of a secret's file without its last newline. Pipes and devices are refused: they could keep us waiting."""
    if not path or "\x00" in path:
        raise ExpansionError("found ${file:} without a path", "write ${file:/path/of/the/secret}")
    place = folder / path
    try:
        descriptor = os.open(place, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ExpansionError(f"found the secret's file {place}, which is not a file")
            content = file.read(MAX_SECRET + 1)
        if len(content) > MAX_SECRET:
            raise ExpansionError(f"found the secret's file {place} of more than {MAX_SECRET // 1024} KiB")
        return content.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except OSError as error:
        raise ExpansionError(
            f"found the secret's file {place}, but it can't be read: {error.strerror or error}"
        ) from error
    except UnicodeDecodeError as error:
        raise ExpansionError(f"found the secret's file {place}, but it is not text in UTF-8") from error
