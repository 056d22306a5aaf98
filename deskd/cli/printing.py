"""All that commands print: JSON by one writer, tables for people (drawn on a terminal, plain when piped), notes on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from deskd.errors import Problem

Line = Mapping[str, Any]


def write_json(value: Line) -> None:
    """One object on one line. Times are ISO 8601 in UTC, to the millisecond: 2026-11-22T05:30:00.000Z."""
    text = json.dumps(value, ensure_ascii=not _speaks_utf8(), default=_plain)
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate in someone's text
        text = json.dumps(value, default=_plain)
    sys.stdout.write(text + "\n")


def _speaks_utf8() -> bool:
    return (sys.stdout.encoding or "utf-8").lower().replace("-", "") == "utf8"


def write_lines(lines: Iterable[Line]) -> None:
    for line in lines:
        write_json(line)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def say(text: str) -> None:
    """A line for people, on stdout."""
    print(text.encode("utf-8", "replace").decode())


def note(text: str) -> None:
    """A line beside the output: a summary, a warning."""
    print(text.encode("utf-8", "replace").decode(), file=sys.stderr)


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Columns for people: a drawn table on a terminal, tab-separated lines when piped."""
    if sys.stdout.isatty():
        _drawn(columns, rows)
        return
    said = False
    for row in rows:
        if not said:
            say("\t".join(columns))
            said = True
        say("\t".join(_cell(value) for value in row))


def _drawn(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(*columns, box=box.SIMPLE_HEAD)
    for row in rows:
        drawn.add_row(*(Text(_cell(value)) for value in row))  # Text: what customers write is never markup
    Console().print(drawn)


def _cell(value: Any) -> str:
    """One line without control characters: what customers write must not steer a terminal."""
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list | tuple):
        return ", ".join(_cell(one) for one in value) or "-"
    return printable(" ".join(str(value).split()))


def printable(text: str) -> str:
    """Text without what a terminal would obey; line ends and tabs stay."""
    return "".join(letter if letter in "\n\t" or letter.isprintable() else "�" for letter in text)


def problem_line(problem: Problem) -> Line:
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "message": problem.message,
        "remedy": problem.remedy or None,
    }
