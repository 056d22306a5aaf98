"""`ticket`: the ticket as it stands when the rule's turn comes, with what the rules before did to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, Field

from deskd.config.amounts import duration_text
from deskd.rules.checks import AllOf, Check, Not
from deskd.rules.facts import TicketFacts
from deskd.rules.operators.choice import GradeSpec, PrioritySpec, StatusSpec, choice_check
from deskd.rules.operators.number import DurationSpec, NumberSpec, amount_check
from deskd.rules.operators.text import TextSpec, text_check
from deskd.rules.spec import Listed, Spec, name_check
from deskd.rules.text import Text
from deskd.rules.view import View
from deskd.rules.workshop import Workshop

TeamName = Annotated[str, AfterValidator(name_check("a team", lambda names: names.teams))]
AgentName = Annotated[str, AfterValidator(name_check("an agent", lambda names: names.agents))]


class TeamSpec(TextSpec):
    """A team's key, a list of them (any), or operators that must all hold."""

    is_: Listed[TeamName] = Field([], alias="is", description="This team; a list: any of these.")
    in_: Listed[TeamName] = Field([], alias="in", description="Any of these teams.")


class AgentSpec(TextSpec):
    """An agent's key, a list of them (any), or operators that must all hold."""

    is_: Listed[AgentName] = Field([], alias="is", description="This agent; a list: any of these.")
    in_: Listed[AgentName] = Field([], alias="in", description="Any of these agents.")


class TicketSpec(Spec):
    """The ticket as it stands."""

    EXPECTED: ClassVar[str] = (
        "a map of status, priority, urgency, impact, level, team, assignee, tags, age, idle, messages"
    )

    status: StatusSpec | None = Field(None, description="new, open, pending, hold, resolved, closed or spam.")
    priority: PrioritySpec | None = Field(None, description="low, normal, high or urgent.")
    urgency: GradeSpec | None = Field(None, description="low, medium or high.")
    impact: GradeSpec | None = Field(None, description="low, medium or high.")
    level: NumberSpec | None = Field(None, description="1 to 4.")
    team: TeamSpec | None = Field(None, description="The team that has it.")
    assignee: AgentSpec | None = Field(None, description="The agent who has it.")
    tags: TextSpec | None = Field(None, description="A tag it has; a list: any of them.")
    age: DurationSpec | None = Field(None, description="Time since it was opened.")
    idle: DurationSpec | None = Field(None, description="Time since anything happened to it.")
    messages: NumberSpec | None = Field(None, description="How many messages it holds.")
    not_: Self | None = Field(None, alias="not", description="What must not hold.")


def check(spec: TicketSpec, shop: Workshop) -> Check[View]:
    parts = (*_choices(spec), *_texts(spec), *_amounts(spec))
    return AllOf((*parts, Not(check(spec.not_, shop))) if spec.not_ is not None else parts)


def _choices(spec: TicketSpec) -> list[Check[View]]:
    given = (
        ("status", spec.status),
        ("priority", spec.priority),
        ("urgency", spec.urgency),
        ("impact", spec.impact),
    )
    return [
        choice_check(wanted, f"ticket {name}", _text_of(name)) for name, wanted in given if wanted is not None
    ]


def _texts(spec: TicketSpec) -> list[Check[View]]:
    checks = [
        text_check(wanted, f"ticket {name}", _text_of(name))
        for name, wanted in (("team", spec.team), ("assignee", spec.assignee))
        if wanted is not None
    ]
    if spec.tags is not None:
        checks.append(
            text_check(spec.tags, "ticket tag", lambda view: tuple(map(Text, view.state.ticket.tags)))
        )
    return checks


def _amounts(spec: TicketSpec) -> list[Check[View]]:
    checks: list[Check[View]] = [
        amount_check(wanted, f"ticket {name}", _amount_of(name), str)
        for name, wanted in (("level", spec.level), ("messages", spec.messages))
        if wanted is not None
    ]
    checks += [
        amount_check(wanted, f"ticket {name}", _amount_of(name), duration_text)
        for name, wanted in (("age", spec.age), ("idle", spec.idle))
        if wanted is not None
    ]
    return checks


def _text_of(name: str) -> Callable[[View], tuple[Text, ...]]:
    def values(view: View) -> tuple[Text, ...]:
        value: str | None = getattr(view.state.ticket, name)
        return (Text(value),) if value else ()

    return values


def _amount_of(name: str) -> Callable[[View], tuple[Any, ...]]:
    def values(view: View) -> tuple[Any, ...]:
        ticket: TicketFacts = view.state.ticket
        return (getattr(ticket, name),)

    return values
