"""The command line: one file a noun, each thin. What is heavy (the database, the connectors) is imported by the command that needs it, when it runs.

Exit status: 0 all well; 1 it ran and found something wrong; 2 wrong usage or configuration. Nobody is shown a traceback, unless `DESKD_DEBUG` is set.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import Annotated, Final

import typer

from deskd.cli import (
    check,
    db,
    doctor,
    explain,
    inbox,
    ingest,
    joining,
    outbox,
    reconcile,
    rules,
    rules_past,
    running,
    simulate,
    stats,
    tickets,
)
from deskd.errors import ConfigError, DeskdError, UsageError

RARELY: Final = (20_000, 20, 20)
"""When Python looks for garbage in cycles. Its own way (every 700 objects) is a sixth of a start: modules make objects without end, and none of them is garbage."""

app = typer.Typer(
    name="deskd",
    help="A help-desk daemon: customers write by mail, Telegram or Slack, agents answer in Slack threads.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(running.run)
app.command()(running.demo)
app.command()(check.check)
app.command()(doctor.doctor)
app.command()(ingest.ingest)
app.command()(explain.explain)
rules.app.command()(rules_past.replay)
rules.app.command()(rules_past.stats)
app.add_typer(rules.app, name="rules")
tickets.app.command()(joining.join)
tickets.app.command()(joining.unjoin)
app.add_typer(tickets.app, name="tickets")
app.add_typer(inbox.app, name="inbox")
app.add_typer(outbox.app, name="outbox")
app.command()(stats.stats)
app.command()(simulate.simulate)
app.command()(reconcile.reconcile)
app.add_typer(db.app, name="db")
app.command()(running.version)


def _say_version(asked: bool) -> None:
    if asked:
        running.version()
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say which deskd this is.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """The entry point `deskd`."""
    gc.set_threshold(*RARELY)
    try:
        app()
    except Exception as failure:
        if os.environ.get("DESKD_DEBUG"):
            raise
        sys.exit(_told(failure))


def _told(failure: Exception) -> int:
    """Say what happened on stderr; the exit status."""
    if isinstance(failure, BrokenPipeError):  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    if isinstance(failure, ConfigError | UsageError):
        print(failure, file=sys.stderr)  # a ConfigError's text is all its problems, one a line
        return 2
    known = isinstance(failure, DeskdError)
    said = str(failure) if known else f"{type(failure).__name__}: {failure}"
    print(f"deskd: {said}" if known else f"deskd failed: {said} (DESKD_DEBUG=1 shows where)", file=sys.stderr)
    return 1
