"""`then`: a rule's actions, in order. A new action is a file here, a field of `Step` and a row of `_EFFECTS`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import BeforeValidator, Field, ModelWrapValidatorHandler, PrivateAttr, model_validator
from pydantic.json_schema import JsonSchemaValue

from deskd.config.names import parse_language
from deskd.model import Grade, Priority, Status
from deskd.rules.actions.act import Effect, TagText, Wording
from deskd.rules.actions.assign import Assign, AssignSpec
from deskd.rules.actions.contact import ContactStep, ContactTag
from deskd.rules.actions.discard import Discard
from deskd.rules.actions.escalate import Escalate, EscalateSpec
from deskd.rules.actions.grading import SetImpact, SetPriority, SetUrgency
from deskd.rules.actions.language import SetLanguage
from deskd.rules.actions.note import Note
from deskd.rules.actions.notify import Notify, NotifySpec
from deskd.rules.actions.reply import Reply, TemplateName
from deskd.rules.actions.status import SetStatus, Spam
from deskd.rules.actions.tags import Tag, Untag
from deskd.rules.spec import Listed, Spec

LanguageCode = Annotated[str, BeforeValidator(parse_language)]
_BARE: Final = ("spam", "discard", "stop")


class Step(Spec):
    """An action and its value; `spam`, `discard` and `stop` may stand alone. Several in one map run in the order they are written."""

    EXPECTED: ClassVar[str] = "an action and its value, such as `tag: billing`"

    tag: Listed[TagText] = Field([], description="Tags the ticket gets.")
    untag: Listed[TagText] = Field([], description="Tags it loses.")
    priority: Priority | None = Field(None, description="Its priority, set outright.")
    urgency: Grade | None = Field(None, description="Its urgency; with the impact it sets the priority.")
    impact: Grade | None = Field(None, description="Its impact; with the urgency it sets the priority.")
    status: Status | None = Field(None, description="Its status.")
    language: LanguageCode | None = Field(None, description="Its language, as two letters.")
    assign: AssignSpec | None = Field(None, description="The team and agent that get it.")
    escalate: EscalateSpec | None = Field(None, description="Up a level, with a reason.")
    reply: TemplateName | None = Field(None, description="A template's name, sent to the customer.")
    note: Wording | None = Field(None, description="An internal note.")
    notify: NotifySpec | None = Field(None, description="A word to agent, team, lead or a '#channel'.")
    contact: ContactStep | None = Field(None, description="Tags of the customer.")
    spam: Literal[True] | None = Field(None, description="The ticket is spam.")
    discard: Literal[True] | None = Field(None, description="No ticket is made.")
    stop: Literal[True] | None = Field(None, description="No rule after this one runs.")

    _order: tuple[str, ...] = PrivateAttr(default=())

    @classmethod
    def written_out(cls, value: Any) -> Any:
        return {value: True} if value in _BARE else value

    @classmethod
    def short_forms(cls, full: JsonSchemaValue) -> list[JsonSchemaValue]:
        return [{"enum": list(_BARE)}]

    @model_validator(mode="wrap")
    @classmethod
    def _remember_order(cls, value: Any, handler: ModelWrapValidatorHandler[Step]) -> Step:
        step = handler(value)
        step._order = tuple(value) if isinstance(value, dict) else tuple(step.model_fields_set)
        return step

    @property
    def order(self) -> tuple[str, ...]:
        """Its actions, as written."""
        return self._order


_EFFECTS: Final[dict[str, Callable[[Any], Effect]]] = {
    "tag": lambda value: Tag(tuple(value)),
    "untag": lambda value: Untag(tuple(value)),
    "priority": SetPriority,
    "urgency": SetUrgency,
    "impact": SetImpact,
    "status": SetStatus,
    "language": SetLanguage,
    "assign": lambda value: Assign(value.team, value.agent, tuple(value.skills)),
    "escalate": lambda value: Escalate(value.reason, value.to),
    "reply": Reply,
    "note": Note,
    "notify": lambda value: Notify(value.to, value.text or ""),
    "contact": lambda value: ContactTag(tuple(value.tag), tuple(value.untag)),
    "spam": lambda value: Spam(),
    "discard": lambda value: Discard(),
}


def effects(steps: Sequence[Step]) -> tuple[tuple[str, Effect], ...]:
    """Each action's name and value, in order, without `stop`."""
    return tuple(
        (name, _EFFECTS[name](getattr(step, name))) for step in steps for name in step.order if name != "stop"
    )
