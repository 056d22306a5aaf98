"""What admins are told and when: over made-up findings and a clock of numbers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from deskd.errors import Problem
from deskd.ports import ConnectorHealth
from deskd.store.figures import Figures, Trouble
from deskd.watch import alerts
from deskd.watch.alerts import (
    DIGEST,
    FAILING,
    QUIET,
    REMIND,
    Fault,
    Gathered,
    Standing,
    decide,
    faults,
    gather,
)
from deskd.watch.health import Findings, Room, RulesFound

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
RULES = RulesFound("abc", NOW)
SLACK_DOWN = Fault("connector:slack", "slack doesn't work", "slack works again.", FAILING, "slack")


def found(**values: object) -> Findings:
    return Findings(**{"now": NOW, "version": "1", "since": NOW, "rules": RULES, **values})  # type: ignore[arg-type]


def told(steps: Iterable[tuple[float, list[Fault]]]) -> list[tuple[float, str]]:
    """When what is said, if these are found at these times."""
    standing: dict[str, Standing] = {}
    said = []
    for at, wrong in steps:
        standing, now = decide(standing, wrong, at)
        said += [(at, alert.text) for alert in now]
    return said


def test_nothing_wrong_nothing_told() -> None:
    assert faults(found(connectors={"slack": ConnectorHealth("ok")}, figures=Figures())) == []


@pytest.mark.parametrize(
    ("finding", "key"),
    [
        ({"store_error": "the disk is full"}, "store"),
        ({"room": Room(free=10 * 2**20, total=2**30, floor=32 * 2**20)}, "disk"),
        ({"connectors": {"slack": ConnectorHealth("failing", NOW, "away")}}, "connector:slack"),
        ({"connectors": {"slack": ConnectorHealth("degraded", None, "no scope")}}, "connector:slack"),
        ({"listeners": {"smtp::25": ConnectorHealth("stopped")}}, "listener:smtp::25"),
        ({"figures": Figures(inbox_waiting=3, oldest_inbox=NOW - timedelta(minutes=2))}, "inbox"),
        (
            {"figures": Figures(late=(Trouble(1, "slack", "card", NOW - timedelta(minutes=20), "no"),))},
            "outbox",
        ),
        (
            {"rules": RulesFound("abc", NOW, (Problem("rules/a.yaml", 3, 7, "found 'thn'"),))},
            "rules",
        ),
    ],
)
def test_each_trouble_has_a_name_and_an_end(finding: dict[str, object], key: str) -> None:
    (wrong,) = faults(found(**finding))
    assert wrong.key == key
    assert wrong.over


def test_the_rules_alert_gives_file_line_and_column() -> None:
    (wrong,) = faults(found(rules=RulesFound("abc", NOW, (Problem("rules/a.yaml", 3, 7, "found 'thn'"),))))
    assert "rules/a.yaml:3:7: found 'thn'" in wrong.text


def test_a_short_absence_is_nobodys_matter() -> None:
    assert told([(0, [SLACK_DOWN]), (FAILING - 1, [SLACK_DOWN]), (FAILING, [])]) == []


def test_a_long_one_is_told_once_and_its_end() -> None:
    steps = [(float(at), [SLACK_DOWN]) for at in range(0, 300, 5)]
    assert told([*steps, (300.0, [])]) == [(FAILING, SLACK_DOWN.text), (300.0, SLACK_DOWN.over)]


def test_what_lasts_is_told_again_every_few_hours() -> None:
    steps = [(float(at), [SLACK_DOWN]) for at in range(0, int(2 * REMIND) + 200, 60)]
    assert [text for _, text in told(steps)] == [
        SLACK_DOWN.text,
        "Still: " + SLACK_DOWN.text,
        "Still: " + SLACK_DOWN.text,
    ]


def test_what_comes_and_goes_rings_once_in_a_while() -> None:
    """Two minutes down, one minute up, over and over for an hour."""
    steps = [(float(at), [SLACK_DOWN] if at % 180 < 120 else []) for at in range(0, 3600, 5)]
    rung = [at for at, text in told(steps) if text == SLACK_DOWN.text]
    assert 3 <= len(rung) <= 3600 / QUIET
    assert all(later - earlier >= QUIET for earlier, later in pairwise(rung))


def test_other_rule_errors_are_told_at_once_the_same_ones_once() -> None:
    one, other = (Fault("rules", text, "good", told_anew=text) for text in ("line 3", "line 4"))
    steps = [(0.0, [one]), (1.0, [one]), (2.0, [other]), (3.0, [other]), (4.0, []), (5.0, [one])]
    assert told(steps) == [(0.0, "line 3"), (2.0, "line 4"), (4.0, "good"), (5.0, "line 3")]


def test_an_alert_names_the_account_it_can_not_go_by() -> None:
    _, (alert,) = decide({}, [Fault("connector:slack", "x", "y", account="slack")], 0.0)
    assert alert.account == "slack"


def row(number: int) -> Trouble:
    return Trouble(number, "support-mail", "smtp", NOW, f"reason {number}")


def test_the_first_row_is_told_at_once_and_those_after_it_together() -> None:
    state = Gathered(frozenset())
    state, first = gather(state, [row(1)], 0.0, "quarantined", "Look")
    assert [alert.text for alert in first] == ["Look (1):\n#1 (support-mail, smtp): reason 1"]
    for number in range(2, 9):
        state, none = gather(state, [row(n) for n in range(1, number)], number, "quarantined", "Look")
        assert none == []
    state, (digest,) = gather(state, [row(n) for n in range(1, 10)], DIGEST, "quarantined", "Look")
    assert digest.text.startswith("Look (8):\n#2 ")
    assert digest.text.endswith(f"and {8 - alerts.SHOWN} more")
    assert gather(state, [row(n) for n in range(1, 10)], 9 * DIGEST, "quarantined", "Look")[1] == []


def test_rows_that_were_there_at_the_start_are_old_news() -> None:
    assert gather(Gathered(frozenset({1})), [row(1)], 0.0, "quarantined", "Look")[1] == []


def test_a_long_reason_is_cut_and_kept_on_its_line() -> None:
    long = Trouble(1, "support-mail", "smtp", NOW, "a\nb " * 500)
    _, (alert,) = gather(Gathered(frozenset()), [long], 0.0, "quarantined", "Look")
    assert len(alert.text) < 300
    assert alert.text.count("\n") == 1
