"""The rules that ship: they load against any desk, their tests pass, and each of them is fired by a test and held back by another."""

from __future__ import annotations

from pathlib import Path

from deskd.rules import load_rules, run_tests
from deskd.rules.evaluate import evaluate
from deskd.rules.testing import facts_of
from tests.unit.rules.examples import DESK, Desk

PACK = Path(__file__).parents[3] / "rules"


def test_every_test_of_the_pack_passes() -> None:
    for desk in (None, DESK, Desk()):
        results = run_tests(load_rules([PACK], desk), desk)
        assert len(results) > 25
        assert [str(result) for result in results if not result.passed] == []


def test_each_rule_is_fired_by_a_test_and_held_back_by_another() -> None:
    rules = load_rules([PACK], None)
    runs = [{fired.name for fired in evaluate(rules, facts_of(test.spec)).fired} for test in rules.tests]
    for rule in rules.rules:
        assert any(rule.name in run for run in runs), rule.name
        assert any(rule.name not in run for run in runs), rule.name


def test_the_folder_holds_data_alone() -> None:
    assert {path.suffix for path in PACK.iterdir()} == {".yaml"}
