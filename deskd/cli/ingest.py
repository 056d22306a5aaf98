"""`deskd ingest`: old mail, through the same pipeline as live mail."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from deskd.cli import printing
from deskd.cli.carrying import Ask, asking, settings_for
from deskd.cli.options import Channel, Config, Json, Paths

if TYPE_CHECKING:
    from deskd.ingest import Mail
    from deskd.mailfiles import Found

BATCH: Final = 500  # mails asked for at once; between two requests the processors wait for each other
MANY: Final = 200  # mails that are worth a process of their own, which takes a while to start
BATCH_BYTES: Final = 8 * 1024 * 1024

WELL: Final = frozenset({"filed", "duplicate", "discarded"})


def ingest(
    paths: Paths,
    channel: Channel = None,
    live: Annotated[
        bool,
        typer.Option(
            "--live", help="As if they came now: opens threads, starts clocks, sends what rules reply."
        ),
    ] = False,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Bring mails in from files. Safe to repeat: the same bytes make nothing twice."""
    from deskd.addressee import chosen_channel
    from deskd.mailfiles import read_all

    settings = settings_for(config)
    named = chosen_channel(settings, channel)
    counts: Counter[str] = Counter()
    files = read_all(paths)
    first = _first(files)
    with asking(settings, many=len(first) == MANY) as ask, progress() as advance:
        for outcome in _outcomes(ask, _mails(settings, chain(first, files), named), live):
            counts[outcome["state"]] += 1
            if as_json:
                printing.write_json(outcome)
            elif outcome["state"] not in WELL:
                printing.note(
                    printing.printable(f"{outcome['file']}: {outcome['state']}: {outcome['reason']}")
                )
            advance()
    printing.note(_summary(counts))
    if set(counts) - WELL or not counts:
        raise typer.Exit(1)


def _first(files: Iterator[Found]) -> list[Found]:
    """As far as tells whether there are many, and no more than memory is meant to hold."""
    first: list[Found] = []
    size = 0
    for found in files:
        first.append(found)
        size += len(found.data)
        if len(first) == MANY or size >= BATCH_BYTES:
            break
    return first


def _mails(settings: Any, files: Iterable[Found], named: str | None) -> Iterator[Mail | dict[str, Any]]:
    """Mails, and outcomes of what could not be read."""
    from deskd.addressee import channel_of
    from deskd.ingest import Mail

    for found in files:
        if found.error is not None:
            yield {"file": found.name, "state": "error", "ticket": None, "reason": found.error}
        else:
            yield Mail(found.name, named or channel_of(settings, found.data), found.data)


def _outcomes(ask: Ask, mails: Iterator[Mail | dict[str, Any]], live: bool) -> Iterator[dict[str, Any]]:
    batch: list[Mail] = []
    size = 0
    for mail in mails:
        if isinstance(mail, dict):
            yield mail
            continue
        batch.append(mail)
        size += len(mail.data)
        if len(batch) >= BATCH or size >= BATCH_BYTES:
            yield from _asked(ask, batch, live)
            batch, size = [], 0
    if batch:
        yield from _asked(ask, batch, live)


def _asked(ask: Ask, batch: list[Mail], live: bool) -> Iterator[dict[str, Any]]:
    told = [{"name": mail.name, "channel": mail.channel, "size": len(mail.data)} for mail in batch]
    yield from ask({"do": "ingest", "live": live, "mails": told}, b"".join(mail.data for mail in batch))


def _summary(counts: Counter[str]) -> str:
    if not counts:
        return "no mail was found there"
    told = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    return f"{counts.total()} mails: {told}"


@contextmanager
def progress() -> Iterator[Callable[[], None]]:
    """A count that moves, on a terminal; how many there will be nobody knows before they are read."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed:.0f} mails"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda: progress.advance(task)
