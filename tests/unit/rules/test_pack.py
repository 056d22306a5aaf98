"""The rules that ship: they load against any desk, their tests pass, and each of them is fired by a test and held back by another."""

from __future__ import annotations

from pathlib import Path

import pytest

from deskd.rules import coverage, lint, load_rules, run_tests
from tests.unit.rules.examples import DESK, Desk

PACK = Path(__file__).parents[3] / "rules"
EXTRA = PACK / "extra"


def test_every_test_of_the_pack_passes() -> None:
    for desk in (None, DESK, Desk()):
        results = run_tests(load_rules([PACK], desk), desk)
        assert len(results) > 25
        assert [str(result) for result in results if not result.passed] == []


def test_every_test_of_the_extras_passes() -> None:
    """They use a calendar, `office`."""
    results = run_tests(load_rules([EXTRA], DESK), DESK)
    assert len(results) > 15
    assert [str(result) for result in results if not result.passed] == []


def test_each_of_the_extras_loads_beside_the_pack() -> None:
    names = [rule.name for rule in load_rules([PACK, EXTRA], DESK).rules]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("folder", [PACK, EXTRA])
def test_each_rule_is_fired_by_a_test_and_held_back_by_another(folder: Path) -> None:
    covered = coverage(load_rules([folder], None))
    assert [one.rule for one in covered if not one.fired or not one.held_back] == []


@pytest.mark.parametrize("folder", [PACK, EXTRA])
def test_nothing_is_to_be_warned_of(folder: Path) -> None:
    assert lint(load_rules([folder], DESK)) == ()


def test_the_folder_holds_data_alone() -> None:
    assert {path.suffix for path in PACK.rglob("*") if path.is_file()} == {".yaml"}
