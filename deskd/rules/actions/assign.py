"""`assign`: the team and agent that get the ticket, and the skills asked of whoever is chosen in that team.

A ticket that changes team takes the team's level and loses its agent. An agent named without a team brings the first of theirs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, Field, ValidationInfo, model_validator
from pydantic.json_schema import JsonSchemaValue

from deskd.config.expected import expected
from deskd.rules.actions.act import Effect, Fill, a_template, is_template
from deskd.rules.names import Names
from deskd.rules.spec import Listed, Spec, name_check
from deskd.rules.view import State

_team_check = name_check("a team", lambda names: names.teams)
_agent_check = name_check("an agent", lambda names: names.agents)


def _team(value: str, info: ValidationInfo) -> str:
    return a_template(value) if is_template(value) else _team_check(value, info)


def _agent(value: str, info: ValidationInfo) -> str:
    return a_template(value) if is_template(value) else _agent_check(value, info)


TeamWanted = Annotated[str, AfterValidator(_team)]
AgentWanted = Annotated[str, AfterValidator(_agent)]


class AssignSpec(Spec):
    """A team's key, or a map of `team`, `agent`, `skills`."""

    EXPECTED: ClassVar[str] = "a team, or a map of team, agent, skills"

    team: TeamWanted | None = Field(None, description="The team's key.")
    agent: AgentWanted | None = Field(None, description="The agent's key.")
    skills: Listed[str] = Field([], description="Skills the agent should have.")

    @classmethod
    def written_out(cls, value: Any) -> Any:
        return {"team": value} if isinstance(value, str) else value

    @classmethod
    def short_forms(cls, full: JsonSchemaValue) -> list[JsonSchemaValue]:
        return [{"type": "string"}]

    @model_validator(mode="after")
    def _agent_without_skills(self) -> Self:
        if self.agent is not None and self.skills:
            raise expected("an agent or skills, not both", "skills choose an agent where none is named")
        return self


@dataclass(frozen=True, slots=True)
class Assign:
    team: str | None = None
    agent: str | None = None
    skills: tuple[str, ...] = ()

    def change(self, state: State) -> State:
        ticket = state.ticket
        team = self.team or self._team_of_agent(state) or ticket.team
        kept = ticket.assignee if team == ticket.team else None
        level = state.names.level_of(team, ticket.level) if team != ticket.team else ticket.level
        return state.with_ticket(team=team, level=level, assignee=self.agent or kept)

    def _team_of_agent(self, state: State) -> str | None:
        """None for an agent of the ticket's own team, who stays in it."""
        current = state.names.teams.get(state.ticket.team or "")
        if self.agent is None or (current is not None and self.agent in current.members):
            return None
        return state.names.team_of(self.agent)

    def filled(self, fill: Fill, names: Names) -> Effect | None:
        """What was caught names a team or an agent of the desk, case aside, or nobody."""
        team, agent = _among(names.teams, self.team, fill), _among(names.agents, self.agent, fill)
        return Assign(team, agent, self.skills) if team or agent or self.skills else None

    def wordings(self) -> tuple[str, ...]:
        return (self.team or "", self.agent or "")

    def __str__(self) -> str:
        named = [part for part in (self.team, self.agent) if part]
        return f"assign {'/'.join(named)}" + (f" with {', '.join(self.skills)}" if self.skills else "")


def _among(known: Iterable[str], wanted: str | None, fill: Fill) -> str | None:
    if wanted is None or not is_template(wanted):
        return wanted
    named = fill(wanted).strip().casefold()
    return next((key for key in known if key.casefold() == named), None)
