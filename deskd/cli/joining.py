"""`deskd tickets join` and `unjoin`: one ticket of two, and two again."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from deskd.cli import printing
from deskd.cli.carrying import asking, settings_for
from deskd.cli.options import Config, Json

Ref = Annotated[str, typer.Argument(metavar="REF", help="A reference: ACME-1043.")]


def join(
    ref: Ref,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The ticket it goes into: ACME-1042.")],
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Make a ticket part of another one: its messages go there, its sender takes part. `unjoin` undoes it."""
    for answer in _ask({"do": "tickets.join", "ref": ref, "into": into}, config):
        _tell(answer, f"{answer['ref']} is part of {answer['into']} now", as_json)


def unjoin(ref: Ref, config: Config = None, as_json: Json = False) -> None:
    """Take a ticket out of the one it was joined into: both are as they were, with what came meanwhile."""
    for answer in _ask({"do": "tickets.unjoin", "ref": ref}, config):
        _tell(answer, f"{answer['ref']} stands alone again, apart from {answer['out_of']}", as_json)


def _ask(request: dict[str, Any], config: Config) -> list[dict[str, Any]]:
    with asking(settings_for(config)) as ask:
        return list(ask(request))


def _tell(answer: dict[str, Any], line: str, as_json: bool) -> None:
    if as_json:
        printing.write_json(answer)
    else:
        printing.say(line)
