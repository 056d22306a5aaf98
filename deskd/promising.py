"""Callbacks and visits: looks up which one an agent means, and which the clock's time has come for. Each within a unit of work."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from deskd.config import Settings
from deskd.desk import desk
from deskd.desk.commands import EndTask, Invite, TasksDue
from deskd.desk.state import State
from deskd.store import Work, apply, deadlines, tasks, tickets


def prepared(work: Work, settings: Settings, state: State, command: EndTask | Invite) -> EndTask | Invite:
    """The command with the task it names: the newest of that name that isn't over, else none."""
    if state.ticket is None:
        return command
    named = [one for one in tasks.of(work, state.ticket.id) if one.key == command.key]
    going_on = [one for one in named if one.done_at is None]
    return replace(command, task=next(iter((*going_on[::-1], *named[::-1])), None))


def remind(work: Work, settings: Settings, ticket_id: int, now: datetime) -> None:
    """The time of at least one has come. What is of a ticket that is closed for good is nobody's business any more."""
    deadlines.drop(work, ticket_id, "task")
    state = tickets.state(work, ticket_id)
    if state.ticket is None or state.ticket.status in ("closed", "spam"):
        return
    come = [
        one
        for one in tasks.of(work, ticket_id)
        if one.done_at is None and one.reminded_at is None and one.at <= now
    ]
    if come:
        apply.apply(work, state, desk(settings, state, TasksDue(tuple(come)), now), now)
    tasks.stand_at_next(work, ticket_id)
