"""Looks up what a ticket went through."""

from __future__ import annotations

from datetime import datetime

from deskd import handoff
from deskd.clock import sla
from deskd.clock.spent import brief, spent
from deskd.config import Settings
from deskd.model import Ticket
from deskd.store import Work, clocked, history


def story(work: Work, settings: Settings, ticket: Ticket, now: datetime) -> handoff.Story:
    """For those who take it over."""
    past = clocked.past(work, ticket.id)
    steps = history.steps(work, ticket.id)
    return handoff.Story(
        said=history.said(work, ticket.id),
        steps=steps,
        had_by=history.had_by(steps, ticket.assignee),
        due=tuple((one.name, one.due) for one in sla.clocks(settings, ticket, past) if one.due is not None),
        clock=brief(spent(settings, ticket, past.segments if past.asked else (), now)),
    )
