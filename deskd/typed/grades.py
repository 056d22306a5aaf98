"""`!priority`, `!urgency`, `!impact`: their values, by their own names and by those of the four languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

from deskd.desk.commands import Command, SetPriority
from deskd.model import Grade, Priority
from deskd.typed.asked import Asked
from deskd.typed.markup import folded, literal
from deskd.typed.wrong import Wrong, quoted

_Value = TypeVar("_Value", bound=str)

_LOW: Final = "low bassa basso baja bajo baixa baixo"
_MIDDLE: Final = "medium normal normale media medio"
_HIGH: Final = "high alta alto"
_PRIORITY_WORDS: Final[dict[Priority, str]] = {
    "low": _LOW,
    "normal": _MIDDLE,
    "high": _HIGH,
    "urgent": "urgent urgente",
}
_GRADE_WORDS: Final[dict[Grade, str]] = {"low": _LOW, "medium": _MIDDLE, "high": _HIGH}


def priority(asked: Asked) -> Command:
    return SetPriority(asked.actor, priority=_one_of(_PRIORITY_WORDS, asked), source=asked.source)


def urgency(asked: Asked) -> Command:
    return SetPriority(asked.actor, urgency=_one_of(_GRADE_WORDS, asked), source=asked.source)


def impact(asked: Asked) -> Command:
    return SetPriority(asked.actor, impact=_one_of(_GRADE_WORDS, asked), source=asked.source)


def _one_of(values: Mapping[_Value, str], asked: Asked) -> _Value:
    listed = ", ".join(values)
    if not asked.rest:
        raise Wrong("needs_value", values=listed)
    wanted = folded(literal(asked.rest)).strip(".")
    found = next((value for value, names in values.items() if wanted in names.split()), None)
    if found is None:
        raise Wrong("wrong_value", found=quoted(literal(asked.rest)), values=listed)
    return found
