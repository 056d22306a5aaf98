"""`channel`: the key in deskd.yaml of the channel the message came on, or the ticket belongs to."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from deskd.rules.checks import Check
from deskd.rules.operators.text import TextSpec, text_check
from deskd.rules.spec import Listed, name_check
from deskd.rules.text import Text
from deskd.rules.view import View
from deskd.rules.workshop import Workshop

ChannelName = Annotated[str, AfterValidator(name_check("a channel", lambda names: names.channels))]


class ChannelSpec(TextSpec):
    """A channel's key, a list of them (any), or operators that must all hold."""

    is_: Listed[ChannelName] = Field([], alias="is", description="This channel; a list: any of these.")
    in_: Listed[ChannelName] = Field([], alias="in", description="Any of these channels.")


def _values(view: View) -> tuple[Text, ...]:
    return view.text("channel", view.facts.channel)


def check(spec: ChannelSpec, shop: Workshop) -> Check[View]:
    return text_check(spec, "channel", _values)


def named(spec: ChannelSpec) -> frozenset[str] | None:
    """The channels, case folded, outside of which `spec` can't hold; None where that isn't plain to see."""
    lists = [allowed for allowed in (spec.is_, spec.in_) if allowed]
    return frozenset(key.casefold() for allowed in lists for key in allowed) if lists else None
