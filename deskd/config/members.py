"""A team's `members`: keys of agents, or `channel`, whoever is in its Slack channel."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import PlainSerializer, ValidatorFunctionWrapHandler, WithJsonSchema, WrapValidator

from deskd.config.section import Text


class OfChannel(tuple[str, ...]):
    """The keys of those who are in the team's channel, as far as that is known: nobody yet when the file has been read."""

    __slots__ = ()


def _members(value: Any, listed: ValidatorFunctionWrapHandler) -> tuple[str, ...]:
    if value == "channel":
        return OfChannel()
    found: tuple[str, ...] = listed(value)
    return found


Members = Annotated[
    tuple[Text, ...],
    WrapValidator(_members),
    PlainSerializer(lambda keys: "channel" if isinstance(keys, OfChannel) else list(keys), when_used="json"),
    WithJsonSchema(
        {"anyOf": [{"const": "channel"}, {"type": "array", "items": {"type": "string", "minLength": 1}}]}
    ),
]
