"""`tests:` of rule files: what passes, what fails, and how the difference is told."""

from __future__ import annotations

import pytest

from deskd.rules import TestResult, run_tests
from tests.unit.rules.examples import DESK, rules_of

RULES = """
rules:
  - {name: billing, when: {subject: {words: fattura}}, then: [{tag: billing}, {priority: high}, {reply: received}, {note: look}, {notify: lead}]}
  - {name: vip, when: {contact: {tags: vip}}, then: [{escalate: {reason: vip}}, {contact: {tag: seen}}, {language: es}]}
  - {name: junk, when: {text: {contains: casino}}, then: [spam], stop: true}
  - {name: gone, when: {text: {contains: nothing at all}}, then: [discard]}
  - {name: closed, event: idle, when: {ticket: {status: pending, idle: {over: 3d}}, hours: {office: closed}}, then: [{status: resolved}]}
  - {name: size, when: {attachment: {size: {over: 1MB}}, to: a@acme.example, cc: {domain: b.example}, header: {X-A: two}}, then: [{tag: big}]}
"""

MARIA = 'from: "Maria <maria@cliente.example>", subject: Fattura 118'


def result(test: str, desk: bool = True) -> TestResult:
    rules = rules_of(f"{RULES}\ntests:\n  - {{name: t, {test}}}\n", DESK if desk else None)
    (one,) = run_tests(rules, DESK if desk else None)
    return one


@pytest.mark.parametrize(
    "test",
    [
        f"message: {{{MARIA}}}, expect: {{rules: [billing], tags: [billing], priority: high, replies: [received], notes: [look], notifies: lead}}",
        f"message: {{{MARIA}}}, expect: {{rules: billing, tags: [BILLING], stop: false, spam: false, discard: false, escalated: false}}",
        f"message: {{channel: telegram, {MARIA}}}, expect: {{team: front-desk, level: 1, status: new, urgency: medium, impact: medium}}",
        "message: {text: hi}, expect: {rules: [], tags: [], replies: [], not_fires: [billing]}",
        "message: {text: hi}, contact: {tags: [VIP]}, ticket: {team: front-desk}, "
        "expect: {fires: [vip], team: specialists, level: 2, escalated: true, contact_tags: [vip, seen], language: es}",
        "message: {text: casino}, expect: {spam: true, status: spam, stop: true}",
        "message: {text: nothing at all}, expect: {discard: true}",
        "event: idle, ticket: {status: pending, idle: 3d}, hours: {office: closed}, expect: {rules: [closed], status: resolved}",
        "event: idle, ticket: {status: pending, idle: 3d}, hours: {office: open}, expect: {rules: []}",
        "message: {attachments: {name: a.zip, size: 2MB}, to: [a@acme.example], cc: x@b.example, headers: {X-A: [one, two]}}, expect: {tags: big}",
        "message: {attachments: [a.zip], to: a@acme.example, cc: x@b.example, headers: {X-A: two}}, expect: {tags: []}",
        "message: {text: x}, ticket: {assignee: anna, priority: low}, expect: {assignee: anna, agent: anna, priority: low}",
    ],
)  # fmt: skip
def test_passes(test: str) -> None:
    assert result(test).differences == ()


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ("{rules: [vip]}", "rules: expected [vip], found [billing] (vip: contact tag is missing)"),
        ("{rules: []}", "rules: expected [], found [billing]"),
        ("{fires: [vip]}", "fires: expected 'vip', found [billing] (vip: contact tag is missing)"),
        (
            "{not_fires: [billing]}",
            "not_fires: expected not 'billing', found it fired because subject has the word \"fattura\"",
        ),
        ("{tags: []}", "tags: expected [], found [billing]"),
        ("{tags: [billing, x]}", "tags: expected [billing, x], found [billing]"),
        ("{priority: low}", "priority: expected low, found high"),
        ("{team: vendor}", "team: expected vendor, found nothing"),
        ("{replies: []}", "replies: expected [], found [received]"),
        ("{spam: true}", "spam: expected true, found false"),
        ("{level: 2}", "level: expected 2, found 1"),
    ],
)
def test_fails_and_says_how(expect: str, told: str) -> None:
    outcome = result(f"message: {{{MARIA}}}, expect: {expect}", desk=False)
    assert not outcome.passed
    assert [str(difference) for difference in outcome.differences] == [told]
    assert str(outcome) == f"rules.yaml:11: t: failed\n    {told}"


def test_where_a_test_stands_and_what_fired() -> None:
    outcome = result(f"message: {{{MARIA}}}, expect: {{priority: high}}")
    assert (outcome.name, outcome.file, outcome.line, outcome.fired, outcome.passed) == (
        "t",
        "rules.yaml",
        11,
        ("billing",),
        True,
    )
    assert str(outcome) == "rules.yaml:11: t: ok"
