"""`notify`: a word in Slack to the ticket's `agent`, its `team`, the team's `lead`, or a `#channel`, with a text of its own if there is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field
from pydantic.json_schema import JsonSchemaValue

from deskd.config.expected import expected
from deskd.config.nearest import did_you_mean
from deskd.rules.actions.act import Effect, Fill, Wording
from deskd.rules.names import Names
from deskd.rules.spec import Spec
from deskd.rules.view import State

WHOM = ("agent", "team", "lead")


def _whom(value: str) -> str:
    if value in WHOM or (
        value.startswith("#") and len(value) > 1 and not any(char.isspace() for char in value)
    ):
        return value
    raise expected(
        "agent, team, lead or a #channel",
        did_you_mean(value, WHOM)
        or f"a channel is written '#{value.split()[0] if value.split() else 'support'}', in quotes",
    )


class NotifySpec(Spec):
    """Whom, or a map of `to` and `text`."""

    EXPECTED: ClassVar[str] = "agent, team, lead or a #channel, or a map of to and text"

    to: Annotated[str, AfterValidator(_whom)] = Field(description="agent, team, lead or a '#channel'.")
    text: Wording | None = Field(None, description="What to say; left out: which rule fired on which ticket.")

    @classmethod
    def written_out(cls, value: Any) -> Any:
        return {"to": value} if isinstance(value, str) else value

    @classmethod
    def short_forms(cls, full: JsonSchemaValue) -> list[JsonSchemaValue]:
        return [full["properties"]["to"]]


@dataclass(frozen=True, slots=True)
class Notify:
    whom: str
    text: str = ""

    def change(self, state: State) -> State:
        return state

    def filled(self, fill: Fill, names: Names) -> Effect | None:
        return Notify(self.whom, fill(self.text))

    def wordings(self) -> tuple[str, ...]:
        return (self.text,)

    def __str__(self) -> str:
        return f"notify {self.whom}" + (f": {self.text}" if self.text else "")
