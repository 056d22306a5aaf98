"""`deskd tickets`: what the desk holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from deskd.cli import printing
from deskd.cli.carrying import reading, settings_for
from deskd.cli.options import Config, Json
from deskd.errors import DeskdError, UsageError
from deskd.model import Status

if TYPE_CHECKING:
    from deskd.config import Settings
    from deskd.store import Store

app = typer.Typer(help="The desk's tickets.", no_args_is_help=True, rich_markup_mode=None)

Statuses = Annotated[
    list[str] | None, typer.Option("--status", help="; ".join(get_args(Status)) + ". May be repeated.")
]
Teams = Annotated[list[str] | None, typer.Option("--team", help="A team's key. May be repeated.")]
Levels = Annotated[list[int] | None, typer.Option("--level", min=1, max=4, help="May be repeated.")]
Assignees = Annotated[list[str] | None, typer.Option("--assignee", help="An agent's key. May be repeated.")]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="Has it; repeated: has any of them.")]
Channels = Annotated[list[str] | None, typer.Option("--channel", help="A channel's key. May be repeated.")]
Contact = Annotated[str | None, typer.Option("--contact", help="An address, or part of a name.")]
Since = Annotated[
    str | None, typer.Option("--since", help="Opened since: 30d, 12h, 2026-11-22 or 2026-11-22T05:30Z.")
]

_SPAN = re.compile(r"([0-9]{1,6})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@app.command("list")
def list_(
    status: Statuses = None,
    team: Teams = None,
    level: Levels = None,
    assignee: Assignees = None,
    tag: Tags = None,
    channel: Channels = None,
    contact: Contact = None,
    since: Since = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """List tickets, oldest first."""
    wanted = _Wanted(status, team, level, assignee, tag, channel, contact, since)
    lines = _lines(config, wanted, whole=False)
    if as_json:
        printing.write_lines(lines)
        return
    columns = ("ref", "status", "priority", "level", "team", "assignee", "contact", "updated", "subject")
    printing.table(columns, (_row(line) for line in lines))


@app.command()
def export(
    status: Statuses = None,
    team: Teams = None,
    level: Levels = None,
    assignee: Assignees = None,
    tag: Tags = None,
    channel: Channels = None,
    contact: Contact = None,
    since: Since = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Print tickets whole, with messages, events and links: one JSON object a line."""
    wanted = _Wanted(status, team, level, assignee, tag, channel, contact, since)
    printing.write_lines(_lines(config, wanted, whole=True))


@app.command()
def show(
    ref: Annotated[str, typer.Argument(metavar="REF", help="A reference: ACME-1042.")],
    why: Annotated[
        bool, typer.Option("--why", help="Also every rule, for each message, with why it fired or didn't.")
    ] = False,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Show one ticket with its messages, events and links."""
    from deskd.store import listing
    from deskd.why import why as why_of

    with reading(config) as store:
        found = store.read_now(lambda work: listing.ticket_whole(work, ref))
        if found is not None:
            found = _with_clock(store, settings_for(config), found)
        if found is not None and why:
            found["why"] = store.read_now(lambda work: why_of(work, settings_for(config), ref))
    if found is None:
        raise DeskdError(f"there is no ticket {ref}")
    if as_json:
        printing.write_json(found)
    else:
        _show(found)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The filters as they were typed."""

    status: list[str] | None
    team: list[str] | None
    level: list[int] | None
    assignee: list[str] | None
    tag: list[str] | None
    channel: list[str] | None
    contact: str | None
    since: str | None


def _lines(config: Path | None, wanted: _Wanted, *, whole: bool) -> Iterator[dict[str, Any]]:
    from deskd.store import listing

    unknown = [name for name in wanted.status or () if name not in get_args(Status)]
    if unknown:
        raise UsageError(f"no status is called {unknown[0]!r}: there are {', '.join(get_args(Status))}")
    filters = listing.Filters(
        status=tuple(wanted.status or ()),
        team=tuple(wanted.team or ()),
        level=tuple(wanted.level or ()),
        assignee=tuple(wanted.assignee or ()),
        tag=tuple(wanted.tag or ()),
        channel=tuple(wanted.channel or ()),
        contact=wanted.contact,
        since=since_of(wanted.since, datetime.now(UTC)) if wanted.since else None,
    )
    with reading(config) as store:
        settings = settings_for(config) if whole else None
        for line in listing.ticket_lines(store, filters, whole=whole):
            yield _with_clock(store, settings, line) if settings is not None else line


def _with_clock(store: Store, settings: Settings, line: dict[str, Any]) -> dict[str, Any]:
    """How long each level had the ticket, up to now."""
    from deskd.clock import telling

    now = datetime.now(UTC)
    clock = store.read_now(lambda work: telling.line(work, settings, line["ref"], now))
    return line | {"clock": clock}


def span_of(text: str, option: str) -> timedelta:
    """12h, 5d, 2w. Raises `UsageError`."""
    span = _SPAN.fullmatch(text.strip())
    if span is None:
        raise UsageError(f"{option} {text!r}: expected a span such as 12h, 5d or 2w")
    return timedelta(**{_UNITS[span[2]]: int(span[1])})


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


def _clocks(clock: dict[str, Any] | None) -> Iterator[str]:
    """How long each level had it, and what is due when."""
    if not clock or not clock["levels"]:
        return
    levels = ", ".join(f"level {one['level']} {one['elapsed_s'] / 3600:.1f} h" for one in clock["levels"])
    yield f"{clock['elapsed_s'] / 3600:.1f} h by the calendar {clock['calendar']}: {levels}"
    for one in clock["deadlines"]:
        yield f"{one['clock']} due {printing.iso(one['due_at']) if one['due_at'] else 'when it goes on'}"


def _show(ticket: dict[str, Any]) -> None:
    say = printing.say
    contact = ticket["contact"]
    say(printing.printable(f"{ticket['ref']}  {ticket['subject']}"))
    say(printing.printable(f"  from {contact['name']} <{contact['address']}> by {ticket['channel']}"))
    say(
        f"  {ticket['status']}, {ticket['priority']}, level {ticket['level']}, team {ticket['team'] or '-'}, {ticket['assignee'] or 'nobody'}'s"
    )
    for line in _clocks(ticket.get("clock")):
        say(f"  {line}")
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
    for judged in ticket.get("why", ()):
        say(f"\nmessage {judged['message']}, rules {judged['rules'][:12]}")
        for trace in judged["traces"]:
            mark = "✓" if trace["fired"] else "·"
            say(printing.printable(f"   {mark} {trace['name']}: {trace['because']}"))
        if judged["error"]:
            say(f"   {judged['error']}")
    for link in ticket["links"]:
        say(printing.printable(f"{link['kind']}: {link['ref']} ({link['because']})"))
