"""One evaluator, for the verdict and for the trace: rules and facts in, what to do and why out. Pure and deterministic.

A run asks its rules in order; each sees what those that fired before it did. `stop` ends it. No rule is asked twice and none sets off another
event, so a run always ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from deskd.model import RuleFired
from deskd.rules.actions.act import Effect, Worded
from deskd.rules.facts import Facts
from deskd.rules.names import Names
from deskd.rules.rule import Rule, asked, turn_of
from deskd.rules.ruleset import RuleSet
from deskd.rules.verdict import Act, RuleTrace, Verdict
from deskd.rules.view import State, View
from deskd.templates.filling import fill

SLOW: Final = 0.05
"""Seconds. A rule that takes longer over one message is worth an admin's look."""

REF: Final = "\ufdd0"
"""Stands for the ticket's reference, which nobody knows before the rules have let the ticket be opened; a character that no text may hold."""

_ALWAYS: Final = "it has no conditions"


def evaluate(rules: RuleSet, facts: Facts, clock: Callable[[], float] | None = None) -> Verdict:
    """What the rules make of `facts`. `clock`: seconds that never jump, to time each rule by; without it none is called slow."""
    view = View(facts, rules.names, rules.patterns)
    fired: list[RuleFired] = []
    actions: list[Act] = []
    captured: Mapping[str, str] = {}
    stopped_by = None
    slow: list[tuple[str, float]] = []
    for answer in _run(rules.prefilter.candidates(view), view, clock):
        rule = answer.rule
        if answer.seconds > SLOW:
            slow.append((rule.name, answer.seconds))
        if answer.held:
            captured = answer.captured
            fired.append(RuleFired(rule.name, rule.check.why(view) or _ALWAYS))
            actions += [Act(rule.name, kind, effect, answer.match) for kind, effect in answer.effects]
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
        slow=tuple(slow),
    )


def with_ref(verdict: Verdict, ref: str) -> Verdict:
    """The same for a ticket of this reference, in all texts that name it."""
    if not any(
        isinstance(act.value, Worded) and REF in "".join(act.value.wordings()) for act in verdict.actions
    ):
        return verdict
    acts = [replace(act, value=_named(act.value, ref)) for act in verdict.actions]
    return replace(verdict, actions=tuple(acts))


def _named(effect: Effect, ref: str) -> Effect:
    if not isinstance(effect, Worded) or REF not in "".join(effect.wordings()):
        return effect
    return effect.filled(lambda text: text.replace(REF, ref), Names()) or effect


def explain(rules: RuleSet, facts: Facts) -> tuple[RuleTrace, ...]:
    """Every rule, in order: fired or not, and why."""
    turn = turn_of(facts.event, facts.new)
    view = View(facts, rules.names, rules.patterns)
    told: dict[str, RuleTrace] = {}
    stopped_by = None
    for answer in _run([rule for rule in rules.rules if asked(rule, turn)], view):
        rule = answer.rule
        told[rule.name] = RuleTrace(rule.name, answer.held, rule.check.why(view) or _ALWAYS)
        stopped_by = rule.name if answer.held and rule.stops else None
    return tuple(told.get(rule.name) or _unasked(rule, facts, turn, stopped_by) for rule in rules.rules)


@dataclass(frozen=True, slots=True)
class _Answer:
    """`match` is what this rule captured, `captured` what all have so far, later ones over earlier."""

    rule: Rule
    held: bool
    seconds: float = 0.0
    match: Mapping[str, str] = field(default_factory=dict)
    captured: Mapping[str, str] = field(default_factory=dict)
    effects: Sequence[tuple[str, Effect]] = ()


def _run(rules: Sequence[Rule], view: View, clock: Callable[[], float] | None = None) -> Iterator[_Answer]:
    """Each rule with its answer, at the moment it gave it: what it does is done when the next is asked for."""
    captured: dict[str, str] = {}
    began = clock() if clock else 0.0
    for rule in rules:
        if rule.name in view.facts.done:
            continue
        held = rule.check.holds(view)
        ended = clock() if clock else 0.0
        took, began = ended - began, ended
        if not held:
            yield _Answer(rule, False, took)
            continue
        match = rule.check.captures(view)
        captured = {**captured, **match}
        effects = _filled(rule, captured, view) if rule.templated else rule.effects
        yield _Answer(rule, True, took, match, captured, effects)
        for _, effect in effects:
            view.state = effect.change(view.state)
        if rule.stops:
            return


def _filled(rule: Rule, captured: Mapping[str, str], view: View) -> list[tuple[str, Effect]]:
    """Its actions with what was captured, and what is known of ticket and contact, put in; an action of which nothing is left isn't done."""
    done: list[tuple[str, Effect]] = []
    state = view.state
    for kind, effect in rule.effects:
        known: Effect | None = effect
        if isinstance(effect, Worded):
            context = _context(state, view, captured)
            known = effect.filled(lambda text, known=context: fill(text, known) or "", state.names)  # type: ignore[misc]
        if known is not None:
            done.append((kind, known))
            state = known.change(state)
    return done


def _context(state: State, view: View, captured: Mapping[str, str]) -> dict[str, object]:
    """The names that an action's text may hold, as what was done before it has left them."""
    ticket, contact, message = state.ticket, state.contact, view.facts.message
    return {
        "match": captured,
        "ticket": {
            "ref": REF,
            "subject": message.subject if message is not None else "",
            "status": ticket.status,
            "priority": ticket.priority,
        },
        "contact": {"name": contact.name, "address": contact.address},
    }


def _unasked(rule: Rule, facts: Facts, turn: str, stopped_by: str | None) -> RuleTrace:
    if rule.name in facts.done and asked(rule, turn):
        because = "it has fired already, and fires once in a time of idleness"
    elif asked(rule, turn):
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
