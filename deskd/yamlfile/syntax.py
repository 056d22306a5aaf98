"""What the YAML scanner says of a text it can't read, put so that an admin knows what to change."""

from __future__ import annotations

from typing import Any

from ruamel.yaml.error import MarkedYAMLError

from deskd.errors import Problem

# (a part of the scanner's words, what was found and expected, what to do); the first that fits. Both of ruamel.yaml's scanners are heard.
_SAYINGS: tuple[tuple[str, str, str], ...] = (
    ("expected ',' or ']'", "expected ',' or ']' in the list opened with '[' at {context}", "close it with ']'"),
    ("expected ',' or '}'", "expected ',' or '}}' in the map opened with '{{' at {context}", "close it with '}}'"),
    ("mapping values are not allowed", "found a ':' where no key can stand", "put text that holds ': ' in quotes; check the indentation"),
    ("unexpected end of stream", "found the end of the file inside the text begun at {context}", "close its quote"),
    ("unexpected document separator", "found '---' inside the text begun at {context}", "close its quote"),
    ("could not find expected ':'", "found a line without ':', expected `key: value`", "check the line's indentation"),
    ("unknown escape character", "found an unknown escape in double quotes", "put the text in single quotes, where \\ is nothing special"),
    ("expected hexdecimal", "found an unfinished escape in double quotes", "put the text in single quotes, where \\ is nothing special"),
    ("expected hexadecimal", "found an unfinished escape in double quotes", "put the text in single quotes, where \\ is nothing special"),
    ("expected '-' indicator", "found something else where a list goes on, expected '- '", "check the indentation"),
    ("block sequence entries are not allowed", "found '- ' where no list can begin", "begin the list on a line of its own"),
    ("sequence entries are not allowed", "found '- ' where no list can begin", "begin the list on a line of its own"),
    ("did not find expected key", "found something that fits no key of the map begun at {context}", "check indentation and quotes"),
    ("expected <block end>", "found something that doesn't belong to what began at {context}", "check indentation and quotes"),
    ("tab", "found a tab, expected spaces", "indent with spaces"),
)  # fmt: skip


def syntax_problem(error: Exception, text: str, name: str) -> Problem:
    """One Problem, at the place the scanner stopped."""
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return Problem(
            name, None, None, f"is not YAML: {str(error).splitlines()[0] if str(error) else 'unreadable'}"
        )
    line, column = error.problem_mark.line + 1, error.problem_mark.column + 1
    if "cannot start any token" in str(error.problem):
        return Problem(name, line, column, *_odd_start(_character(text, line, column)))
    words = f"{error.problem or ''} ({error.context or ''})"
    for part, message, remedy in _SAYINGS:
        if part in words:
            context = _context(error.context_mark)
            return Problem(name, line, column, message.format(context=context), remedy.replace("}}", "}"))
    return Problem(name, line, column, f"is not YAML: {error.problem or error.context}")


def _odd_start(character: str) -> tuple[str, str]:
    if character == "\t":
        return "found a tab, expected spaces", "indent with spaces"
    return f"found {character!r} at the start of a value", "put the value in quotes"


def _character(text: str, line: int, column: int) -> str:
    lines = text.splitlines()
    return lines[line - 1][column - 1 : column] if line <= len(lines) else ""


def _context(mark: Any) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}" if mark is not None else "this line"
