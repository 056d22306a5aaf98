"""Options and arguments that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path | None,
    typer.Option(
        "-c",
        "--config",
        metavar="FILE",
        help="deskd.yaml [default: $DESKD_CONFIG, ./deskd.yaml, /etc/deskd/deskd.yaml]",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON: an object, or one a line for lists.")]
Paths = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH…", help="mbox files, Maildirs, .eml files, folders of them; - is standard input."
    ),
]
Channel = Annotated[
    str | None,
    typer.Option(
        "--channel", metavar="KEY", help="The mail channel they came in by, whatever their recipients say."
    ),
]
Ids = Annotated[list[int], typer.Argument(metavar="ID…", help="Numbers as the list gives them.")]
