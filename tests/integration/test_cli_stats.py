"""`deskd stats` over a real database."""

import csv
import io
from pathlib import Path

import pytest

from tests.support.cli import Desk, make_desk


@pytest.fixture
def desk(tmp_path: Path, desk_url: str) -> Desk:
    desk = make_desk(tmp_path, desk_url)
    assert desk("ingest", desk.mail("first"), desk.mail("other", subject="Hello", text="Hi")).status == 0
    return desk


def test_an_object_with_all_figures(desk: Desk) -> None:
    told = desk("stats", "--since", "2026-11-01", "--json").object
    assert (told["tickets"], told["solved"], told["escalated"]) == (2, 0, 0)
    assert told["since"] == "2026-11-01T00:00:00.000Z"
    assert told["first_response_s"] == {"p50": None, "p90": None}
    assert told["solved_by_level"] == {}
    assert told["agents"] == []


def test_a_line_a_group(desk: Desk) -> None:
    lines = desk("stats", "--since", "2026-11-01", "--by", "tag", "--json").lines
    assert [(line["tag"], line["tickets"]) for line in lines] == [(None, 1), ("billing", 1)]


def test_csv_has_a_column_a_figure(desk: Desk) -> None:
    told = desk("stats", "--since", "2026-11-01", "--by", "tag", "--csv").out
    rows = list(csv.DictReader(io.StringIO(told)))
    assert [(row["tag"], row["tickets"], row["solved_level_1"]) for row in rows] == [("", "1", "0"), ("billing", "1", "0")]  # fmt: skip


def test_filters_and_periods(desk: Desk) -> None:
    for arguments, expected in (
        (("--tag", "billing"), 1),
        (("--team", "front-desk"), 2),
        (("--channel", "sales-mail"), 0),
        (("--until", "2026-11-02"), 0),
    ):
        assert desk("stats", "--since", "2026-11-01", *arguments, "--json").object["tickets"] == expected


def test_a_table_for_people_and_a_word_on_a_wrong_group(desk: Desk) -> None:
    assert "solved at first contact" in desk("stats", "--since", "2026-11-01").out
    ran = desk("stats", "--by", "colour")
    assert ran.status == 2
    assert "team, channel, level" in ran.err
