"""What waits for somebody, by team, and what lies with whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, literal_column, select, update
from sqlalchemy.sql.elements import ClauseElement

from deskd.store.tables import deadlines, tickets
from deskd.store.times import micros, moment
from deskd.store.work import Statement, Work, among

_RANK = case(
    {"urgent": 0, "high": 1, "normal": 2, "low": 3},
    value=tickets.c.priority,
    else_=4,
)
_IN_QUEUE = tickets.c.waiting != literal_column("''")  # as the index of queues says it: only so does it serve
_WAITING = (_IN_QUEUE, tickets.c.team == bindparam("team"))
_FIRST = Statement(
    select(tickets.c.id)
    .where(*_WAITING, tickets.c.waiting.not_in((literal_column("'by_hand'"), literal_column("'released'"))))
    .order_by(_RANK, tickets.c.id)
    .limit(bindparam("most"))
)
_AGENTS = Statement(
    select(tickets.c.assignee.label("agent"))
    .distinct()
    .where(tickets.c.assignee.is_not(None), among(tickets.c.status, "new", "open", "pending", "hold"))
)
_WITH = Statement(
    select(tickets.c.id)
    .where(
        tickets.c.assignee == bindparam("agent"), among(tickets.c.status, "new", "open", "pending", "hold")
    )
    .order_by(tickets.c.id)
)


def _resting(dialect: str) -> ClauseElement:
    waiting = select(tickets.c.id).where(
        _IN_QUEUE, tickets.c.team == bindparam("the_team"), tickets.c.assignee.is_(None)
    )
    return (
        update(deadlines)
        .where(
            deadlines.c.kind == "assign",
            deadlines.c.at <= bindparam("now"),
            deadlines.c.ticket_id.in_(waiting),
        )
        .values(at=bindparam("again"))
    )


_REST = Statement(_resting)


def first(work: Work, team: str, most: int) -> tuple[int, ...]:
    """The tickets in front of a team's queue: what is more urgent first, then what waits longer. What was released rests until its own time."""
    return tuple(row["id"] for row in work.rows(_FIRST, team=team, most=most))


def rest(work: Work, team: str, again: datetime | None, now: datetime) -> None:
    """Nobody of the team can have any: its queue is looked at again then. None: when someone has room."""
    far = micros(now) + 10 * 365 * 86_400_000_000
    work.run(_REST, the_team=team, now=micros(now), again=far if again is None else micros(again))
    work.wake("clock")


def agents(work: Work) -> tuple[str, ...]:
    """Everybody who has tickets that aren't over, of the roster or not."""
    return tuple(row["agent"] for row in work.rows(_AGENTS))


def with_agent(work: Work, agent: str) -> tuple[int, ...]:
    """An agent's tickets that aren't over."""
    return tuple(row["id"] for row in work.rows(_WITH, agent=agent))


@dataclass(frozen=True, slots=True)
class Line:
    """A ticket that waits, as a list shows it."""

    ref: str
    subject: str
    team: str
    priority: str
    waiting: str
    since: datetime  # opened then


_LINES = Statement(
    select(
        tickets.c.ref,
        tickets.c.subject,
        tickets.c.team,
        tickets.c.priority,
        tickets.c.waiting,
        tickets.c.created_at,
    )
    .where(*_WAITING)
    .order_by(_RANK, tickets.c.id)
    .limit(50)
)


def lines(work: Work, teams: Iterable[str]) -> tuple[Line, ...]:
    """What waits in these teams, those who pick included; the teams in this order, of each what is more urgent first."""
    rows = [row for team in teams for row in work.rows(_LINES, team=team)]
    return tuple(
        Line(
            row["ref"],
            row["subject"],
            row["team"],
            row["priority"],
            row["waiting"],
            moment(row["created_at"]),
        )
        for row in rows
    )
