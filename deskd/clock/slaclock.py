"""Looks at a ticket's clocks when their time has come: computes them from its history and has the desk, the rules and an escalation follow, in one unit of work.

However long nobody looked, all that has come due is done once, in its order.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from deskd import escalation, ruling
from deskd.clock import sla
from deskd.clock.sla import Duty
from deskd.config import Settings
from deskd.desk import desk
from deskd.desk.clocking import said
from deskd.desk.commands import Clocked, Escalate
from deskd.rules import RuleSet
from deskd.store import Work, apply, clocked, tickets


def look(work: Work, settings: Settings, ruleset: RuleSet | None, ticket_id: int, now: datetime) -> None:
    """One ticket, now."""
    state = tickets.state(work, ticket_id, follow=False)
    ticket = state.ticket
    if ticket is None or ticket.merged_into is not None:
        apply.apply(work, state, desk(settings, state, Clocked(None, None), now), now)
        return
    past = clocked.past(work, ticket_id)
    running = sla.clocks(settings, ticket, past)
    left = sla.duties(settings, ticket, past, running)
    come = sla.come(left, now)
    due = sla.due_at(running)
    if not come:
        command = Clocked(due, sla.next_look(left, now))
        apply.apply(work, state, desk(settings, state, command, now), now)
    for number, duty in enumerate(come):
        if (
            number
        ):  # what one changes (team, level, policy), the next one finds; then the clocks are looked at anew
            state = tickets.state(work, ticket_id, follow=False)
        apply.apply(work, state, desk(settings, state, Clocked(due, now, duty), now), now)
        _follow(work, settings, ruleset, ticket_id, duty, now)


def _follow(
    work: Work, settings: Settings, ruleset: RuleSet | None, ticket_id: int, duty: Duty, now: datetime
) -> None:
    """What a breach sets off: rules of the event `breach`, and the steps that take the ticket up."""
    if duty.kind == "breach" and ruleset is not None:
        ruling.run(work, settings, ruleset, "breach", ticket_id, now)
    if duty.kind != "step" or settings.sla[duty.policy].on_breach[duty.number].escalate is None:
        return
    command = Escalate("clock", said(settings, "sla_escalates", duty))
    if escalation.escalate(work, settings, ticket_id, command, now) and ruleset is not None:
        ruling.run(work, settings, ruleset, "escalated", ticket_id, now)


def mark_of(settings: Settings) -> int:
    """Tells one configuration of policies and calendars from another; 0: there are no policies."""
    if not settings.sla:
        return 0
    told = {
        "sla": {key: policy.model_dump(mode="json") for key, policy in settings.sla.items()},
        "calendars": {key: calendar.model_dump(mode="json") for key, calendar in settings.calendars.items()},
        "zone": str(settings.desk.timezone),
    }
    return int(hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12], 16)
