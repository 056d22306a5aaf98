"""Callbacks and visits, with the moment the clock stands at for each ticket's next one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, func, select

from deskd.desk.changes import AddTask
from deskd.model import Task
from deskd.store import deadlines
from deskd.store.tables import tasks, tickets
from deskd.store.times import micros, moment, moment_or_none
from deskd.store.work import Row, Statement, Work

_OF = Statement(
    select(tasks).where(tasks.c.ticket_id == bindparam("ticket_id")).order_by(tasks.c.at, tasks.c.id)
)
_NEXT = Statement(
    select(func.min(tasks.c.at)).where(
        tasks.c.ticket_id == bindparam("ticket_id"), tasks.c.done_at.is_(None), tasks.c.reminded_at.is_(None)
    )
)
_RANK = {"urgent": 0, "high": 1, "normal": 2, "low": 3}
_GRADE = {"high": 0, "medium": 1, "low": 2}
_TO_COME = Statement(
    select(tasks, tickets.c.ref, tickets.c.subject, tickets.c.urgency, tickets.c.priority)
    .join(tickets, tickets.c.id == tasks.c.ticket_id)
    .where(tasks.c.done_at.is_(None), tickets.c.team == bindparam("team"))
    .order_by(
        case(_GRADE, value=tickets.c.urgency, else_=3),
        case(_RANK, value=tickets.c.priority, else_=4),
        tasks.c.at,
    )
    .limit(50)
)


@dataclass(frozen=True, slots=True)
class Coming:
    """A task with the ticket that it is of."""

    task: Task
    ref: str
    subject: str
    urgency: str
    priority: str


def add(work: Work, ticket_id: int, made: AddTask, now: datetime) -> None:
    work.insert(
        tasks,
        ticket_id=ticket_id,
        kind=made.kind,
        at=micros(made.at),
        place=made.place,
        actor=made.actor[:600],
        created_at=micros(now),
        invited=made.invited,
    )
    stand_at_next(work, ticket_id)


def change(work: Work, ticket_id: int, task_id: int, values: Mapping[str, Any]) -> None:
    work.update(tasks, task_id, **values)
    stand_at_next(work, ticket_id)


def stand_at_next(work: Work, ticket_id: int) -> None:
    """The clock is to look at the ticket when its next one is due."""
    at = work.value(_NEXT, ticket_id=ticket_id)
    if at is None:
        deadlines.drop(work, ticket_id, "task")
    else:
        deadlines.look_at(work, (ticket_id,), "task", moment(at))


def of(work: Work, ticket_id: int) -> tuple[Task, ...]:
    """All of a ticket's, the earliest first."""
    return tuple(map(_task, work.rows(_OF, ticket_id=ticket_id)))


def to_come(work: Work, teams: Iterable[str]) -> tuple[Coming, ...]:
    """Of these teams' tickets, by urgency, then by priority, then by time."""
    found = [row for team in dict.fromkeys(teams) for row in work.rows(_TO_COME, team=team)]
    found.sort(key=lambda row: (_GRADE.get(row["urgency"], 3), _RANK.get(row["priority"], 4), row["at"]))
    return tuple(
        Coming(_task(row), row["ref"], row["subject"], row["urgency"], row["priority"]) for row in found
    )


def _task(row: Row) -> Task:
    return Task(
        row["id"],
        row["kind"],
        moment(row["at"]),
        row["place"],
        row["actor"],
        moment(row["created_at"]),
        moment_or_none(row["reminded_at"]),
        moment_or_none(row["done_at"]),
        row["outcome"],
        row["invited"],
    )
