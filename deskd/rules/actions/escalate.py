"""`escalate`: up a level, with a reason. `to` names a team, an agent (`anna` or `@anna`) or a level (`L3`); without it, it goes where the
ticket's team `escalates_to`, else to the first team of the next level. The assignee is cleared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final

from pydantic import AfterValidator, Field, ValidationInfo
from pydantic.json_schema import JsonSchemaValue

from deskd.config.expected import expected
from deskd.config.nearest import did_you_mean
from deskd.rules.actions.act import Effect, Fill, Reason
from deskd.rules.names import Names
from deskd.rules.spec import Spec
from deskd.rules.view import State

_LEVEL: Final = re.compile(r"[lL]([1-4])")
_HIGHEST: Final = 4


def _target(value: str, info: ValidationInfo) -> str:
    if not isinstance(info.context, Names) or _LEVEL.fullmatch(value):
        return value
    known = (*info.context.teams, *info.context.agents)
    if value.removeprefix("@") not in known:
        raise expected("a team, an agent or a level (L2, L3, L4)", did_you_mean(value, known))
    return value


class EscalateSpec(Spec):
    """true, a reason, or a map of `reason` and `to`."""

    EXPECTED: ClassVar[str] = "true, a reason, or a map of reason and to"

    reason: Reason = Field("", description="Why, as the next level reads it.")
    to: Annotated[str, AfterValidator(_target)] | None = Field(
        None, description="A team, an agent, or a level: L3."
    )

    @classmethod
    def written_out(cls, value: Any) -> Any:
        if value is True:
            return {"reason": ""}
        return {"reason": value} if isinstance(value, str) else value

    @classmethod
    def short_forms(cls, full: JsonSchemaValue) -> list[JsonSchemaValue]:
        return [{"const": True}, {"type": "string"}]


@dataclass(frozen=True, slots=True)
class Escalate:
    reason: str = ""
    to: str | None = None

    def change(self, state: State) -> State:
        team = self._team(state)
        otherwise = (
            int(self.to[1])
            if self.to and _LEVEL.fullmatch(self.to)
            else min(state.ticket.level + 1, _HIGHEST)
        )
        named = self.to.removeprefix("@") if self.to else None
        return state.with_ticket(
            team=team or state.ticket.team,
            level=state.names.level_of(team, otherwise),
            assignee=named if named in state.names.agents else None,
        )

    def _team(self, state: State) -> str | None:
        names, ticket = state.names, state.ticket
        if self.to is None:
            current = names.teams.get(ticket.team or "")
            return (current.escalates_to if current else None) or names.team_at(ticket.level + 1)
        level = _LEVEL.fullmatch(self.to)
        if level:
            return names.team_at(int(level[1]))
        named = self.to.removeprefix("@")
        return named if named in names.teams or not names.teams else names.team_of(named)

    def filled(self, fill: Fill, names: Names) -> Effect | None:
        return Escalate(fill(self.reason), self.to)

    def wordings(self) -> tuple[str, ...]:
        return (self.reason,)

    def __str__(self) -> str:
        return (
            "escalate" + (f" to {self.to}" if self.to else "") + (f" ({self.reason})" if self.reason else "")
        )
