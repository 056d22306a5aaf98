"""`deskd rules replay`, `deskd rules stats`: what other rules would have made of the past, and what these have. Both read, and change nothing."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from deskd.cli import printing
from deskd.cli.carrying import reading, settings_for
from deskd.cli.options import Config, Json
from deskd.cli.tickets import since_of

Since = Annotated[
    str,
    typer.Option("--since", help="Messages since: 30d, 12h, 2026-11-22 or 2026-11-22T05:30Z."),
]


def replay(
    folder: Annotated[
        list[Path], typer.Option("--with", metavar="DIR", help="The other rules. May be repeated.")
    ],
    since: Since = "30d",
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Run stored messages through other rules, and say what would have changed. Changes nothing."""
    from deskd.replaying import replay
    from deskd.rules import load_rules

    settings = settings_for(config)
    candidate = load_rules(folder, settings)
    progress = _Progress()
    with reading(config) as store:
        replayed, lines = replay(
            store, settings, candidate, since_of(since, datetime.now(UTC)), progress.told
        )
        if as_json:
            printing.write_lines(lines)
        else:
            columns = ("ticket", "field", "before", "after", "because")
            printing.table(columns, (tuple(line[name] for name in columns) for line in lines))
    progress.over()
    changed = ", ".join(f"{field} {count}" for field, count in sorted(replayed.fields.items()))
    printing.note(
        f"{replayed.messages} messages replayed, {len(replayed.tickets)} tickets would be otherwise"
        + (f": {changed}" if changed else "")
    )
    if replayed.skipped:
        printing.note(f"{replayed.skipped} messages could not be replayed: their rules or they can't be read")


class _Progress:
    """How far it is, on a terminal; a line every hundred messages, each in the place of the one before."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()

    def told(self, done: int, of: int) -> None:
        if self._shown and (done % 100 == 0 or done == of):
            sys.stderr.write(f"\r{done} of {of} messages")
            sys.stderr.flush()

    def over(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")


def stats(since: Since = "30d", config: Config = None, as_json: Json = False) -> None:
    """Say how often each rule has fired, when last, and how often agents changed afterwards what it had set."""
    from deskd.rules import load_rules
    from deskd.store.rule_stats import rule_stats

    settings = settings_for(config)
    ruleset = load_rules(settings.desk.rules, settings)
    at = since_of(since, datetime.now(UTC))
    with reading(config) as store:
        lines = store.read_now(lambda work: rule_stats(work, [rule.name for rule in ruleset.rules], at))
    if as_json:
        printing.write_lines(lines)
        return
    columns = ("rule", "fired", "last", "changed_later", "in_force")
    printing.table(columns, (tuple(_shown(line, name) for name in columns) for line in lines))


def _shown(line: dict[str, Any], name: str) -> Any:
    value = line[name]
    return ("yes" if value else "no") if isinstance(value, bool) else value
