"""What becomes of a handoff that nobody accepts: the lead is told, and after as long again it goes up. One unit of work."""

from __future__ import annotations

from datetime import datetime

from deskd import escalation, ruling, words
from deskd.config import Settings
from deskd.desk import desk
from deskd.desk.commands import Escalate, HandoffLate
from deskd.rules import RuleSet
from deskd.store import Work, apply, deadlines, history, tickets


def look(work: Work, settings: Settings, ruleset: RuleSet | None, ticket_id: int, now: datetime) -> None:
    """The time to accept has passed."""
    deadlines.drop(work, ticket_id, "accept")
    state = tickets.state(work, ticket_id, follow=False)
    ticket = state.ticket
    if ticket is None or ticket.handed_at is None:
        return
    told = history.last(work, ticket_id, "handoff_late")
    if told is None or told.at < ticket.handed_at:
        apply.apply(work, state, desk(settings, state, HandoffLate(), now), now)
        return
    reason = words.say(settings.desk.agent_language, "accept_up", team=ticket.team or "—")
    up = escalation.escalate(work, settings, ticket_id, Escalate("clock", reason), now)
    if up and ruleset is not None:
        ruling.run(work, settings, ruleset, "escalated", ticket_id, now)
