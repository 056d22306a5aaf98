"""Lists in one place, files that include others, and tests whose message is a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import jsonschema
import pytest

from deskd.errors import ConfigError
from deskd.model import Address, Message
from deskd.rules import (
    ContactFacts,
    Facts,
    coverage,
    evaluate,
    lint,
    load_rule_texts,
    load_rules,
    rules_schema,
    run_tests,
    untested,
)
from deskd.yamlfile import read_yaml_text

VIPS = """
lists:
  vips: [acme.example, bank.example]
  urgent: [urgent, asap]
"""
RULES = """
rules:
  - {name: vip, when: {from: {domain: {list: vips}}}, then: [{tag: vip}]}
  - {name: urgent, when: {text: {words: [{list: urgent}, subito]}}, then: [{priority: high}]}
tests:
  - {name: t, message: {from: a@bank.example, text: subito}, expect: {rules: [vip, urgent]}}
"""
MAIL = (
    b"From: Maria <maria@cliente.example>\r\nTo: support@acme.example\r\nSubject: Fattura 118\r\n\r\nCiao\r\n"
)


def folder(path: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def problems(texts: Mapping[str, str]) -> list[str]:
    with pytest.raises(ConfigError) as failed:
        load_rule_texts(texts)
    return [str(problem) for problem in failed.value.problems]


def test_a_list_stands_wherever_texts_do() -> None:
    """In all files of the folder, whichever comes first, by itself or among others."""
    rules = load_rule_texts({"a.yaml": RULES, "z.yaml": VIPS})
    message = Message(Address("", "x@ACME.example"), text="ASAP please")
    assert [one.name for one in evaluate(rules, Facts(message=message)).fired] == ["vip", "urgent"]
    assert all(result.passed for result in run_tests(rules))


def test_tags_of_a_customer_by_a_list() -> None:
    rules = load_rule_texts(
        {
            "a.yaml": "lists: {gold: [vip, partner]}\nrules: [{name: a, when: {contact: {tags: {list: gold}}}, then: [{tag: {list: gold}}]}]"
        }
    )
    verdict = evaluate(rules, Facts(contact=ContactFacts(tags=("partner",))))
    assert verdict.ticket.tags == ("vip", "partner")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules: [{name: a, when: {subject: {list: vip}}, then: [spam]}]", "a.yaml:1:42: found the list 'vip', expected one of urgent, vips; did you mean 'vips'?"),
        ("lists: {vips: [x]}", "a.yaml:1:9: found the list 'vips' a second time"),
        ("lists: {one: x}", "found 'x' for lists.one, expected a list"),
        ("lists: {'a b': [x]}", "expected a name of letters, digits, _ and -"),
        ("lists: {one: [{two: x}]}", "found a map for lists.one[0], expected text"),
    ],
)  # fmt: skip
def test_wrong_lists(text: str, said: str) -> None:
    [problem] = problems({"0.yaml": VIPS, "a.yaml": text})
    assert said in problem


def test_a_fault_in_a_list_is_told_where_it_is_used() -> None:
    [problem] = problems(
        {
            "a.yaml": "lists: {bad: ['(']}\nrules: [{name: a, when: {subject: {matches: {list: bad}}}, then: [spam]}]"
        }
    )
    assert "a.yaml:2:45" in problem


def test_lists_do_not_multiply_without_end() -> None:
    uses = ", ".join(["{list: many}"] * 50)
    text = f"lists: {{many: [{', '.join(['x'] * 500)}]}}\nrules: [{{name: a, when: {{text: {{words: [{uses}]}}}}, then: [spam]}}]"
    assert "more than 10,000 items" in problems({"a.yaml": text})[0]


def test_a_list_that_nobody_uses_is_told() -> None:
    warnings = lint(load_rule_texts({"a.yaml": VIPS + RULES.replace("{list: urgent}", "now")}))
    assert [(one.line, one.message) for one in warnings] == [(4, "nobody uses the list 'urgent'")]


def test_editors_know_of_lists() -> None:
    validator = jsonschema.Draft202012Validator(rules_schema())
    assert list(validator.iter_errors(read_yaml_text(VIPS + RULES, "a.yaml").data)) == []
    wrong = "rules: [{name: a, when: {text: {words: {lists: x}}}, then: [spam]}]"
    assert list(validator.iter_errors(read_yaml_text(wrong, "a.yaml").data))


# ── include ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_file_includes_runs_before_it(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        {
            "rules/10.yaml": "include: [../shared/lists.yaml, ../shared/more.yaml]\n" + RULES,
            "rules/20.yaml": "include: ../shared/more.yaml\nrules: [{name: last, then: [{tag: z}]}]",
            "shared/lists.yaml": VIPS,
            "shared/more.yaml": "rules: [{name: first, then: [{tag: a}]}]",
        },
    )
    rules = load_rules([path / "rules"])
    assert [rule.name for rule in rules.rules] == ["first", "vip", "urgent", "last"]
    again = load_rule_texts(rules.source)  # from the store: nothing is read
    assert (again.hash, [rule.name for rule in again.rules]) == (
        rules.hash,
        [rule.name for rule in rules.rules],
    )


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a.yaml": "include: b.yaml", "b.yaml": "include: [a.yaml]"}, "a.yaml:1:10"),
        (
            {"a.yaml": "rules: []\ninclude: [x/none.yaml]"},
            "a.yaml:2:11: found 'x/none.yaml', which is no file",
        ),
        ({"a.yaml": "include: {x: y}"}, "include"),
    ],
)
def test_wrong_includes(tmp_path: Path, files: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError) as failed:
        load_rules([folder(tmp_path, files)])
    assert any(said in str(problem) or "circle" in str(problem) for problem in failed.value.problems)


# ── tests by file ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_message_of_a_test_may_be_a_file(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        {
            "mails/one.eml": MAIL,
            "mails/two.json": '{"subject": "Fattura 7", "from": "luca@cliente.example", "text": "x"}',
            "a.yaml": """
rules: [{name: invoices, when: {channel: support, subject: {words: [fattura]}, from: {domain: cliente.example}}, then: [{tag: billing}]}]
tests:
  - {name: mail, message: {file: mails/one.eml, channel: support}, expect: {rules: [invoices]}}
  - {name: json, message: {file: mails/two.json, channel: support}, expect: {rules: [invoices]}}
  - {name: other, message: {file: mails/one.eml, channel: support, subject: Hello}, expect: {rules: []}}
""",
        },
    )
    rules = load_rules([path])
    assert [str(result.differences) for result in run_tests(rules) if not result.passed] == []
    assert len(rules.tests) == 3
    assert [(one.fired, one.held_back) for one in coverage(rules)] == [(2, 1)]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    text = "tests: [{name: a, message: {file: none.eml}, expect: {rules: []}}]"
    with pytest.raises(ConfigError) as failed:
        load_rules([folder(tmp_path, {"a.yaml": text})])
    assert "a.yaml:1:35: found 'none.eml' (there is no such file)" in str(failed.value.problems[0])


def test_a_file_that_holds_no_message_fails_its_test(tmp_path: Path) -> None:
    text = "tests: [{name: a, message: {file: x.json}, expect: {rules: []}}]"
    [result] = run_tests(load_rules([folder(tmp_path, {"a.yaml": text, "x.json": '{"subjekt": 1}'})]))
    assert not result.passed
    assert "x.json holds no message" in str(result)


def test_rules_that_no_test_fires_are_told() -> None:
    told = [
        one.message
        for one in untested(
            load_rule_texts({"a.yaml": VIPS, "b.yaml": RULES + "  - {name: u, expect: {rules: [none]}}\n"})
        )
    ]
    assert told == []
    bare = load_rule_texts({"a.yaml": "rules: [{name: a, then: [spam]}]"})
    assert [one.message for one in untested(bare)] == ["there are no tests"]
    some = load_rule_texts({"a.yaml": "rules: [{name: a, when: {kind: bulk}, then: [spam]}]\ntests: [{name: t, message: {text: x}, expect: {rules: []}}]"})  # fmt: skip
    assert [one.message for one in untested(some)] == ["no test fires 'a'"]
