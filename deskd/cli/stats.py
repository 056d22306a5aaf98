"""`deskd stats`: how the desk did over a time."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from deskd.cli import printing
from deskd.cli.carrying import reading, settings_for
from deskd.cli.options import Config, Json
from deskd.cli.tickets import since_of
from deskd.errors import UsageError
from deskd.stats import AgentLoad, Totals, flat, grouped, groups, loads, safe_cell, totals

_SECONDS = 60, 3600, 86400


def stats(
    since: Annotated[
        str, typer.Option("--since", help="Opened since: 30d, 12h, 2026-11-22 or 2026-11-22T05:30Z.")
    ] = "30d",
    until: Annotated[str | None, typer.Option("--until", help="Opened before, in the same forms.")] = None,
    team: Annotated[list[str] | None, typer.Option("--team", help="A team's key. May be repeated.")] = None,
    channel: Annotated[
        list[str] | None, typer.Option("--channel", help="A channel's key. May be repeated.")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="Has it; repeated: has any of them.")] = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by", help="A line each: team, channel, level, agent, tag, priority, day, week, month."
        ),
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, safe to open in a spreadsheet.")] = False,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Tell how the desk did: solved, escalated, reopened, times to answer, promises kept, each agent's load."""
    from deskd.clock.sla import policy_of
    from deskd.store import stats as stored

    settings = settings_for(config)
    now = datetime.now(UTC)
    ways = groups(settings.desk.timezone)
    if by is not None and by not in ways:
        raise UsageError(f"--by {by}: expected one of {', '.join(ways)}")
    wanted = stored.Wanted(
        since_of(since, now),
        since_of(until, now) if until else None,
        tuple(team or ()),
        tuple(channel or ()),
        tuple(tag or ()),
    )
    with reading(config) as store:
        pasts = list(stored.pasts(store, wanted, lambda ticket: policy_of(settings, ticket) is not None))
        open_now = store.read_now(stored.open_now)
    if by is not None:
        _print_groups(by, grouped(pasts, ways[by]), as_csv=as_csv, as_json=as_json)
        return
    whole, agents = totals(pasts), loads(pasts, open_now)
    if as_json:
        period = {"since": wanted.since, "until": wanted.until or now}
        printing.write_json({**period, **asdict(whole), "agents": [asdict(agent) for agent in agents]})
    elif as_csv:
        _write_csv(["figure", "value"], [[name, value] for name, value in flat(whole).items()])
    else:
        _show(whole, agents)


def _print_groups(by: str, lines: Sequence[tuple[str, Totals]], *, as_csv: bool, as_json: bool) -> None:
    if as_json:
        printing.write_lines({by: name or None, **asdict(figures)} for name, figures in lines)
        return
    flats = [{by: name, **flat(figures)} for name, figures in lines]
    if as_csv:
        names = [by, *flat(totals(()))]
        _write_csv(names, [[line[name] for name in names] for line in flats])
        return
    columns = (
        by,
        "tickets",
        "solved",
        "first contact",
        "escalated",
        "reopened",
        "first response",
        "sla kept",
    )
    printing.table(
        columns,
        (
            (
                name or None,
                figures.tickets,
                figures.solved,
                _percent(figures.first_contact_share),
                _percent(figures.escalated_share),
                _percent(figures.reopened_share),
                _span(figures.first_response_s.p50),
                _percent(figures.sla_kept_share),
            )
            for name, figures in lines
        ),
    )


def _write_csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(columns)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)


def _show(figures: Totals, agents: Sequence[AgentLoad]) -> None:
    response, resolution = figures.first_response_s, figures.resolution_s
    lines: list[tuple[str, Any]] = [
        ("tickets", figures.tickets),
        ("solved", figures.solved),
        *((f"  at level {level}", number) for level, number in figures.solved_by_level.items()),
        (
            "solved at first contact",
            f"{figures.first_contact} ({_percent(figures.first_contact_share) or '-'} of the solved)",
        ),
        ("escalated", f"{figures.escalated} ({_percent(figures.escalated_share) or '-'})"),
        ("bounced back", figures.bounced_back),
        ("reopened", f"{figures.reopened} ({_percent(figures.reopened_share) or '-'})"),
        ("first response", f"half within {_span(response.p50)}, 90 % within {_span(response.p90)}"),
        ("resolution", f"half within {_span(resolution.p50)}, 90 % within {_span(resolution.p90)}"),
        (
            "promises kept",
            f"{figures.sla_kept} of {figures.sla_judged} ({_percent(figures.sla_kept_share) or '-'})",
        ),
    ]
    printing.table(("figure", "value"), lines)
    if agents:
        printing.table(
            ("agent", "open now", "solved", "replies"),
            ((agent.agent, agent.open, agent.solved, agent.replies) for agent in agents),
        )


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{100 * share:.0f} %"


def _span(seconds: int | None) -> str:
    """42s, 12m, 3h 20m, 2d 4h."""
    if seconds is None:
        return "-"
    minute, hour, day = _SECONDS
    if seconds < minute:
        return f"{seconds}s"
    if seconds < hour:
        return f"{seconds // minute}m"
    if seconds < day:
        return f"{seconds // hour}h {seconds % hour // minute}m"
    return f"{seconds // day}d {seconds % day // hour}h"
