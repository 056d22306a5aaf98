"""Rule files that are wrong: every fault with its line, column, what was found, what was expected and the nearest word, and nothing is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from deskd.errors import ConfigError, Problem
from deskd.rules import load_rule_texts, load_rules
from tests.unit.rules.examples import DESK, rules_of


def faults(text: str, desk: bool = False) -> list[Problem]:
    with pytest.raises(ConfigError) as caught:
        rules_of(text, DESK if desk else None)
    return list(caught.value.problems)


def fault(text: str, desk: bool = False) -> tuple[int | None, int | None, str]:
    (problem,) = faults(text, desk)
    return problem.line, problem.column, f"{problem.message}; {problem.remedy}"


RULE = "rules:\n  - name: it\n    when: {when}\n    then: [{{tag: x}}]\n"
THEN = "rules:\n  - name: it\n    then:\n      - {then}\n"


@pytest.mark.parametrize(
    ("when", "column", "said"),
    [
        # a misspelt key, at the key
        ("{subjct: x}", 12, "found the key 'subjct' in rules[0].when, expected one of channel, from, to, "),
        ("{subjct: x}", 12, "did you mean 'subject'?"),
        ("{subject: {mathces: x}}", 22, "did you mean 'matches'?"),
        ("{not: {form: {domain: x}}}", 18, "did you mean 'from'?"),
        ("{any: [{text: {word: x}}]}", 26, "did you mean 'words'?"),
        ("{from: {domian: x}}", 19, "did you mean 'domain'?"),
        ("{ticket: {prioritty: high}}", 21, "did you mean 'priority'?"),
        # a wrong type, at the value
        ("{subject: 118}", 21, "found 118 for rules[0].when.subject, expected a text, a list of texts, or a map"),
        ("{subject: true}", 21, "put it in quotes if it is text"),
        ("{subject: [fattura, 118]}", 31, 'found 118 for rules[0].when.subject[1], expected text; put it in quotes: "118"'),
        ("{subject: {contains: 12}}", 32, "expected text"),
        ("{subject: }", 12, "found nothing for rules[0].when.subject, expected a value"),
        ("{subject: {}}", 21, "found an empty map for rules[0].when.subject, expected at least one key"),
        ("{subject: []}", 21, "found an empty list for rules[0].when.subject, expected at least one"),
        ("{subject: {contains: []}}", 32, "expected at least one"),
        ("{subject: {contains: ''}}", 32, "found an empty text for rules[0].when.subject.contains, expected at least one character"),
        ("{text: {words: '!?'}}", 26, "expected a word, with at least one letter or digit; use `contains`"),
        ("{new: 1}", 17, "found 1 for rules[0].when.new, expected true or false"),
        ("{ticket: {level: two}}", 28, "found 'two' for rules[0].when.ticket.level, expected a whole number"),
        ("{ticket: {level: true}}", 28, "expected a number"),
        ("{ticket: {idle: {over: 3}}}", 34, "expected a duration such as 90s, 30m, 8h or 2d; give the unit"),
        ("{attachment: {size: {over: 3 apples}}}", 38, "expected a size such as"),
        ("{any: {subject: x}}", 17, "found a map for rules[0].when.any, expected a list"),
        ("{all: []}", 17, "expected at least one"),
        ("{header: {}}", 20, "expected at least one"),
        # a word that isn't one of those there are
        ("{kind: bounced}", 18, "found 'bounced' for rules[0].when.kind, expected one of message, auto_reply, bounce, complaint, bulk; did you mean 'bounce'?"),
        ("{ticket: {status: [open, pendign]}}", 36, "did you mean 'pending'?"),
        ("{hours: {office: shut}}", 28, "expected one of open, closed"),
        # patterns RE2 won't have
        (r"{subject: {matches: '(?=x)y'}}", 31, "a look-ahead"),
        (r"{subject: {matches: '(?!x)y'}}", 31, "put what must not be there under `not`"),
        (r"{subject: {matches: '(?<=x)y'}}", 31, "a look-behind"),
        (r"{subject: {matches: ['a', '(x)\1']}}", 37, r"a back-reference (\1)"),
        (r"{subject: {matches: 'x{1001}'}}", 31, "a repetition over 1,000"),
        (r"{subject: {matches: '(x{999}){999}'}}", 31, "a repetition over 1,000"),
        (r"{subject: {matches: '(\pL{1,15}\s){1,20}'}}", 31, "a pattern that grows too large"),
        (r"{subject: {matches: '(x'}}", 31, "a group that isn't closed"),
        (r"{subject: {matches: '[x'}}", 31, "a set that isn't closed"),
        (r"{subject: {matches: 'x\Z'}}", 31, r"write \z for the end of the text"),
        ("{subject: {matches: '" + "x" * 1001 + "'}}", 31, "a pattern of 1,001 characters, expected at most 1,000"),
    ],
)  # fmt: skip
def test_wrong_conditions(when: str, column: int, said: str) -> None:
    line, found_column, message = fault(RULE.format(when=when))
    assert (line, found_column) == (3, column)
    assert said in message


@pytest.mark.parametrize(
    ("then", "column", "said"),
    [
        ("tgg: x", 9, "did you mean 'tag'?"),
        ("tag: 118", 14, "expected text"),
        ("tag: '-x'", 14, "expected a tag: 1 to 60 characters"),
        ("tag: ' '", 14, "expected a tag"),
        ("priority: higher", 19, "expected one of low, normal, high, urgent"),
        ("urgency: urgent", 18, "expected one of low, medium, high"),
        ("status: done", 17, "expected one of new, open, pending"),
        ("language: Italian", 19, "expected a language's two letters"),
        ("assign: {taem: x}", 18, "did you mean 'team'?"),
        ("assign: {agent: anna, skills: [x]}", 17, "expected an agent or skills, not both"),
        ("escalate: {reasn: x}", 20, "did you mean 'reason'?"),
        (
            "notify: boss",
            17,
            "expected agent, team, lead or a #channel; a channel is written '#boss', in quotes",
        ),
        ("notify: {to: laed}", 22, "did you mean 'lead'?"),
        ("note: ''", 15, "expected a text of 1 to 4,000 characters"),
        ("spam: false", 15, "expected true"),
        ("contact: {tags: x}", 19, "did you mean 'tag'?"),
        ("reply: [received]", 16, "expected text"),
        ("delete", 9, "found 'delete' for rules[0].then[0], expected an action and its value"),
    ],
)
def test_wrong_actions(then: str, column: int, said: str) -> None:
    line, found_column, message = fault(THEN.format(then=then))
    assert (line, found_column) == (4, column)
    assert said in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (RULE.format(when="{channel: suport-mail}"), "expected a channel: one of support-mail, telegram, phone; did you mean 'support-mail'?"),
        (RULE.format(when="{channel: {not: [telegram, tg]}}"), "expected a channel"),
        (RULE.format(when="{ticket: {team: front-dsk}}"), "did you mean 'front-desk'?"),
        (RULE.format(when="{ticket: {assignee: ana}}"), "did you mean 'anna'?"),
        (RULE.format(when="{hours: {ofice: open}}"), "did you mean 'office'?"),
        (THEN.format(then="assign: {team: specialist}"), "did you mean 'specialists'?"),
        (THEN.format(then="assign: {agent: carlo}"), "did you mean 'carla'?"),
        (THEN.format(then="escalate: {to: vendors}"), "did you mean 'vendor'?"),
        (THEN.format(then="reply: recieved"), "did you mean 'received'?"),
    ],
)  # fmt: skip
def test_names_nobody_defined(text: str, said: str) -> None:
    _, _, message = fault(text, desk=True)
    assert said in message
    assert rules_of(text).rules, "without a desk, names aren't checked"


@pytest.mark.parametrize(
    "text",
    [
        RULE.format(when="{channel: [support-mail, phone]}"),
        RULE.format(when="{hours: {office: open, always: open}}"),
        THEN.format(then="assign: specialists"),
        THEN.format(then="escalate: {to: '@carla'}"),
        THEN.format(then="escalate: {to: L3}"),
        THEN.format(then="reply: still_there"),
        THEN.format(then="reply: welcome"),
    ],
)
def test_names_of_the_desk_and_built_in(text: str) -> None:
    assert rules_of(text, DESK).rules


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("rule:\n  - name: x\n", 1, "found the key 'rule' in the file, expected one of include, lists, rules, tests; did you mean 'rules'?"),
        ("- a\n", 1, "found a list for the file, expected a map of rules, tests, lists, include"),
        ("rules:\n  - when: {new: true}\n    then: [spam]\n", 2, "found no 'name' in rules[0]"),
        ("rules:\n  - nmae: x\n    then: [spam]\n", 2, "did you mean 'name'?"),
        ("rules:\n  - name: x\n", 2, "found the rule 'x' without actions, expected `then`, or `stop: true`"),
        ("rules:\n  - name: x\n    event: mesage\n    then: [spam]\n", 3, "did you mean 'message'?"),
        ("rules:\n  - name: x\n    when:\n    then: [spam]\n", 3, "found nothing for rules[0].when"),
        ("rules:\n  - name: x\n    then: [spam]\n  - name: x\n    then: [spam]\n", 4, "found the rule 'x' a second time, the first is at rules.yaml:2"),
        ("rules:\n  - name: x\n    name: y\n    then: [spam]\n", 3, "a second time"),
        ("rules:\n  - name: x\n    then: [{tag: [a}]\n", 3, "expected ',' or ']'"),
        ("tests:\n  - name: x\n    expct: {}\n", 3, "did you mean 'expect'?"),
        ("tests:\n  - name: x\n    expect: {tag: [a]}\n", 3, "did you mean 'tags'?"),
        ("tests:\n  - name: x\n    message: {sbject: a}\n    expect: {tags: [a]}\n", 3, "did you mean 'subject'?"),
    ],
)  # fmt: skip
def test_wrong_files(text: str, line: int, said: str) -> None:
    found_line, _, message = fault(text)
    assert found_line == line
    assert said in message


def test_all_faults_of_all_files_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        RULE.format(when="{subjct: x, knd: y}") + "  - name: b\n    then: [{pririty: high}]\n"
    )
    (tmp_path / "b.yaml").write_text("rules: [")
    (tmp_path / "c.yaml").write_bytes(b"rules: \xff")
    (tmp_path / "d.yaml").write_text("rules:\n  - name: fine\n    then: [spam]\n")
    with pytest.raises(ConfigError) as caught:
        load_rules([tmp_path, tmp_path / "nowhere"], None)
    places = [(Path(problem.file).name, problem.line) for problem in caught.value.problems]
    assert sorted(places, key=str) == sorted(
        [("a.yaml", 3), ("a.yaml", 3), ("a.yaml", 6), ("b.yaml", 1), ("c.yaml", 1), ("nowhere", None)],
        key=str,
    )


def test_files_run_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("20-b.yaml", "10-a.yml", "30-c.yaml", ".hidden.yaml", "notes.txt", "40-d.yaml~"):
        (tmp_path / name).write_text(f"rules: [{{name: {name.strip('~')!r}, then: [spam]}}]\n")
    second = tmp_path / "second"
    second.mkdir()
    (second / "00.yaml").write_text("rules: [{name: last, then: [spam]}]\n")
    (second / "01-empty.yaml").write_text("# rules: []\n")
    rules = load_rules([tmp_path, second], None)
    assert [rule.name for rule in rules.rules] == ["10-a.yml", "20-b.yaml", "30-c.yaml", "last"]
    assert (rules.rules[0].file, rules.rules[0].line) == (str(tmp_path / "10-a.yml"), 1)


def test_a_set_is_kept_by_its_source_and_hash(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(RULE.format(when="{new: true}"))
    first = load_rules([tmp_path], None)
    again = load_rule_texts(first.source, None)
    assert again.hash == first.hash
    assert [rule.name for rule in again.rules] == [rule.name for rule in first.rules]
    (tmp_path / "a.yaml").write_text(RULE.format(when="{new: false}"))
    assert load_rules([tmp_path], None).hash != first.hash


def test_an_empty_folder_is_a_set_without_rules(tmp_path: Path) -> None:
    rules = load_rules([tmp_path], None)
    assert rules.rules == ()
    assert len(rules.hash) == 64


def test_anchors_work() -> None:
    rules = rules_of(
        "rules:\n  - {name: a, when: &w {new: true}, then: [spam]}\n  - {name: b, when: *w, then: [spam]}\n"
    )
    assert len(rules.rules) == 2


def test_aliases_cannot_explode() -> None:
    """Billion laughs: refused by their written-out size, not built."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert any("more than" in problem.message for problem in faults("\n".join(lines)))


def test_depth_is_bounded() -> None:
    nested = "{not: " * 3_000 + "{new: true}" + "}" * 3_000
    assert "more than 50" in fault(RULE.format(when=nested))[2]
