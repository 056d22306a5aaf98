"""`sla` of deskd.yaml: by when a ticket wants an answer, and what happens if it gets none."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from deskd.config.forms import Duration, Language, Percent
from deskd.config.section import LISTED, Level, Section, Text
from deskd.model import Grade, Priority, Status

Pausing = Literal["pending", "hold"]


class TicketMatch(Section):
    """Which tickets a policy is for. All that is named must fit; a list is any of; on tags a list has any."""

    priority: Annotated[tuple[Priority, ...], LISTED] = ()
    """low, normal, high, urgent."""
    urgency: Annotated[tuple[Grade, ...], LISTED] = ()
    """low, medium, high."""
    impact: Annotated[tuple[Grade, ...], LISTED] = ()
    """low, medium, high."""
    status: Annotated[tuple[Status, ...], LISTED] = ()
    """new, open, pending, hold, resolved, closed, spam."""
    level: Annotated[tuple[Level, ...], LISTED] = ()
    """1 to 4."""
    team: Annotated[tuple[Text, ...], LISTED] = ()
    """Keys of teams."""
    assignee: Annotated[tuple[Text, ...], LISTED] = ()
    """Keys of agents."""
    channel: Annotated[tuple[Text, ...], LISTED] = ()
    """Keys of channels, or phone."""
    tags: Annotated[tuple[Text, ...], LISTED] = ()
    """Tags of the ticket."""
    language: Annotated[tuple[Language, ...], LISTED] = ()
    """The ticket's language."""


class BreachStep(Section):
    """One thing that happens when a deadline is missed."""

    after: Duration = timedelta(0)
    """How long after the deadline, in the policy's calendar."""
    notify: Text | None = None
    """Who is told: lead, assignee, team, an agent's or team's key, or a Slack channel."""
    escalate: Literal[True] | None = None
    """true: the ticket goes up a level."""

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.notify is None and self.escalate is None:
            raise PydanticCustomError(
                "whole", "found a step that does nothing, expected notify or escalate", {}
            )
        return self


class Policy(Section):
    """One set of deadlines. The first policy whose `when` fits a ticket applies."""

    when: TicketMatch = Field(default_factory=TicketMatch)
    """Left out: every ticket."""
    first_response: Duration | None = None
    """From the customer's first message to the first reply."""
    next_response: Duration | None = None
    """From each further message of the customer to the reply."""
    resolution: Duration | None = None
    """From the first message to resolved."""
    calendar: Text = "always"
    """The calendar whose open time the durations count; `always` is built in."""
    pause: Annotated[tuple[Pausing, ...], LISTED] = ("pending",)
    """The statuses in which the clocks stand still: pending, or [pending, hold]."""
    warn: Percent = 80
    """How much of the time is gone when the team is warned."""
    on_breach: tuple[BreachStep, ...] = ()
    """What happens when a deadline is missed."""

    @model_validator(mode="after")
    def _promises_something(self) -> Self:
        if self.first_response is None and self.next_response is None and self.resolution is None:
            raise PydanticCustomError(
                "whole",
                "found no deadline, expected at least one of first_response, next_response, resolution",
                {},
            )
        return self

    def durations(self) -> dict[str, timedelta]:
        """The deadlines it sets, by name."""
        named = {
            "first_response": self.first_response,
            "next_response": self.next_response,
            "resolution": self.resolution,
        }
        return {name: duration for name, duration in named.items() if duration is not None}
