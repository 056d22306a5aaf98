"""Which rules the tests try: those that none fires, and those that none holds back. Rule set in, a line a rule out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deskd.errors import MalformedMessage, Problem
from deskd.rules.evaluate import explain
from deskd.rules.names import names_of
from deskd.rules.ruleset import RuleSet
from deskd.rules.testing import facts_of


@dataclass(frozen=True, slots=True)
class Covered:
    """`fired`: tests in which the rule fires; `held_back`: tests that ask it and in which it doesn't."""

    rule: str
    file: str
    line: int
    fired: int
    held_back: int


def coverage(rules: RuleSet, settings: Any | None = None) -> tuple[Covered, ...]:
    """In the order of the rules."""
    names = names_of(settings) if settings is not None else rules.names
    fired: dict[str, int] = {}
    held_back: dict[str, int] = {}
    for trial in rules.tests:
        try:
            traces = explain(rules, facts_of(trial.spec, names, trial.mail))
        except MalformedMessage:
            continue
        for trace in traces:
            if trace.reached:
                _count(fired if trace.fired else held_back, trace.name)
    return tuple(
        Covered(rule.name, rule.file, rule.line, _of(fired, rule.name), _of(held_back, rule.name))
        for rule in rules.rules
    )


def _count(counted: dict[str, int], name: str) -> None:
    counted[name] = counted.get(name, 0) + 1


def _of(counted: Mapping[str, int], name: str) -> int:
    return counted.get(name, 0)


def untested(rules: RuleSet) -> Iterator[Problem]:
    """Rules that no test fires; of a set without tests it is said once."""
    if rules.rules and not rules.tests:
        first = rules.rules[0]
        yield Problem(first.file, first.line, None, "there are no tests", "write one under `tests:`")
        return
    for covered in coverage(rules):
        if not covered.fired:
            yield Problem(covered.file, covered.line, None, f"no test fires {covered.rule!r}", "write one")
