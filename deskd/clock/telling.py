"""What `tickets show --json` and screens tell of a ticket's clocks, computed from its history at that moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from deskd.clock import sla
from deskd.clock.spent import Spent, spent
from deskd.config import Settings
from deskd.model import Ticket
from deskd.store import Work, clocked, tickets


def of(work: Work, settings: Settings, ticket: Ticket, now: datetime) -> Spent:
    """The ticket's own clock and each level's. What was brought in as history has none."""
    past = clocked.past(work, ticket.id)
    return spent(settings, ticket, past.segments if past.asked else (), now)


def line(work: Work, settings: Settings, ref: str, now: datetime) -> dict[str, Any] | None:
    """As JSON gives it: times in seconds of the calendar's open time, and each deadline that runs."""
    ticket = tickets.load(work, tickets.by_ref(work, ref) or 0)
    if ticket is None:
        return None
    past = clocked.past(work, ticket.id)
    now_spent = spent(settings, ticket, past.segments if past.asked else (), now)
    return {
        "policy": now_spent.policy,
        "calendar": now_spent.calendar,
        "elapsed_s": round(now_spent.whole.total_seconds()),
        "levels": [
            {"level": one.level, "elapsed_s": round(one.spent.total_seconds()), "running": one.runs}
            for one in now_spent.levels
        ],
        "deadlines": [
            {"clock": one.name, "since": one.since, "due_at": one.due, "warn_at": one.warn}
            for one in sla.clocks(settings, ticket, past)
        ],
    }
