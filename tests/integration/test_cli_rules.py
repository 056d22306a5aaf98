"""`deskd rules` beside a desk: replay and stats."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.cli import Desk, make_desk

OTHER = """
rules:
  - {name: invoices, when: {subject: {words: [invoice]}}, then: [{tag: [money]}]}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = make_desk(tmp_path, f"sqlite:///{tmp_path / 'desk.db'}")
    made("db", "upgrade")
    assert made("ingest", made.mail("one"), made.mail("two", subject="Hello")).status == 0
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "rules.yaml").write_text(OTHER)
    return made


def test_replay_gives_a_line_for_each_difference(desk: Desk) -> None:
    ran = desk("rules", "replay", "--since", "36500d", "--with", desk.folder / "other", "--json")
    assert ran.status == 0
    first = [line for line in ran.lines if line["field"] in ("priority", "tags")]
    assert [(line["field"], line["before"], line["after"]) for line in first] == [
        ("priority", "high", "normal"),
        ("tags", ["billing"], ["money"]),
    ]
    assert set(ran.lines[0]) == {"ticket", "field", "before", "after", "because"}
    assert "2 messages replayed, 2 tickets would be otherwise" in ran.err


def test_replay_for_people(desk: Desk) -> None:
    ran = desk("rules", "replay", "--since", "36500d", "--with", desk.folder / "other")
    assert ran.out.splitlines()[0] == "ticket\tfield\tbefore\tafter\tbecause"
    assert "ACME-1001\tpriority\thigh\tnormal" in ran.out


def test_replay_with_rules_that_are_wrong(desk: Desk) -> None:
    (desk.folder / "other" / "rules.yaml").write_text("rules: [{name: x, then: [{assign: nobody}]}]")
    ran = desk("rules", "replay", "--with", desk.folder / "other")
    assert (ran.status, ran.out) == (2, "")
    assert "rules.yaml:1:" in ran.err


def test_stats(desk: Desk) -> None:
    ran = desk("rules", "stats", "--json")
    assert [(line["rule"], line["fired"], line["changed_later"]) for line in ran.lines] == [
        ("invoices", 1, 0),
        ("newsletters", 0, 0),
        ("acknowledge", 2, 0),
    ]
    assert desk("rules", "stats").out.splitlines()[0] == "rule\tfired\tlast\tchanged_later\tin_force"
