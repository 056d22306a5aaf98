"""Tickets in lists: what `/desk` answers, and an agent's home tab. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from deskd import words
from deskd.config import Settings
from deskd.model import PRIORITIES, Button, Place, Priority, Status
from deskd.model.panels import Answer, Home, Line, Section

LISTED: Final = 20  # tickets of an answer
ON_HOME: Final = 40  # tickets of a home tab, which holds 100 blocks
_STATUSES: Final[Mapping[str, int]] = {"new": 0, "open": 1, "pending": 2, "hold": 3}


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket, as lists need it. `assignee` is an agent's key."""

    ref: str
    subject: str
    contact: str
    status: Status
    priority: Priority
    assignee: str | None
    team: str | None
    due: datetime | None
    created_at: datetime
    place: Place | None


def due_first(rows: Sequence[Row]) -> list[Row]:
    """By what is due first; of what has no deadline, the most urgent and then the oldest."""
    return sorted(rows, key=lambda row: (row.due is None, row.due or row.created_at, *_urgency(row)))


def by_status(rows: Sequence[Row]) -> list[Row]:
    """New ones, then open ones, then those that wait; within each the most urgent, then what is due first."""
    return sorted(rows, key=lambda row: (_STATUSES.get(row.status, 9), *_urgency(row)))


def _urgency(row: Row) -> tuple[int, bool, datetime]:
    return -PRIORITIES.index(row.priority), row.due is None, row.due or row.created_at


def answer(settings: Settings, head: str, rows: Sequence[Row], none: str = "") -> Answer:
    """The first tickets of a list, and how many more there are."""
    language = settings.desk.agent_language
    left = len(rows) - LISTED
    foot = words.say(language, "more_tickets", count=left) if left > 0 else ""
    return Answer(
        head if rows or not none else none, tuple(_line(settings, row) for row in rows[:LISTED]), foot
    )


def home(
    settings: Settings, agent: str, mine: Sequence[Row], queues: Mapping[str, Sequence[Row]], now: datetime
) -> Home:
    """`queues`: of each team the agent is in, its open tickets that aren't theirs already."""
    language = settings.desk.agent_language
    room = ON_HOME // 2 if queues else ON_HOME
    none_mine = words.say(language, "home_none_mine")
    head = words.say(language, "home_mine", count=len(mine))
    own = [_line(settings, row, whose=False) for row in due_first(mine)]
    sections = [_section(settings, head, own, room, none_mine)]
    room = (ON_HOME - min(len(mine), room)) // max(len(queues), 1)
    for team, rows in queues.items():
        head = words.say(language, "home_queue", team=team, count=len(rows))
        none = words.say(language, "home_none_queue")
        lines = [_line(settings, row, of_team=False) for row in by_status(rows)]
        sections.append(_section(settings, head, lines, max(room, 1), none))
    return Home(
        title=settings.desk.name,
        text=words.say(language, "home_hello", name=settings.agents[agent].name.partition(" ")[0] or agent),
        sections=tuple(sections),
        buttons=(
            Button("home_new", words.say(language, "home_new"), "new", "primary"),
            Button("home_refresh", words.say(language, "home_refresh"), "refresh"),
        ),
        made_at=now,
    )


def strangers_home(settings: Settings) -> Home:
    return Home(settings.desk.name, words.say(settings.desk.agent_language, "home_stranger"))


def _section(settings: Settings, title: str, lines: Sequence[Line], room: int, none: str) -> Section:
    left = len(lines) - room
    more = words.say(settings.desk.agent_language, "more_tickets", count=left) if left > 0 else ""
    return Section(title, tuple(lines[:room]), more if lines else none)


def _line(settings: Settings, row: Row, *, whose: bool = True, of_team: bool = True) -> Line:
    agent = settings.agents.get(row.assignee or "")
    return Line(
        row.ref,
        words.start_of(row.subject) or words.say(settings.desk.agent_language, "no_subject"),
        words.start_of(row.contact, 60),
        row.status,
        row.priority,
        (agent.name if agent else row.assignee or "") if whose else None,
        (row.team or "") if of_team else "",
        row.due,
        row.place,
    )
