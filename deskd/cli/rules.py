"""`deskd rules`: check them, run their tests, print their schema. No desk and no database is needed."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deskd.cli import printing
from deskd.cli.options import Config, Json
from deskd.errors import ConfigError

if TYPE_CHECKING:
    from deskd.config import Settings
    from deskd.rules import Covered, RuleSet

app = typer.Typer(help="The rules.", no_args_is_help=True, rich_markup_mode=None)

Folders = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[DIR…]", help="Folders of rules [default: the configuration's desk.rules, else ./rules]"
    ),
]


@app.command()
def check(folders: Folders = None, config: Config = None, as_json: Json = False) -> None:
    """Load the rules and say what is wrong with them; the names they use are checked where there is a configuration."""
    from deskd.rules import lint, untested

    try:
        ruleset, _ = _loaded(folders, config)
    except ConfigError as error:
        if as_json:
            printing.write_json(
                {"ok": False, "problems": [printing.problem_line(one) for one in error.problems]}
            )
        raise
    warnings = (*lint(ruleset), *untested(ruleset))
    counts = {"files": len(ruleset.source), "rules": len(ruleset.rules), "tests": len(ruleset.tests)}
    if as_json:
        told = [printing.problem_line(one) for one in warnings]
        printing.write_json({"ok": True, "problems": [], "warnings": told, **counts, "hash": ruleset.hash})
    else:
        for warning in warnings:
            printing.say(f"warning: {warning}")
        printing.say(
            f"{counts['rules']} rules in {counts['files']} files, {counts['tests']} tests: all can be read"
        )


@app.command("test")
def try_all(
    folders: Folders = None,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Say which rules no test fires, and which none holds back.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Run them again at each change of the files, until Ctrl-C.")
    ] = False,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Run the tests that stand beside the rules."""
    if watch:
        for _ in changes(lambda: _watched(folders, config)):
            with contextlib.suppress(typer.Exit):
                _try_and_say(folders, config, coverage, as_json)
        return
    _try_all(folders, config, coverage, as_json)


def _try_and_say(folders: list[Path] | None, config: Path | None, coverage: bool, as_json: bool) -> None:
    try:
        _try_all(folders, config, coverage, as_json)
    except ConfigError as error:
        printing.say(str(error))


def _try_all(folders: list[Path] | None, config: Path | None, cover: bool, as_json: bool) -> None:
    from deskd.rules import coverage, run_tests

    ruleset, settings = _loaded(folders, config)
    results = run_tests(ruleset, settings)
    for result in results:
        if as_json:
            printing.write_json(_result(result))
        elif not result.passed:
            printing.say(str(result))
    failed = sum(not result.passed for result in results)
    if not as_json:
        printing.say(f"{len(results)} tests, {failed} failed")
    if cover:
        _say_coverage(coverage(ruleset, settings), as_json)
    if failed:
        raise typer.Exit(1)


def _say_coverage(covered: Sequence[Covered], as_json: bool) -> None:
    for one in covered:
        if as_json:
            printing.write_json(
                {
                    "rule": one.rule,
                    "file": one.file,
                    "line": one.line,
                    "fired": one.fired,
                    "held_back": one.held_back,
                }
            )
        elif not one.fired or not one.held_back:
            missing = "fires" if not one.fired else "holds back"
            also = " nor holds back" if not one.fired and not one.held_back else ""
            printing.say(f"{one.file}:{one.line}: no test {missing}{also} {one.rule!r}")
    if not as_json:
        fired, held = sum(one.fired > 0 for one in covered), sum(one.held_back > 0 for one in covered)
        printing.say(f"{len(covered)} rules: tests fire {fired} of them, and hold back {held}")


def _watched(folders: list[Path] | None, config: Path | None) -> list[Path]:
    """The files of the folders, and the folders: what a test names may lie deeper."""
    if not folders:
        with contextlib.suppress(ConfigError):
            settings = settings_if_any(config)
            folders = list(settings.desk.rules) if settings else [Path("rules")]
    return [file for folder in folders or () for file in sorted(folder.rglob("*")) if file.is_file()]


def changes(files: Callable[[], list[Path]], pause: float = 0.5) -> Iterator[None]:
    """Once at first, and then whenever one of the files has changed, come or gone; ends at Ctrl-C."""
    seen: object = None
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            found = [
                (path, path.stat().st_mtime_ns, path.stat().st_size) for path in files() if path.exists()
            ]
            if found != seen:
                seen = found
                yield
            time.sleep(pause)


@app.command()
def schema(as_json: Json = False) -> None:
    """Print the JSON Schema of a rule file, for editors."""
    from deskd.rules import schema_text

    printing.say(schema_text().rstrip("\n"))


def _loaded(folders: list[Path] | None, config: Path | None) -> tuple[RuleSet, Settings | None]:
    """Rules, and the settings whose names they use: those asked for, or those of a deskd.yaml that is there."""
    from deskd.rules import load_rules

    settings = settings_if_any(config)
    if folders:
        return load_rules(folders, settings), settings
    return load_rules(settings.desk.rules if settings else [Path("rules")], settings), settings


def settings_if_any(config: Path | None) -> Settings | None:
    """The configuration, where one was named or is found where it is looked for. Raises `ConfigError` for one that is wrong."""
    from deskd.config import find_config, load_config

    try:
        path = find_config(config, os.environ, Path.cwd())
    except ConfigError:
        return None
    return load_config(path, os.environ)


def _result(result: Any) -> dict[str, Any]:
    differences = [
        {"key": one.key, "expected": one.expected, "found": one.found} for one in result.differences
    ]
    return {
        "name": result.name,
        "file": result.file,
        "line": result.line,
        "passed": result.passed,
        "differences": differences,
        "fired": list(result.fired),
    }
