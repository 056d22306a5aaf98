"""What a run of the rules gives back. Values only; the desk does what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from deskd.model import RuleFired
from deskd.rules.actions.act import Effect
from deskd.rules.facts import TicketFacts


@dataclass(frozen=True, slots=True)
class Act:
    """One action to do. `kind` is its name in the rule file; `match` holds the named groups that the rule's patterns captured."""

    rule: str
    kind: str
    value: Effect
    match: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`ticket` and `contact_tags` are as they stand after all actions; `match` is what all rules that fired captured, later ones over earlier."""

    fired: tuple[RuleFired, ...]
    actions: tuple[Act, ...]
    ticket: TicketFacts
    stopped_by: str | None
    hash: str
    language: str = ""
    contact_tags: tuple[str, ...] = ()
    match: Mapping[str, str] = field(default_factory=dict)
    slow: tuple[tuple[str, float], ...] = field(default=(), compare=False)  # rules that took long, in seconds

    @property
    def discarded_by(self) -> str | None:
        """The rule that says no ticket is made of the message, if one does."""
        return next((act.rule for act in self.actions if act.kind == "discard"), None)


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """Why one rule fired or didn't. `reached` is false for rules of other events, and behind a stop."""

    name: str
    fired: bool
    because: str
    reached: bool = True
