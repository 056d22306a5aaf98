"""`deskd rules`: check them, run their tests, print their schema. No desk and no database is needed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deskd.cli import printing
from deskd.cli.options import Config, Json
from deskd.errors import ConfigError

if TYPE_CHECKING:
    from deskd.config import Settings
    from deskd.rules import RuleSet

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
    try:
        ruleset, _ = _loaded(folders, config)
    except ConfigError as error:
        if as_json:
            printing.write_json(
                {"ok": False, "problems": [printing.problem_line(one) for one in error.problems]}
            )
        raise
    counts = {"files": len(ruleset.source), "rules": len(ruleset.rules), "tests": len(ruleset.tests)}
    if as_json:
        printing.write_json({"ok": True, "problems": [], **counts, "hash": ruleset.hash})
    else:
        printing.say(
            f"{counts['rules']} rules in {counts['files']} files, {counts['tests']} tests: all can be read"
        )


@app.command("test")
def try_all(folders: Folders = None, config: Config = None, as_json: Json = False) -> None:
    """Run the tests that stand beside the rules."""
    from deskd.rules import run_tests

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
    if failed:
        raise typer.Exit(1)


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
