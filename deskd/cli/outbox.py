"""`deskd outbox`: what has still to go out."""

from __future__ import annotations

from typing import Annotated

import typer

from deskd.cli import printing
from deskd.cli.carrying import asking, reading, settings_for
from deskd.cli.options import Config, Ids, Json

app = typer.Typer(help="What has still to go out.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Also what was sent or stopped.")] = False,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """List what is not yet sent, with the reason; oldest first."""
    from deskd.store import listing

    with reading(config) as store:
        lines = listing.outbox_lines(store, () if everything else listing.NOT_SENT)
        if as_json:
            printing.write_lines(lines)
            return
        columns = ("id", "channel", "ticket", "kind", "state", "attempts", "not_before", "error")
        printing.table(columns, ([line[name] for name in columns] for line in lines))


@app.command()
def retry(ids: Ids, config: Config = None, as_json: Json = False) -> None:
    """Send again what failed, or what nobody knows the outcome of; what waits goes at once."""
    _ask("outbox.retry", ids, config, as_json)


@app.command()
def cancel(ids: Ids, config: Config = None, as_json: Json = False) -> None:
    """Stop what hasn't gone: it never will."""
    _ask("outbox.cancel", ids, config, as_json)


def _ask(request: str, ids: Ids, config: Config, as_json: bool) -> None:
    well = True
    with asking(settings_for(config)) as ask:
        for answer in ask({"do": request, "ids": ids}):
            well = well and answer["error"] is None
            if as_json:
                printing.write_json(answer)
            elif answer["error"]:
                printing.note(answer["error"])
            else:
                printing.say(f"{answer['id']}: {answer['state']}")
    if not well:
        raise typer.Exit(1)
