"""Every real mail there is, through the whole pipeline: each row ends as invariant I2 says, none raises, none is lost, none is made twice."""

from pathlib import Path

import pytest

from deskd.mailfiles import read_all
from tests.support.cli import Desk, make_desk

ENDS = {"filed", "duplicate", "discarded", "quarantined"}


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Desk:
    return make_desk(tmp_path, database_url)


def test_each_mail_of_the_corpus_comes_to_its_end(desk: Desk, corpus: Path) -> None:
    found = [mail.name for mail in read_all([str(corpus)])]
    eml = {str(file) for file in corpus.rglob("*.eml")}
    assert eml <= set(found)

    first = desk("ingest", corpus, "--json")
    assert [line["file"] for line in first.lines if line["state"] not in ENDS] == []
    assert sorted(line["file"] for line in first.lines) == sorted(found)
    assert [line["file"] for line in first.lines if "failed on it" in (line["reason"] or "")] == []
    assert first.err.count("\n") <= 1 + sum(line["state"] == "quarantined" for line in first.lines)

    rows = desk("inbox", "list", "--all", "--json").lines
    assert {row["state"] for row in rows} <= ENDS
    assert [
        row["id"] for row in rows if row["state"] in ("filed", "quarantined") and row["ticket"] is None
    ] == []
    tickets = desk("tickets", "list", "--json").lines
    messages = sum(ticket["messages"] for ticket in tickets)
    assert messages == sum(row["state"] in ("filed", "quarantined") for row in rows)

    again = desk("ingest", corpus, "--json")
    assert {line["state"] for line in again.lines} == {"duplicate"}
    assert desk("inbox", "list", "--all", "--json").lines == rows
    assert desk("tickets", "list", "--json").lines == tickets
    assert desk("db", "check", "--json").object["problems"] == []


def test_each_mail_of_the_corpus_can_be_explained(desk: Desk, corpus: Path) -> None:
    told = desk("explain", corpus, "--json").lines
    assert [line["file"] for line in told if line["error"] and "failed on it" in line["error"]] == []
    assert all(line["message"]["from"].keys() == {"name", "address"} for line in told if not line["error"])
