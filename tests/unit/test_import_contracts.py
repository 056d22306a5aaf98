"""The import contracts in pyproject.toml cover every module they are about, and what they cannot see is seen here.

`lint-imports` (part of `make check`) holds the contracts themselves.
"""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.needs import REPOSITORY

# The modules that only decide: values in, values and reasons out.
DECIDING = (
    "assignment",
    "authenticate",
    "calendars",
    "compose",
    "desk",
    "errors",
    "forms",
    "gestures",
    "handoff",
    "levels",
    "model",
    "parse",
    "priority",
    "rules",
    "sla",
    "states",
    "templates",
    "threads",
    "typed",
    "words",
)

# All that a connector may know of the core: its values, its failures, what it asks of a connector, how to log.
KNOWN_TO_CONNECTORS = {"config", "errors", "events", "model", "ports"}

# Ways to the clock, the disk and chance that an import contract can't tell from harmless use of the same module.
IMPURE_CALLS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "open", "print", "input"}
IMPURE_METHODS = {
    "exists",
    "glob",
    "iterdir",
    "mkdir",
    "read_bytes",
    "read_text",
    "rglob",
    "stat",
    "write_bytes",
    "write_text",
}

# Reads the admin's folder of rule files, once at the start and at each reload; what evaluates them gets the result.
READERS = {"deskd/rules/load.py"}


def sources(name: str) -> list[Path]:
    """The files of a module or package of the core; none if it doesn't exist."""
    module = REPOSITORY / "deskd" / f"{name}.py"
    return [module] if module.exists() else sorted((REPOSITORY / "deskd" / name).rglob("*.py"))


def contracts() -> dict[str, dict[str, list[str]]]:
    """The import contracts by their id."""
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    return {contract["id"]: contract for contract in settings["tool"]["importlinter"]["contracts"]}


def calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Each call in a file: its line, and what is called, as it is written."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def is_impure(called: str) -> bool:
    """Whether a call, as written, asks the clock or touches the disk."""
    receiver, _, method = called.rpartition(".")
    plainly = called in IMPURE_CALLS or called.removeprefix("datetime.") in IMPURE_CALLS
    return plainly or (bool(receiver) and method in IMPURE_METHODS)


@pytest.mark.parametrize("name", [name for name in DECIDING if sources(name)])
def test_each_deciding_module_is_under_the_contract(name: str) -> None:
    assert f"deskd.{name}" in contracts()["pure"]["source_modules"]


@pytest.mark.parametrize("name", [name for name in DECIDING if sources(name)])
def test_deciding_modules_ask_no_clock_and_open_no_file(name: str) -> None:
    impure = [
        f"{path.relative_to(REPOSITORY)}:{line} {called}()"
        for path in sources(name)
        if path.relative_to(REPOSITORY).as_posix() not in READERS
        for line, called in calls(ast.parse(path.read_text()))
        if is_impure(called)
    ]
    assert impure == []


def test_the_search_for_calls_finds_them() -> None:
    impure = ["datetime.now", "datetime.datetime.now", "open", "Path('f').read_text"]
    harmless = ["reopen", "read_text", "ticket.opened", "datetime.fromtimestamp"]
    code = "\n".join(f"{name}(x)" for name in impure + harmless)
    assert [called for _, called in sorted(calls(ast.parse(code))) if is_impure(called)] == impure


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Each module that a file imports: the line, and the whole dotted name."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def test_connectors_know_of_the_core_only_what_they_need() -> None:
    strangers = [
        f"{path.relative_to(REPOSITORY)}:{line} {name}"
        for path in sorted((REPOSITORY / "connectors").rglob("*.py"))
        for line, name in imported(path)
        if name.partition(".")[0] == "deskd" and name.split(".")[1] not in KNOWN_TO_CONNECTORS
    ]
    assert strangers == []


def test_what_starts_slowly_is_not_imported_by_what_only_decides() -> None:
    """Decisions are tried in the tests' inner loop and in parsing processes: the store and the SDKs stay out of them."""
    code = "import sys, deskd.desk, deskd.parse, deskd.threads; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) & {"sqlalchemy", "alembic", "slack_bolt", "aiohttp", "aiosmtpd"} == set()
