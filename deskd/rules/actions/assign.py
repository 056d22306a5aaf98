"""`assign`: the team and agent that get the ticket, and the skills asked of whoever is chosen in that team.

A ticket that changes team takes the team's level and loses its agent. An agent named without a team brings the first of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from pydantic import Field, model_validator
from pydantic.json_schema import JsonSchemaValue

from deskd.config.expected import expected
from deskd.rules.conditions.ticket import AgentName, TeamName
from deskd.rules.spec import Listed, Spec
from deskd.rules.view import State


class AssignSpec(Spec):
    """A team's key, or a map of `team`, `agent`, `skills`."""

    EXPECTED: ClassVar[str] = "a team, or a map of team, agent, skills"

    team: TeamName | None = Field(None, description="The team's key.")
    agent: AgentName | None = Field(None, description="The agent's key.")
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

    def __str__(self) -> str:
        named = [part for part in (self.team, self.agent) if part]
        return f"assign {'/'.join(named)}" + (f" with {', '.join(self.skills)}" if self.skills else "")
