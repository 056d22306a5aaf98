"""How the desk did over a time, in figures: what was solved, by whom, how fast, and whether promises were kept. Pure.

| figure | counts |
| --- | --- |
| `solved` | resolved or closed now; spam and merged tickets are counted nowhere |
| `first_contact` | solved with one reply at the most, never escalated, never reopened |
| `escalated`, `bounced_back` | went up a level at least once; came back down at least once |
| `reopened` | was resolved or closed and became open again |
| `first_response_s`, `resolution_s` | seconds by the wall clock from the ticket's opening; p50 and p90 by nearest rank |
| `sla_judged`, `sla_kept` | tickets under a policy whose clocks came to their end; those of them without any breach |

Tickets belong to the time in which they were opened, replies to the one in which they were written. A share of nothing is None.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from math import ceil
from typing import Any, Final
from zoneinfo import ZoneInfo

from deskd.model import Ticket

OVER: Final = frozenset({"resolved", "closed"})


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of a ticket's audit trail."""

    type: str
    actor: str
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TicketPast:
    """A ticket, its trail as far as figures need it, and whether a policy promises something about it."""

    ticket: Ticket
    happened: tuple[Happened, ...] = ()
    promised: bool = False

    def has(self, kind: str) -> bool:
        return any(line.type == kind for line in self.happened)

    @property
    def solved(self) -> bool:
        return self.ticket.status in OVER

    @property
    def reopened(self) -> bool:
        return any(
            line.type == "status" and line.data.get("from") in OVER and line.data.get("to") not in OVER
            for line in self.happened
        )

    @property
    def replies(self) -> list[Happened]:
        """Agents' own replies; what rules send is none."""
        return [line for line in self.happened if line.type == "reply" and line.actor.startswith("agent:")]

    @property
    def by_first_contact(self) -> bool:
        return self.solved and not self.reopened and not self.has("escalated") and len(self.replies) <= 1


@dataclass(frozen=True, slots=True)
class Spread:
    """Seconds within which half and nine tenths of them were done."""

    p50: int | None = None
    p90: int | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    tickets: int
    solved: int
    first_contact: int
    first_contact_share: float | None  # of the solved
    escalated: int
    escalated_share: float | None
    bounced_back: int
    reopened: int
    reopened_share: float | None  # of those that were solved once
    first_response_s: Spread
    resolution_s: Spread
    sla_judged: int
    sla_kept: int
    sla_kept_share: float | None
    solved_by_level: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class AgentLoad:
    """`open`: theirs now; the rest is of the time that was asked about."""

    agent: str
    open: int
    solved: int
    replies: int


def totals(pasts: Sequence[TicketPast]) -> Totals:
    """The figures of these tickets."""
    solved = [past for past in pasts if past.solved]
    once_solved = [past for past in pasts if past.solved or past.reopened]
    judged = [past for past in pasts if past.promised and (past.solved or past.has("sla_breached"))]
    counted = {
        name: len(some)
        for name, some in {
            "first_contact": [past for past in solved if past.by_first_contact],
            "escalated": [past for past in pasts if past.has("escalated")],
            "bounced_back": [past for past in pasts if past.has("deescalated")],
            "reopened": [past for past in pasts if past.reopened],
            "sla_kept": [past for past in judged if not past.has("sla_breached")],
        }.items()
    }
    levels = Counter(str(past.ticket.level) for past in solved)
    return Totals(
        tickets=len(pasts),
        solved=len(solved),
        first_contact_share=_share(counted["first_contact"], len(solved)),
        escalated_share=_share(counted["escalated"], len(pasts)),
        reopened_share=_share(counted["reopened"], len(once_solved)),
        first_response_s=_spread(_took(past, past.ticket.first_response_at) for past in pasts),
        resolution_s=_spread(_took(past, past.ticket.resolved_at) for past in solved),
        sla_judged=len(judged),
        sla_kept_share=_share(counted["sla_kept"], len(judged)),
        solved_by_level=dict(sorted(levels.items())),
        **counted,
    )


def loads(pasts: Sequence[TicketPast], open_now: Mapping[str, int]) -> list[AgentLoad]:
    """What each agent has and did, by their keys. `open_now`: how many open tickets each has, whenever they were opened."""
    replies = Counter(line.actor.removeprefix("agent:") for past in pasts for line in past.replies)
    solved = Counter(past.ticket.assignee for past in pasts if past.solved and past.ticket.assignee)
    agents = sorted({*open_now, *replies, *solved})
    return [AgentLoad(agent, open_now.get(agent, 0), solved[agent], replies[agent]) for agent in agents]


Group = Callable[[TicketPast], Sequence[str]]


def _day(zone: ZoneInfo, form: str) -> Group:
    return lambda past: [past.ticket.created_at.astimezone(zone).strftime(form)]


def groups(zone: ZoneInfo) -> dict[str, Group]:
    """By what figures can be told apart, and the names a ticket counts under. Days are those of `zone`."""
    return {
        "team": lambda past: [past.ticket.team or ""],
        "channel": lambda past: [past.ticket.channel],
        "level": lambda past: [str(past.ticket.level)],
        "agent": lambda past: [past.ticket.assignee or ""],
        "tag": lambda past: past.ticket.tags or [""],
        "priority": lambda past: [past.ticket.priority],
        "day": _day(zone, "%Y-%m-%d"),
        "week": _day(zone, "%G-W%V"),
        "month": _day(zone, "%Y-%m"),
    }


def grouped(pasts: Iterable[TicketPast], group: Group) -> list[tuple[str, Totals]]:
    """Figures under each name, in the order of the names; a ticket with several tags counts under each."""
    sorted_out: dict[str, list[TicketPast]] = {}
    for past in pasts:
        for name in group(past):
            sorted_out.setdefault(name, []).append(past)
    return [(name, totals(some)) for name, some in sorted(sorted_out.items())]


def flat(figures: Totals) -> dict[str, Any]:
    """One figure a column, for tables and spreadsheets: first_response_s_p50, solved_level_1 to 4."""
    line: dict[str, Any] = {}
    for name, value in asdict(figures).items():
        if name == "solved_by_level":
            line |= {f"solved_level_{level}": value.get(str(level), 0) for level in range(1, 5)}
        elif isinstance(value, dict):
            line |= {f"{name}_{part}": seconds for part, seconds in value.items()}
        else:
            line[name] = value
    return line


def safe_cell(value: Any) -> str:
    """As a spreadsheet may have it: what it would run as a formula begins with ' (OWASP, CSV injection)."""
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _took(past: TicketPast, until: datetime | None) -> float | None:
    return None if until is None else max(0.0, (until - past.ticket.created_at).total_seconds())


def _spread(seconds: Iterable[float | None]) -> Spread:
    known = sorted(one for one in seconds if one is not None)
    return Spread(_rank(known, 0.5), _rank(known, 0.9))


def _rank(ordered: Sequence[float], part: float) -> int | None:
    return round(ordered[ceil(part * len(ordered)) - 1]) if ordered else None


def _share(some: int, all_: int) -> float | None:
    return round(some / all_, 4) if all_ else None
