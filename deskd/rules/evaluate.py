"""One evaluator, for the verdict and for the trace: rules and facts in, what to do and why out. Pure and deterministic.

A run asks its rules in order; each sees what those that fired before it did. `stop` ends it. No rule is asked twice and none sets off another
event, so a run always ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deskd.model import RuleFired
from deskd.rules.facts import Facts
from deskd.rules.rule import Rule, asked, turn_of
from deskd.rules.ruleset import RuleSet
from deskd.rules.verdict import Act, RuleTrace, Verdict
from deskd.rules.view import View


def evaluate(rules: RuleSet, facts: Facts) -> Verdict:
    """What the rules make of `facts`."""
    view = View(facts, rules.names, rules.patterns)
    fired: list[RuleFired] = []
    actions: list[Act] = []
    captured: dict[str, str] = {}
    stopped_by = None
    for rule, held in _run(rules.prefilter.candidates(view), view):
        if held:
            match = rule.check.captures(view)
            captured.update(match)
            fired.append(RuleFired(rule.name, rule.check.why(view) or _ALWAYS))
            actions += [Act(rule.name, kind, effect, match) for kind, effect in rule.effects]
            stopped_by = rule.name if rule.stops else None
    return Verdict(
        fired=tuple(fired),
        actions=tuple(actions),
        ticket=view.state.ticket,
        stopped_by=stopped_by,
        hash=rules.hash,
        language=view.state.language,
        contact_tags=view.state.contact.tags,
        match=captured,
    )


def explain(rules: RuleSet, facts: Facts) -> tuple[RuleTrace, ...]:
    """Every rule, in order: fired or not, and why."""
    turn = turn_of(facts.event, facts.new)
    view = View(facts, rules.names, rules.patterns)
    told: dict[str, RuleTrace] = {}
    stopped_by = None
    for rule, held in _run([rule for rule in rules.rules if asked(rule, turn)], view):
        told[rule.name] = RuleTrace(rule.name, held, rule.check.why(view) or _ALWAYS)
        stopped_by = rule.name if held and rule.stops else None
    return tuple(told.get(rule.name) or _unasked(rule, facts, turn, stopped_by) for rule in rules.rules)


_ALWAYS = "it has no conditions"


def _run(rules: Sequence[Rule], view: View) -> Iterator[tuple[Rule, bool]]:
    """Each rule with its answer, at the moment it gave it: what it does is done when the next is asked for."""
    for rule in rules:
        held = rule.check.holds(view)
        yield rule, held
        if held:
            for _, effect in rule.effects:
                view.state = effect.change(view.state)
            if rule.stops:
                return


def _unasked(rule: Rule, facts: Facts, turn: str, stopped_by: str | None) -> RuleTrace:
    if asked(rule, turn):
        because = f'not reached: "{stopped_by}" stopped the run'
    elif rule.event == "ticket":
        because = (
            "event ticket: the message didn't open a ticket"
            if facts.event == "message"
            else f"event is {facts.event}, not ticket"
        )
    else:
        because = f"event is {facts.event}, not {rule.event}"
    return RuleTrace(rule.name, False, because, reached=False)
