"""How much the agents have to do, looked up as far as a team's way of assigning asks for it."""

from __future__ import annotations

from deskd import assignment
from deskd.config import Settings
from deskd.store import Work, tickets


def loads(work: Work, settings: Settings, team: str, contact_id: int) -> assignment.Loads:
    """How much the agents have to do, as far as the team's way of assigning asks for it."""
    turn = tickets.count(work, f"round_robin:{team}") if settings.teams[team].assign == "round_robin" else 0
    return assignment.Loads(tickets.loads(work), turn, tickets.last_assignee(work, contact_id))
