"""One rule, compiled, and when it is asked."""

from __future__ import annotations

from dataclasses import dataclass

from deskd.rules.actions.act import Effect
from deskd.rules.checks import Check
from deskd.rules.facts import Event
from deskd.rules.view import View


@dataclass(frozen=True, slots=True)
class Rule:
    """`line` counts from 1. `channels`: the only channels, case folded, on which it can fire; None: any."""

    name: str
    event: Event
    file: str
    line: int
    check: Check[View]
    effects: tuple[tuple[str, Effect], ...]
    stops: bool
    channels: frozenset[str] | None = None
    templated: bool = False  # its actions hold names that its patterns' groups fill in


def turn_of(event: Event, new: bool) -> str:
    """Which rules are asked together: `opening` stands for a message that opens a ticket."""
    return "opening" if event == "message" and new else event


def asked(rule: Rule, turn: str) -> bool:
    """Is the rule asked in that turn? Rules of the events message and ticket run in one pass over a message that opens a ticket."""
    return rule.event == turn or (turn == "opening" and rule.event in ("message", "ticket"))
