"""`deskd run`, `deskd demo`, `deskd version`."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from deskd.cli import printing
from deskd.cli.options import Config, Json


class LogForm(StrEnum):
    console = "console"
    json = "json"


class LogLevel(StrEnum):
    debug = "debug"
    info = "info"
    warning = "warning"
    error = "error"


def run(
    config: Config = None,
    upgrade: Annotated[
        bool, typer.Option("--upgrade", help="Bring an older database's schema up to date first.")
    ] = False,
    log: Annotated[
        LogForm | None,
        typer.Option(
            "--log", help="How to log on stderr [default: json for systemd's journal, else console]."
        ),
    ] = None,
    level: Annotated[LogLevel, typer.Option("--log-level", help="From which level on.")] = LogLevel.info,
) -> None:
    """Run the daemon until SIGTERM or SIGINT."""
    from deskd.cli.carrying import settings_for
    from deskd.logs import form_for, set_up_logging

    set_up_logging(sys.stderr, form_for(log.value if log else None, os.environ, sys.stderr), level.value)
    settings = settings_for(config)
    from deskd import app

    raise typer.Exit(app.run(settings, upgrade=upgrade))


def demo(
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Of the page to open; 0: any that is free.")
    ] = 8090,
    keep: Annotated[
        Path | None,
        typer.Option(
            "--keep", metavar="DIR", help="Keep the demo's files there and go on from them next time."
        ),
    ] = None,
) -> None:
    """Run the daemon against stand-ins for mail, Telegram and Slack, with one page on which to be customer and agent."""
    from deskd.demo import main as run_demo

    raise typer.Exit(run_demo(port, keep) or 0)


def version(as_json: Json = False) -> None:
    """Say which deskd this is."""
    from importlib import metadata

    try:
        found = metadata.version("deskd")
    except metadata.PackageNotFoundError:  # run from a checkout that isn't installed
        found = "unknown"
    if as_json:
        printing.write_json({"version": found})
    else:
        printing.say(f"deskd {found}")
