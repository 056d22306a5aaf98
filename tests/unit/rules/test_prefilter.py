"""Which rules are left out unasked, and that leaving them out is never seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deskd.rules import Facts, RuleSet, TicketFacts, evaluate
from deskd.rules.view import View
from tests.unit.rules.examples import MESSAGE, facts, rules_of


def asked(rules: RuleSet, about: Facts) -> list[str]:
    return [rule.name for rule in rules.prefilter.candidates(View(about, rules.names, rules.patterns))]


@pytest.mark.parametrize(
    ("when", "is_asked"),
    [
        ("{text: {words: rimborso}}", True),
        ("{text: {words: refund}}", False),
        ("{text: {words: [refund, money back]}}", False),
        (
            "{text: {words: [refund, più di noi]}}",
            True,
        ),  # the phrase's first word is there; the rule itself sees that the rest isn't
        (r"{subject: {matches: 'fattura \d'}}", True),
        (r"{subject: {matches: 'invoice \d'}}", False),
        ("{subject: 'Fattura 118: il totale non torna'}", True),
        ("{subject: [a, b]}", False),
        ("{from: {domain: cliente.example}}", True),
        ("{from: {domain: [x.example, y.example]}}", False),
        ("{from: boss@x.example}", False),
        ("{any: [{subject: a}, {text: {words: refund}}]}", False),
        ("{any: [{subject: a}, {text: {contains: refund}}]}", False),
        ("{any: [{subject: a}, {language: it}]}", True),  # nothing is known of one of the two
        ("{text: {contains: [x.y, RIMBORSO]}}", True),
        ("{subject: {starts: totale}}", True),  # it is there; the rule itself sees that it is no start
        ("{subject: {ends: totali}}", False),
        ("{all: [{language: it}, {text: {words: refund}}]}", False),
        ("{not: {text: {words: refund}}}", True),
        ("{text: {not: {words: refund}}}", True),
        ("{from: {matches: 'x@'}}", True),  # not among the patterns that are found together
        ("{text: {matches: '.{1,900}zzz'}}", True),  # heavy: searched by itself
        ("{channel: telegram}", False),
        ("{channel: [telegram, SUPPORT-mail]}", True),
        ("{channel: {not: telegram}}", True),
        ("{ticket: {tags: a}}", False),  # it hasn't got it, and no rule gives it
        ("{contact: {tags: [a, b]}}", False),
        ("{contact: {tags: {contains: a}}}", True),  # of tags only whole ones are looked up
        ("{header: {X-None: a}}", False),
        ("{language: en}", True),
    ],
)
def test_which_rules_are_asked(when: str, is_asked: bool) -> None:
    rules = rules_of(f"rules: [{{name: it, when: {when}, then: [spam]}}]")
    assert asked(rules, facts()) == (["it"] if is_asked else [])


@pytest.mark.parametrize("then", ["[{tag: A}]", "[{contact: {tag: A}}]", "[{tag: '{{ match.x }}'}]"])
def test_a_tag_that_a_rule_may_give_is_asked_for(then: str) -> None:
    rules = rules_of(
        f"rules: [{{name: gives, then: {then}}}, {{name: it, when: {{ticket: {{tags: a}}}}, then: [spam]}}]"
    )
    assert asked(rules, facts()) == ["gives", "it"]


def test_a_tag_that_the_ticket_has_is_asked_for() -> None:
    rules = rules_of("rules: [{name: it, when: {ticket: {tags: [a, b]}}, then: [spam]}]")
    assert asked(rules, facts(ticket=TicketFacts(tags=("B",)))) == ["it"]


def test_the_order_of_the_files_stays() -> None:
    rules = rules_of(
        "rules:\n"
        "  - {name: c, when: {text: {words: rimborso}}, then: [{tag: c}]}\n"
        "  - {name: b, then: [{tag: b}]}\n"
        "  - {name: x, when: {text: {words: refund}}, then: [{tag: x}]}\n"
        "  - {name: a, when: {subject: {matches: fattura}}, then: [{tag: a}]}\n"
    )
    assert asked(rules, facts()) == ["c", "b", "a"]
    assert evaluate(rules, facts()).ticket.tags == ("c", "b", "a")


def test_of_a_thousand_rules_a_message_asks_few() -> None:
    lines = [
        f"  - {{name: r{n}, when: {{text: {{words: [word{n}, wort{n}]}}}}, then: [spam]}}"
        for n in range(1_000)
    ]
    rules = rules_of("rules:\n" + "\n".join(lines))
    about = facts(message=replace(MESSAGE, text="word17 and wort900"))
    assert asked(rules, about) == ["r17", "r900"]


def test_parts_are_found_whatever_they_hold() -> None:
    """Signs of patterns, letters that fold to two, a part longer than a pattern may be."""
    long = "Überraß [x] " * 60
    for part in ("a.b", "[x]*(y)", "STRASSE", "straße", "ﬁn", "\\d", long):
        rules = rules_of(f"rules: [{{name: it, when: {{text: {{contains: '{part}'}}}}, then: [spam]}}]")
        assert asked(rules, facts(message=replace(MESSAGE, text=f"zz{part.upper()}zz"))) == ["it"], part
        assert evaluate(rules, facts(message=replace(MESSAGE, text=f"zz{part.upper()}zz"))).fired, part
        assert asked(rules, facts()) == []
