"""`deskd inbox`: what came in and could not be processed, or waits."""

from __future__ import annotations

from typing import Annotated

import typer

from deskd.cli import printing
from deskd.cli.carrying import asking, reading, settings_for
from deskd.cli.options import Config, Ids, Json
from deskd.errors import DeskdError

app = typer.Typer(
    help="What came in and could not be processed, or waits.", no_args_is_help=True, rich_markup_mode=None
)

UNPROCESSED = ("received", "working", "quarantined")


@app.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Also what was processed.")] = False,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """List what is quarantined, with the reason, and what waits; oldest first."""
    from deskd.store import listing

    with reading(config) as store:
        lines = listing.inbox_lines(store, () if everything else UNPROCESSED)
        if as_json:
            printing.write_lines(lines)
            return
        columns = ("id", "channel", "received_at", "state", "attempts", "ticket", "reason")
        printing.table(columns, ([line[name] for name in columns] for line in lines))


@app.command()
def show(
    row_id: Annotated[int, typer.Argument(metavar="ID")],
    raw: Annotated[bool, typer.Option("--raw", help="Print the message's own bytes, as they came.")] = False,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Show how one message came in and what became of it."""
    import sys

    from deskd.store import blobs, listing

    with reading(config) as store:
        found = store.read_now(lambda work: listing.inbox_line(work, row_id))
        if found is None:
            raise DeskdError(f"there is no inbox row {row_id}")
        if raw:
            sys.stdout.buffer.write(store.read_now(lambda work: blobs.data_of(work, found["sha256"])))
            return
    if as_json:
        printing.write_json(found)
    else:
        for name, value in found.items():
            printing.say(printing.printable(f"{name}: {'-' if value is None else value}"))


@app.command()
def retry(ids: Ids, config: Config = None, as_json: Json = False) -> None:
    """Work on messages again, as if they had just come; a placeholder ticket gives way to the real one."""
    _ask("inbox.retry", ids, config, as_json, wanted=("filed", "applied", "duplicate", "discarded"))


@app.command()
def drop(ids: Ids, config: Config = None, as_json: Json = False) -> None:
    """Give messages up: they end as discarded, their placeholder tickets are closed."""
    _ask("inbox.drop", ids, config, as_json, wanted=("discarded",))


def _ask(request: str, ids: Ids, config: Config, as_json: bool, wanted: tuple[str, ...]) -> None:
    well = True
    with asking(settings_for(config)) as ask:
        for answer in ask({"do": request, "ids": ids}):
            well = well and answer["error"] is None and answer["state"] in wanted
            if as_json:
                printing.write_json(answer)
            elif answer["error"]:
                printing.note(answer["error"])
            else:
                told = [answer["state"], answer["ticket"], answer["reason"]]
                printing.say(printing.printable(f"{answer['id']}: {', '.join(one for one in told if one)}"))
    if not well:
        raise typer.Exit(1)
