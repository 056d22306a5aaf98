"""`deskd tickets`: what the desk holds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, get_args

import typer

from deskd.cli import printing
from deskd.cli.carrying import reading
from deskd.cli.options import Config, Json
from deskd.errors import DeskdError, UsageError
from deskd.model import Status

app = typer.Typer(help="The desk's tickets.", no_args_is_help=True, rich_markup_mode=None)

Statuses = Annotated[
    list[str], typer.Option("--status", help="; ".join(get_args(Status)) + ". May be repeated.")
]
Teams = Annotated[list[str], typer.Option("--team", help="A team's key. May be repeated.")]
Levels = Annotated[list[int], typer.Option("--level", min=1, max=4, help="May be repeated.")]
Assignees = Annotated[list[str], typer.Option("--assignee", help="An agent's key. May be repeated.")]
Tags = Annotated[list[str], typer.Option("--tag", help="Has it; repeated: has any of them.")]
Channels = Annotated[list[str], typer.Option("--channel", help="A channel's key. May be repeated.")]
Contact = Annotated[str | None, typer.Option("--contact", help="An address, or part of a name.")]
Since = Annotated[
    str | None, typer.Option("--since", help="Opened since: 30d, 12h, 2026-11-22 or 2026-11-22T05:30Z.")
]

_SPAN = re.compile(r"([0-9]{1,6})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@app.command("list")
def list_(
    status: Statuses = [],  # noqa: B006 — typer asks for the default as it is
    team: Teams = [],  # noqa: B006
    level: Levels = [],  # noqa: B006
    assignee: Assignees = [],  # noqa: B006
    tag: Tags = [],  # noqa: B006
    channel: Channels = [],  # noqa: B006
    contact: Contact = None,
    since: Since = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """List tickets, oldest first."""
    lines = _lines(locals(), whole=False)
    if as_json:
        printing.write_lines(lines)
        return
    columns = ("ref", "status", "priority", "level", "team", "assignee", "contact", "updated", "subject")
    printing.table(columns, (_row(line) for line in lines))


@app.command()
def export(
    status: Statuses = [],  # noqa: B006
    team: Teams = [],  # noqa: B006
    level: Levels = [],  # noqa: B006
    assignee: Assignees = [],  # noqa: B006
    tag: Tags = [],  # noqa: B006
    channel: Channels = [],  # noqa: B006
    contact: Contact = None,
    since: Since = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Print tickets whole, with messages, events and links: one JSON object a line."""
    printing.write_lines(_lines(locals(), whole=True))


@app.command()
def show(
    ref: Annotated[str, typer.Argument(metavar="REF", help="A reference: ACME-1042.")],
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Show one ticket with its messages, events and links."""
    from deskd.store import listing

    with reading(config) as store:
        found = store.read_now(lambda work: listing.ticket_whole(work, ref))
    if found is None:
        raise DeskdError(f"there is no ticket {ref}")
    if as_json:
        printing.write_json(found)
    else:
        _show(found)


def _lines(options: dict[str, Any], *, whole: bool) -> Iterable[dict[str, Any]]:
    from deskd.store import listing

    several = {
        name: tuple(options[name]) for name in ("status", "team", "level", "assignee", "tag", "channel")
    }
    unknown = [name for name in several["status"] if name not in get_args(Status)]
    if unknown:
        raise UsageError(f"no status is called {unknown[0]!r}: there are {', '.join(get_args(Status))}")
    since = since_of(options["since"], datetime.now(UTC)) if options["since"] else None
    filters = listing.Filters(**several, contact=options["contact"], since=since)
    with reading(options["config"]) as store:
        yield from listing.ticket_lines(store, filters, whole=whole)


def since_of(text: str, now: datetime) -> datetime:
    """A span back from `now`, or a day or time; UTC where it names no zone. Raises `UsageError`."""
    span = _SPAN.fullmatch(text.strip())
    try:
        if span:
            return now - timedelta(**{_UNITS[span[2]]: int(span[1])})
        at = datetime.fromisoformat(text.strip())
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise UsageError(
            f"--since {text!r}: expected a span such as 30d or 12h, or a day such as 2026-11-22"
        ) from None


def _row(line: dict[str, Any]) -> tuple[Any, ...]:
    contact = line["contact"]["name"] or line["contact"]["address"]
    plain = tuple(line[name] for name in ("ref", "status", "priority", "level", "team", "assignee"))
    return (*plain, contact, line["updated_at"], line["subject"])


def _show(ticket: dict[str, Any]) -> None:
    say = printing.say
    contact = ticket["contact"]
    say(printing.printable(f"{ticket['ref']}  {ticket['subject']}"))
    say(printing.printable(f"  from {contact['name']} <{contact['address']}> by {ticket['channel']}"))
    say(
        f"  {ticket['status']}, {ticket['priority']}, level {ticket['level']}, team {ticket['team'] or '-'}, {ticket['assignee'] or 'nobody'}'s"
    )
    if ticket["tags"]:
        say(printing.printable(f"  tags {', '.join(ticket['tags'])}"))
    for message in ticket["messages"]:
        delivery = f", {message['delivery']}" if message["delivery"] else ""
        say(
            printing.printable(
                f"\n── {message['direction']}  {message['author']}  {printing.iso(message['sent_at'])}{delivery}"
            )
        )
        say(printing.printable(message["text"]))
        for file in message["attachments"]:
            say(printing.printable(f"  [{file['name']}, {file['type']}, {file['size']} bytes]"))
    say("")
    for event in ticket["events"]:
        told = ", ".join(
            f"{name}: {value}" for name, value in event.items() if name not in ("at", "actor", "type")
        )
        say(printing.printable(f"{printing.iso(event['at'])}  {event['actor']}  {event['type']}  {told}"))
    for link in ticket["links"]:
        say(printing.printable(f"{link['kind']}: {link['ref']} ({link['because']})"))
