"""A folder of rules, compiled: what `load` makes and `evaluate` runs. Frozen; it is replaced whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from deskd.rules.actions.act import Effect
from deskd.rules.checks import Check
from deskd.rules.facts import EVENTS, Event
from deskd.rules.names import Names
from deskd.rules.patterns import PatternSet
from deskd.rules.trial import TrialSpec
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


@dataclass(frozen=True, slots=True)
class Trial:
    """A test of a rule file."""

    name: str
    file: str
    line: int
    spec: TrialSpec


Index = Mapping[tuple[str, str], tuple[Rule, ...]]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """`rules` are in the order they run; `source` maps each file's name to its text, from which `load_rule_texts` makes the same set again."""

    hash: str  # hex SHA-256 of the files' names and texts
    rules: tuple[Rule, ...]
    tests: tuple[Trial, ...]
    source: Mapping[str, str]
    names: Names = field(default_factory=Names)
    patterns: Mapping[str, PatternSet] = field(default_factory=dict, repr=False)
    index: Index = field(default_factory=dict, repr=False)

    def candidates(self, event: Event, new: bool, channel: str) -> tuple[Rule, ...]:
        """The rules that may fire, in order: those of the event that aren't for other channels alone."""
        turn = turn_of(event, new)
        known = self.index.get((turn, channel.casefold()))
        return known if known is not None else self.index.get((turn, ""), ())


def turn_of(event: Event, new: bool) -> str:
    """Which rules are asked together: `opening` stands for a message that opens a ticket."""
    return "opening" if event == "message" and new else event


def asked(rule: Rule, turn: str) -> bool:
    """Is the rule asked in that turn? Rules of the events message and ticket run in one pass over a message that opens a ticket."""
    return rule.event == turn or (turn == "opening" and rule.event in ("message", "ticket"))


def index_of(rules: Sequence[Rule]) -> Index:
    """For each turn and channel named by a rule, and for all other channels (""), the rules to ask."""
    channels = {channel for rule in rules for channel in rule.channels or ()}
    index: dict[tuple[str, str], tuple[Rule, ...]] = {}
    for turn in ("opening", *EVENTS):
        of_turn = [rule for rule in rules if asked(rule, turn)]
        if of_turn:
            for channel in ("", *channels):
                index[turn, channel] = tuple(
                    rule for rule in of_turn if rule.channels is None or channel in rule.channels
                )
    return index
