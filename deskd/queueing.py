"""Gives out what waits in a team's queue when someone can have it, and what lies with someone who is gone; each a unit of work.

A queue's order is its own: what is more urgent first, then what waits longer. So whichever ticket the clock names, the first of its team's queue is given out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from deskd import handing_over, workload
from deskd.clock import duty
from deskd.config import Settings
from deskd.desk import desk
from deskd.desk.commands import Dispatched
from deskd.desk.queueing import OVER
from deskd.desk.state import State
from deskd.model import Assignment, Ticket
from deskd.store import Work, absences, apply, deadlines, queues, tickets

LOOKED_AT: Final = 20
"""Tickets of a queue that are tried before it rests: those in front may want skills that nobody has."""
_NOBODY: Final = ("off_duty", "full")


def give_out(work: Work, settings: Settings, ticket_id: int, now: datetime) -> None:
    """The clock named a ticket that waits: the first of its queue that someone can have is given out; where nobody can, the queue rests."""
    named = tickets.state(work, ticket_id, follow=False).ticket
    team = named.team if named is not None and named.waiting and not _needs_nobody(named) else None
    if team is None or team not in settings.teams or settings.teams[team].assign == "manual":
        deadlines.drop(work, ticket_id, "assign")
        return
    last: Assignment | None = None
    for waiting in dict.fromkeys((*queues.first(work, team, LOOKED_AT), ticket_id)):
        state = tickets.state(work, waiting, follow=False)
        ticket = state.ticket
        if ticket is None or _needs_nobody(ticket):
            continue
        last = workload.in_team(work, settings, team, "it waited", ticket, now)
        if last.agent is not None or waiting == ticket_id:
            _dispatch(work, settings, state, last, now)
        if last.agent is not None:
            deadlines.look_at(
                work, queues.first(work, team, 1), "assign", now
            )  # who took one may take another
            return
        if last.waiting in _NOBODY and not ticket.skills:
            break  # nor can anybody have the others
    queues.rest(work, team, last.again if last is not None else None, now)


def _needs_nobody(ticket: Ticket) -> bool:
    return ticket.assignee is not None or ticket.status in OVER or ticket.merged_into is not None


def take_over(work: Work, settings: Settings, ticket_id: int, now: datetime) -> None:
    """The clock named a ticket whose agent is gone. Another gets it, by its team's way: all of what was theirs who left the roster, what is urgent of theirs
    who are away."""
    deadlines.drop(work, ticket_id, "reassign")
    state = tickets.state(work, ticket_id, follow=False)
    ticket = state.ticket
    if ticket is None or ticket.assignee is None or ticket.status in OVER or ticket.merged_into is not None:
        return
    because = _gone(work, settings, ticket, now)
    if not because:
        return
    team = ticket.team if ticket.team in settings.teams else settings.default_team(ticket.channel)
    if team is not None:
        given = workload.in_team(work, settings, team, because, ticket, now)
        _dispatch(work, settings, state, given, now)


def _gone(work: Work, settings: Settings, ticket: Ticket, now: datetime) -> str:
    """Why its agent can't have it any more; "" where they can."""
    agent = ticket.assignee or ""
    if agent not in settings.agents:
        return f"{agent} left the roster"
    absence = duty.away(absences.known(work), agent, now)
    if absence is None or not is_urgent(ticket, absence):
        return ""
    if absence.until is None:
        return f"{agent} is away"
    return f"{agent} is away until {absence.until.astimezone(settings.desk.timezone):%Y-%m-%d %H:%M}"


def is_urgent(ticket: Ticket, absence: duty.Absence) -> bool:
    """Whether it can't wait for its agent: it is in work, and urgent, or due before they are back."""
    if ticket.status not in ("new", "open"):
        return False
    due = ticket.due_at is not None and (absence.until is None or ticket.due_at < absence.until)
    return ticket.priority == "urgent" or due


def absent(work: Work, now: datetime) -> None:
    """Absences that have begun: their agents' tickets are looked at, and so is each queue when they come back."""
    for absence in absences.begun(work, now):
        deadlines.look_at(work, queues.with_agent(work, absence.agent), "reassign", now)


def absences_said(
    work: Work, settings: Settings, said: Iterable[tuple[str, Sequence[duty.Absence]]], now: datetime
) -> None:
    """What calendar files say now. Where that is something new, the agents' queues are looked at: somebody may be there after all."""
    absences.forget_old(work, now)
    for agent, told in said:
        if absences.replace(work, agent, "file", told):
            for team in settings.teams_of(agent):
                deadlines.look_at(work, queues.first(work, team, 1), "assign", now)


def roster_changed(work: Work, settings: Settings, now: datetime) -> None:
    """Once, at the start: what lies with people who aren't in the roster any more is looked at."""
    for agent in queues.agents(work):
        if agent not in settings.agents:
            deadlines.look_at(work, queues.with_agent(work, agent), "reassign", now)


def _dispatch(work: Work, settings: Settings, state: State, given: Assignment, now: datetime) -> None:
    command = Dispatched(given)
    made = apply.apply(work, state, desk(settings, state, command, now), now)
    if given.agent is not None:
        handing_over.follow(work, settings, command, made.ticket, now)
