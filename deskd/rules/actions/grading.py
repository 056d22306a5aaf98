"""`priority`, `urgency`, `impact`: urgency and impact set the priority by the matrix, unless someone set it outright."""

from __future__ import annotations

from dataclasses import dataclass

from deskd.model import Grade, Priority
from deskd.priority import priority_of
from deskd.rules.facts import TicketFacts
from deskd.rules.view import State


@dataclass(frozen=True, slots=True)
class SetPriority:
    priority: Priority

    def change(self, state: State) -> State:
        return state.with_ticket(priority=self.priority, priority_set=True)

    def __str__(self) -> str:
        return f"priority {self.priority}"


@dataclass(frozen=True, slots=True)
class SetUrgency:
    urgency: Grade

    def change(self, state: State) -> State:
        return state.with_ticket(
            urgency=self.urgency, priority=_priority(state.ticket, self.urgency, state.ticket.impact)
        )

    def __str__(self) -> str:
        return f"urgency {self.urgency}"


@dataclass(frozen=True, slots=True)
class SetImpact:
    impact: Grade

    def change(self, state: State) -> State:
        return state.with_ticket(
            impact=self.impact, priority=_priority(state.ticket, state.ticket.urgency, self.impact)
        )

    def __str__(self) -> str:
        return f"impact {self.impact}"


def _priority(ticket: TicketFacts, urgency: Grade, impact: Grade) -> Priority:
    return ticket.priority if ticket.priority_set else priority_of(urgency, impact)
