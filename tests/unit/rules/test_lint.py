"""Warnings for what is right by the schema and surely not meant, and none for what is."""

from __future__ import annotations

from pathlib import Path

import pytest

from deskd.rules import lint, load_rules
from tests.support.needs import REPOSITORY
from tests.unit.rules.examples import rules_of
from tests.unit.rules.test_evaluate import EXAMPLE

A = "{name: a, when: {new: true}, then: [{tag: x}]}"


@pytest.mark.parametrize(
    ("rules", "column", "said"),
    [
        ("[{name: a, then: [spam], stop: true}, {name: b, then: [discard]}]", 46, "never fires: 'a' stops every run"),
        ("[{name: a, then: [spam, stop]}, {name: b, event: ticket, then: [discard]}]", 40, "never fires: 'a' stops"),
        ("[{name: a, when: {new: true}, stop: true}, {name: b, when: {new: true}, then: [spam]}]", 51, "never fires"),
        (f"[{A}, {{name: b, when: {{new: true}}, then: [{{tag: x}}]}}]", 57, "does the same as 'a'"),
        ("[{name: a, event: ticket, when: {new: false}, then: [spam]}]", 46, "asked of new ones alone"),
        ("[{name: a, event: idle, when: {text: {words: x}, ticket: {idle: {over: 3d}}}, then: [spam]}]", 45, "the event idle brings no message, so `text` finds nothing"),
        ("[{name: a, event: breach, when: {from: a@b.example}, then: [spam]}]", 47, "`from` finds nothing"),
        ("[{name: a, when: {subject: {matches: 'x*'}}, then: [spam]}]", 45, "matches every text"),
        ("[{name: a, when: {any: [{text: {matches: [y, '']}}]}, then: [spam]}]", 53, "matches every text"),
        ("[{name: a, when: {header: {X-A: {matches: '(a|)'}}}, then: [spam]}]", 50, "matches every text"),
        ("[{name: a, when: {ticket: {status: open}, all: [{ticket: {status: new}}]}, then: [spam]}]", 25, "ticket.status is asked to be several"),
        ("[{name: a, when: {kind: message, all: [{kind: {not: message}}]}, then: [spam]}]", 25, "kind is asked to be several"),
        ("[{name: a, when: {ticket: {level: {over: 3, under: 3}}}, then: [spam]}]", 25, "ticket.level is asked to be over and under"),
        ("[{name: a, when: {all: [{new: true}, {new: false}]}, then: [spam]}]", 25, "new is asked to be several"),
        ("[{name: a, event: idle, when: {ticket: {status: open}}, then: [spam]}]", 9, "is asked at no moment of its own"),
        ("[{name: a, when: {subject: {matches: '(?P<nr>1)'}}, then: [{note: '{{ match.number }}'}]}]", 66, "catches 'number'"),
        (r"[{name: a, when: {subject: {matches: '\bcittà\b'}}, then: [spam]}]", 45, r"\b beside a letter"),
        (r"[{name: a, when: {subject: {matches: '\b(è|x)y'}}, then: [spam]}]", 45, r"\b beside a letter"),
        (r"[{name: a, when: {not: {subject: {not: {matches: '(più)\b'}}}}, then: [spam]}]", 57, r"\b beside a letter"),
    ],
)  # fmt: skip
def test_warnings(rules: str, column: int, said: str) -> None:
    (warning,) = lint(rules_of(f"rules: {rules}"))
    assert said in warning.message
    assert (warning.file, warning.line, warning.column) == ("rules.yaml", 1, column)


def test_a_test_that_names_no_rule() -> None:
    tests = "tests:\n  - {name: t, expect: {rules: [invoice], fires: [a], not_fires: [b]}}\n"
    warnings = lint(rules_of(f"rules: [{{name: invoices, then: [spam]}}]\n{tests}"))
    assert [warning.line for warning in warnings] == [3, 3, 3]
    assert warnings[0].message == "the test 't' names the rule 'invoice', which there isn't"
    assert warnings[0].remedy == "did you mean 'invoices'?"


@pytest.mark.parametrize(
    "rules",
    [
        EXAMPLE,
        "rules: [{name: a, event: ticket, then: [spam, stop]}, {name: b, then: [discard]}]",  # other messages reach b
        "rules: [{name: a, when: {new: true}, stop: true}, {name: b, when: {new: false}, then: [spam]}]",
        f"rules: [{A}, {{name: b, when: {{new: true}}, then: [{{tag: y}}]}}]",
        "rules: [{name: a, event: idle, when: {subject: {not: x}, ticket: {idle: {over: 3d}}}, then: [spam]}]",
        r"rules: [{name: a, when: {subject: {matches: '\bcitta\b|più caro'}}, then: [spam]}]",
        "# nothing",
    ],
)
def test_no_warning(rules: str) -> None:
    assert lint(rules_of(rules)) == ()


def test_the_pack_gives_none() -> None:
    assert lint(load_rules([Path(REPOSITORY / "rules")])) == ()
