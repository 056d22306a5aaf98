"""`deskd db`: the database's schema, its integrity, a copy of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from deskd.cli import printing
from deskd.cli.carrying import reading, settings_for
from deskd.cli.options import Config, Json

app = typer.Typer(help="The database.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def upgrade(config: Config = None, as_json: Json = False) -> None:
    """Make the database, or bring an older one's schema up to date. Stop the daemon first, and make a backup."""
    from deskd.store import Store, schema

    store = Store.open(settings_for(config).desk.database)
    try:
        before = schema.current(store)
        schema.prepare(store, upgrade=True)
        after = schema.current(store)
    finally:
        store.close()
    if as_json:
        printing.write_json({"from": before, "to": after, "changed": before != after})
    else:
        printing.say(
            f"the schema is {after}" + ("" if before == after else f" now; it was {before or 'not there'}")
        )


@app.command()
def check(config: Config = None, as_json: Json = False) -> None:
    """Check the file itself, what must always hold in it, and its schema. The daemon may run."""
    from deskd.store import checking

    with reading(config) as store:
        problems = checking.problems(store)
    if as_json:
        printing.write_json({"ok": not problems, "problems": problems})
    else:
        for problem in problems:
            printing.say(printing.printable(problem))
        printing.say("all is well" if not problems else f"{len(problems)} problems")
    if problems:
        raise typer.Exit(1)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Must not exist yet.")],
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Write a consistent copy of the database, while the daemon runs."""
    from deskd.store import backup as copying

    with reading(config) as store:
        size = copying.backup(store, file)
    if as_json:
        printing.write_json({"file": str(file), "size": size})
    else:
        printing.say(f"{file}: {size} bytes")
