"""`deskd tickets join` and `unjoin`."""

from pathlib import Path

import pytest

from tests.support.cli import Desk, make_desk


@pytest.fixture
def desk(tmp_path: Path, desk_url: str) -> Desk:
    """ACME-1001 is Maria's; ACME-1002 a stranger's that names it."""
    desk = make_desk(tmp_path, desk_url)
    assert desk("ingest", desk.mail("first")).status == 0
    other = desk.mail("other", subject="Re: [ACME-1001]", text="Me too.")
    other.write_text(other.read_text().replace("maria@cliente", "joao@outro"))
    assert desk("ingest", other).status == 0
    return desk


def messages(desk: Desk, ref: str) -> int:
    return len(desk("tickets", "show", ref, "--json").object["messages"])


def test_a_ticket_joins_another_and_comes_out_again(desk: Desk) -> None:
    before = desk("tickets", "show", "ACME-1002", "--json").object
    assert [link["ref"] for link in before["links"]] == ["ACME-1001"]
    ran = desk("tickets", "join", "acme-1002", "ACME-1001", "--json")
    assert (ran.status, ran.object) == (0, {"ref": "ACME-1002", "into": "ACME-1001"})
    assert (messages(desk, "ACME-1001"), messages(desk, "ACME-1002")) == (2, 0)
    assert desk("tickets", "unjoin", "ACME-1002").status == 0
    after = desk("tickets", "show", "ACME-1002", "--json").object
    assert (after["status"], after["messages"], after["links"]) == (
        before["status"],
        before["messages"],
        before["links"],
    )
    assert desk("db", "check").status == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("join", "ACME-1002", "ACME-9999"), "no ticket ACME-9999"),
        (("join", "ACME-1002", "ACME-1002"), "can't join itself"),
        (("unjoin", "ACME-1002"), "not part of another"),
        (("unjoin", "x"), "no ticket x"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    desk: Desk, arguments: tuple[str, ...], says: str
) -> None:
    ran = desk("tickets", *arguments)
    assert ran.status == 2
    assert says in ran.err
    assert (messages(desk, "ACME-1001"), messages(desk, "ACME-1002")) == (1, 1)
