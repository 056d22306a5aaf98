"""The configuration panel: the desk's own files, read, tried and saved. Nothing broken is written, so nothing broken can be loaded.

In: a file's name and its new text. Out: what is wrong and where, how the rules' tests went, which of the messages so far would have been judged otherwise, and
the difference to the text before.
"""

from __future__ import annotations

import difflib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from deskd.config import Settings
from deskd.demo.desk import load_desk
from deskd.errors import ConfigError, Problem
from deskd.replaying import replay
from deskd.rules import RuleSet, load_rules, run_tests
from deskd.rules.testing import TestResult
from deskd.store import Store

DESK = "deskd.yaml"
FOLDERS = ("rules", "canned", "knowledge")
MOST_CHANGES = 30  # messages that the page is told of
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a text. `settings` and `ruleset` are those of the whole folder with it in place; None where it is wrong."""

    problems: tuple[Problem, ...]
    tests: tuple[TestResult, ...] = ()
    settings: Settings | None = None
    ruleset: RuleSet | None = None

    @property
    def good(self) -> bool:
        return not self.problems and all(test.passed for test in self.tests)


def names(folder: Path) -> list[str]:
    """The files that can be edited, by their names within the folder."""
    rules = sorted(file.name for file in (folder / "rules").glob("*.yaml"))
    return [DESK, *(f"rules/{name}" for name in rules)]


def files(folder: Path) -> list[Json]:
    return [{"name": name, "text": (folder / name).read_text(encoding="utf-8")} for name in names(folder)]


def attempt(folder: Path, name: str, text: str, given: Mapping[str, str]) -> Tried:
    """Read and test a copy of the folder with this text in it. Raises `LookupError` for a file that isn't one of `names`."""
    if name not in names(folder):
        raise LookupError(f"there is no file {name} to edit")
    with tempfile.TemporaryDirectory(prefix="deskd-demo-try-") as made:
        copy = Path(made).resolve()
        shutil.copyfile(folder / DESK, copy / DESK)
        for inner in FOLDERS:
            if (folder / inner).is_dir():
                shutil.copytree(folder / inner, copy / inner)
        (copy / name).write_text(text, encoding="utf-8")
        return _read(copy, given)


def _read(copy: Path, given: Mapping[str, str]) -> Tried:
    try:
        settings = load_desk(copy, given)
        ruleset = load_rules(settings.desk.rules, settings)
    except ConfigError as error:
        return Tried(tuple(_within(copy, problem) for problem in error.problems))
    return Tried((), run_tests(ruleset, settings), settings, ruleset)


def _within(copy: Path, problem: Problem) -> Problem:
    def shorter(text: str) -> str:
        return text.replace(f"{copy}{os.sep}", "")

    return Problem(
        shorter(problem.file), problem.line, problem.column, shorter(problem.message), problem.remedy
    )


def save(folder: Path, name: str, text: str) -> None:
    """Whole or not at all."""
    unfinished = folder / f"{name}.new"
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, folder / name)


def told(tried: Tried, before: str, after: str) -> Json:
    """What the page shows of it."""
    return {
        "good": tried.good,
        "problems": [problem(one) for one in tried.problems],
        "tests": [_test(test) for test in tried.tests],
        "rules": len(tried.ruleset.rules) if tried.ruleset else None,
        "difference": list(difference(before, after)),
    }


def problem(found: Problem) -> Json:
    return asdict(found)


def _test(test: TestResult) -> Json:
    return {
        "name": test.name,
        "file": "/".join(Path(test.file).parts[-2:]),
        "line": test.line,
        "passed": test.passed,
        "differences": [str(one) for one in test.differences],
    }


def difference(before: str, after: str) -> Iterator[Json]:
    """The changed lines with two of context, each `{sign, text}`; the sign is `+`, `-`, a blank, or `@` between places far apart."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=2, lineterm="")
    for line in islice(lines, 2, None):
        yield (
            {"sign": "@", "text": line.strip("@ ")}
            if line.startswith("@@")
            else {
                "sign": line[0],
                "text": line[1:],
            }
        )


def would_change(store: Store, settings: Settings, ruleset: RuleSet) -> Iterator[Json]:
    """The messages so far that these rules would have judged otherwise: `ticket field before after because`."""
    _, lines = replay(store, settings, ruleset, datetime(2000, 1, 1, tzinfo=UTC))
    return islice(lines, MOST_CHANGES)
