"""A folder of rules, compiled: what `load` makes and `evaluate` runs. Frozen; it is replaced whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from deskd.rules.facts import Event
from deskd.rules.idling import IdleTimes
from deskd.rules.names import Names
from deskd.rules.patterns import PatternSet
from deskd.rules.prefilter import Prefilter
from deskd.rules.rule import Rule
from deskd.rules.trial import TrialSpec


@dataclass(frozen=True, slots=True)
class Trial:
    """A test of a rule file."""

    name: str
    file: str
    line: int
    spec: TrialSpec
    mail: bytes | None = None  # what the file holds that its message names


@dataclass(frozen=True, slots=True)
class RuleSet:
    """`rules` are in the order they run; `source` maps each file's name to its text, from which `load_rule_texts` makes the same set again."""

    hash: str  # hex SHA-256 of the files' names and texts
    rules: tuple[Rule, ...]
    tests: tuple[Trial, ...]
    source: Mapping[str, str]
    names: Names = field(default_factory=Names)
    patterns: Mapping[str, PatternSet] = field(default_factory=dict, repr=False)
    prefilter: Prefilter = field(default_factory=Prefilter, repr=False)
    idle: IdleTimes = field(default_factory=IdleTimes)
    events: frozenset[Event] = frozenset()  # those that any rule is asked at
