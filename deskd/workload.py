"""How much the agents of a team have to do and who of them is on duty, looked up as far as the team's way of assigning asks for it."""

from __future__ import annotations

from datetime import datetime

from deskd import assignment
from deskd.assignment import Loads
from deskd.clock import duty
from deskd.config import Settings
from deskd.model import Assignment, Ticket
from deskd.store import Work, absences, history, tickets


def loads(
    work: Work,
    settings: Settings,
    team: str,
    contact_id: int,
    now: datetime,
    language: str | None = None,
    ticket: Ticket | None = None,
) -> Loads:
    """How a team stands at `now`. `ticket`: the one to be given, if it exists already: whoever let it go isn't given it again."""
    members = settings.teams[team].members
    gone = absences.known(work)
    counted = {agent: tickets.load_of(work, agent) for agent in members}
    weigh = assignment.WEIGHTS
    return Loads(
        open={agent: sum(counts.values()) for agent, counts in counted.items()},
        weights={
            agent: sum(weigh[priority] * count for priority, count in counts.items())
            for agent, counts in counted.items()
        },
        turns=tickets.turns(work, team, members) if settings.teams[team].assign == "round_robin" else {},
        sticky=tickets.last_assignee(work, contact_id) if settings.teams[team].sticky else None,
        off=duty.all_off(settings, team, gone, now),
        again=duty.next_there(settings, team, gone, now),
        language=language or (ticket.language if ticket else None),
        released=history.released_by(work, ticket.id) if ticket is not None else frozenset(),
    )


def in_team(
    work: Work,
    settings: Settings,
    team: str,
    because: str,
    ticket: Ticket,
    now: datetime,
) -> Assignment:
    """The agent for a ticket that exists, by the team's own way; it counts as their turn."""
    given = assignment.in_team(
        settings,
        team,
        because,
        ticket.skills,
        lambda key: loads(work, settings, key, ticket.contact_id, now, ticket=ticket),
    )
    took_turn(work, settings, given)
    return given


def took_turn(work: Work, settings: Settings, given: Assignment | None) -> None:
    """Who got a ticket in a team that goes in turn is the last to get another there."""
    if given is None or given.team is None or given.agent is None:
        return
    if settings.teams[given.team].assign == "round_robin":
        tickets.took_turn(work, given.team, given.agent)
