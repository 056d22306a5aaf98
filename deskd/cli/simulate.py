"""`deskd simulate`: what would happen to a ticket if nobody did anything."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import shorten
from typing import Annotated, Any

import typer

from deskd.cli import printing
from deskd.cli.carrying import reading, settings_for
from deskd.cli.options import Config, Json
from deskd.cli.tickets import span_of
from deskd.errors import DeskdError, UsageError

LONGEST = 160  # characters of a text that would be told
_INNER = ("since", "step")


def simulate(
    ref: Annotated[
        str | None, typer.Argument(metavar="[REF]", help="A ticket as it stands: ACME-1042.")
    ] = None,
    ticket: Annotated[
        Path | None,
        typer.Option("--ticket", metavar="FILE", help="A ticket that isn't there: a mail, or YAML."),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", help="From when on: 2026-12-24T17:30, in the desk's time zone [default: now]."),
    ] = None,
    span: Annotated[str, typer.Option("--for", help="For how long: 12h, 5d, 2w.")] = "5d",
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Say what would happen when, and why, if nobody did anything: warnings, breaches, escalations, over nights and holidays. Nothing is touched."""
    from deskd.logs import set_up_logging
    from deskd.rules import load_rules
    from deskd.simulating import MovedClock, scratch
    from deskd.simulating import simulate as run_ahead
    from deskd.store import extract, listing
    from deskd.supposing import open_supposed, read_supposed

    if (ref is None) == (ticket is None):
        raise UsageError("name one ticket: a reference such as ACME-1042, or --ticket FILE")
    set_up_logging(sys.stderr, level="error")
    settings = settings_for(config)
    ruleset = load_rules(settings.desk.rules, settings)
    now = datetime.now(UTC)
    start = _moment(at, settings.desk.timezone) if at else now
    until = start + span_of(span, "--for")
    with scratch() as desk:
        if ticket is not None:
            clock = MovedClock(start)
            raw, facts = read_supposed(ticket, settings, clock)
            ref = asyncio.run(open_supposed(desk, settings, ruleset, clock, raw, facts))
        else:
            if start < now - timedelta(minutes=1):
                raise UsageError(
                    f"--at {at}: a ticket that is there can be run ahead from now on, not from the past"
                )
            with reading(config) as store:
                if extract.copied(store, desk, ref or "") is None:
                    raise DeskdError(f"there is no ticket {ref}")
        before = desk.read_now(lambda work: listing.ticket_whole(work, ref or ""))
        begin = start if ticket is not None else now  # time goes on from where the ticket stands
        steps = [step for step in run_ahead(desk, settings, ruleset, begin, until) if step.at >= start]
        after = desk.read_now(lambda work: listing.ticket_whole(work, ref or ""))
    assert before is not None
    assert after is not None
    if as_json:
        printing.write_lines({"ticket": ref, **asdict(step)} for step in steps)
        return
    zone = settings.desk.timezone
    printing.say(f"{ref}: {_state(before)}; {start.astimezone(zone):%a %Y-%m-%d %H:%M} and {span} on:")
    for step in steps:
        _say(step.at.astimezone(zone), step.actor, step.type, step.data, step.told)
    if not steps:
        printing.say("  nothing happens")
    printing.say(f"then: {_state(after)}")


def _moment(text: str, zone: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(
            f"--at {text!r}: expected a day or a time such as 2026-12-24 or 2026-12-24T17:30"
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _state(line: dict[str, Any]) -> str:
    whose = line["assignee"] or "nobody"
    return (
        f"{line['status']}, {line['priority']}, level {line['level']}, {line['team'] or 'no team'}, {whose}'s"
    )


def _say(at: datetime, actor: str, type_: str, data: dict[str, Any], told: tuple[str, ...]) -> None:
    known = {name: _plain(value, at) for name, value in data.items() if name not in _INNER}
    words = ", ".join(f"{name}: {value}" for name, value in known.items() if value)
    printing.say(printing.printable(f"  {at:%a %Y-%m-%d %H:%M}  {type_} ({actor})  {words}"))
    for text in told:
        printing.say(printing.printable(f"      → {shorten(text, LONGEST, placeholder=' …')}"))


def _plain(value: Any, at: datetime) -> str:
    """A value of the trail for people: times in the desk's zone, what a move names in a row."""
    if isinstance(value, dict):
        return " ".join(str(one) for one in value.values() if one is not None)
    try:
        return f"{datetime.fromisoformat(value).astimezone(at.tzinfo):%a %Y-%m-%d %H:%M}"
    except (TypeError, ValueError):
        return "" if value is None else str(value)
