"""`deskd tickets`: list with its filters, show, export."""

from pathlib import Path

import pytest

from tests.support.cli import Desk, make_desk
from tests.support.postgres import PostgresCluster

LIST_KEYS = (
    "ref subject status priority urgency impact channel team level assignee tags contact language messages created_at "
    "updated_at first_response_at resolved_at due_at escalations"
).split()
MESSAGE_KEYS = (
    "id direction author channel sent_at subject text body html attachments message_id delivery error versions"
).split()


def database(kind: str, folder: Path, request: pytest.FixtureRequest) -> str:
    if kind == "sqlite":
        return f"sqlite:///{folder / 'deskd.db'}"
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    cluster.start()
    return cluster.create_database()


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))]
)
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """One for all, for nothing here changes it."""
    folder = tmp_path_factory.mktemp("desk")
    desk = make_desk(folder, database(request.param, folder, request))
    later = desk.mail("later", subject="My screen", text="It is broken.")
    later.write_text(
        later.read_text().replace("21 Nov 2026", "22 Nov 2026").replace("Maria Rossi", "María 50%")
    )
    other = desk.mail("other", subject="Hello", text="Is anyone there?")
    other.write_text(
        other.read_text()
        .replace("maria@cliente", "joao@outro")
        .replace("Maria Rossi", "João")
        .replace("21 Nov", "20 Nov")
    )
    for file in (
        later,
        desk.mail("first"),
        other,
    ):  # one after the other: at once, who is first isn't decided on PostgreSQL
        assert desk("ingest", file).status == 0
    return desk


def refs(desk: Desk, *filters: str) -> list[str]:
    ran = desk("tickets", "list", "--json", *filters)
    assert ran.status == 0, ran.err
    return [line["ref"] for line in ran.lines]


def test_the_list_has_the_keys_of_the_interface_oldest_first(desk: Desk) -> None:
    lines = desk("tickets", "list", "--json").lines
    assert [line["ref"] for line in lines] == ["ACME-1003", "ACME-1002", "ACME-1001"]
    assert all(list(line)[: len(LIST_KEYS)] == LIST_KEYS for line in lines)
    assert lines[1] == {
        "ref": "ACME-1002", "subject": "Invoice 118", "status": "new", "priority": "high", "urgency": "medium",
        "impact": "medium", "channel": "support-mail", "team": "front-desk", "level": 1, "assignee": None,
        "tags": ["billing"], "contact": {"name": "María 50%", "address": "maria@cliente.example"}, "language": lines[1]["language"],
        "messages": 1, "created_at": "2026-11-21T09:00:00.000Z", "updated_at": "2026-11-21T09:00:00.000Z",
        "first_response_at": None, "resolved_at": None, "due_at": None, "escalations": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (("--status", "new"), ["ACME-1003", "ACME-1002", "ACME-1001"]),
        (("--status", "closed"), []),
        (("--status", "closed", "--status", "new", "--tag", "billing"), ["ACME-1002"]),
        (("--team", "front-desk", "--level", "1"), ["ACME-1003", "ACME-1002", "ACME-1001"]),
        (("--level", "2"), []),
        (("--assignee", "anna"), []),
        (("--channel", "sales-mail"), []),
        (("--contact", "MARIA@cliente.example"), ["ACME-1002", "ACME-1001"]),
        (("--contact", "joão"), ["ACME-1003"]),
        (("--contact", "0%"), ["ACME-1002", "ACME-1001"]),  # % is a character like any other
        (("--contact", "_"), []),
        (("--since", "2026-11-21"), ["ACME-1002", "ACME-1001"]),
        (("--since", "2026-11-22T00:00Z"), ["ACME-1001"]),
    ],
)
def test_filters(desk: Desk, filters: tuple[str, ...], expected: list[str]) -> None:
    assert refs(desk, *filters) == expected


def test_wrong_filters_are_wrong_usage(desk: Desk) -> None:
    for wrong in (("--status", "odd"), ("--since", "yesterday"), ("--level", "9"), ("--colour", "red")):
        ran = desk("tickets", "list", *wrong)
        assert (ran.status, ran.out) == (2, "")
        assert ran.err


def test_show_adds_messages_events_and_links(desk: Desk) -> None:
    found = desk("tickets", "show", "[acme-1002]", "--json").object
    (message,) = found["messages"]
    assert set(MESSAGE_KEYS) <= set(message)
    assert message["author"] == "contact:maria@cliente.example"
    assert message["message_id"] == "first@cliente.example"
    assert (message["direction"], message["delivery"], message["versions"]) == ("in", None, [])
    assert "rule:invoices" in [event["actor"] for event in found["events"]]
    assert found["links"] == []
    for_people = desk("tickets", "show", "ACME-1002")
    assert "The total is wrong." in for_people.out


def test_a_ticket_that_isn_t_there(desk: Desk) -> None:
    ran = desk("tickets", "show", "ACME-9", "--json")
    assert (ran.status, ran.out, ran.err) == (1, "", "deskd: there is no ticket ACME-9\n")


def test_export_gives_each_as_show_does(desk: Desk) -> None:
    lines = desk("tickets", "export", "--contact", "joao@outro.example").lines
    assert lines == [desk("tickets", "show", "ACME-1003", "--json").object]


def test_the_plain_list_is_one_line_a_ticket(desk: Desk) -> None:
    header, *rows = desk("tickets", "list").out.splitlines()
    assert header.split("\t")[0] == "ref"
    assert [row.split("\t")[0] for row in rows] == ["ACME-1003", "ACME-1002", "ACME-1001"]
