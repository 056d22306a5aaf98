"""`deskd simulate`: the daemon's own clock, run ahead on a copy."""

from pathlib import Path

import pytest

from tests.support.cli import Desk, make_desk

CLOCKS = """
desk: {{name: Acme, prefix: ACME, database: "{database}", languages: [en, it], timezone: Europe/Rome}}
channels:
  support-mail: {{type: mail, address: support@acme.example, team: front-desk, send: {{host: 127.0.0.1, port: 9, tls: none}}}}
agents:
  anna: {{name: Anna Rossi, email: anna@acme.example}}
  carla: {{name: Carla Ruiz, email: carla@acme.example}}
teams:
  front-desk: {{level: 1, members: [anna], lead: anna, escalates_to: specialists, assign: manual}}
  specialists: {{level: 2, members: [carla], assign: manual}}
calendars:
  office: {{timezone: Europe/Rome, open: {{mon-fri: ["09:00-13:00", "14:00-18:00"]}}, holidays: {{country: IT}}}}
sla:
  standard: {{first_response: 4h, calendar: office, warn: 75%, on_breach: [{{after: 1h, escalate: true}}]}}
"""
SUPPOSED = """
message: {channel: support-mail, from: maria@cliente.example, subject: Fattura 118, text: Non torna il totale}
ticket: {priority: high, tags: [vip]}
"""
CHRISTMAS = ("--at", "2026-12-24T17:00", "--for", "6d")


@pytest.fixture
def desk(tmp_path: Path, desk_url: str) -> Desk:
    desk = make_desk(tmp_path, desk_url, "rules: []\n")
    desk.config.write_text(CLOCKS.format(database=desk_url))
    return desk


def supposed(desk: Desk, text: str = SUPPOSED) -> Path:
    file = desk.folder / "ticket.yaml"
    file.write_text(text)
    return file


def test_a_supposed_ticket_over_a_holiday_and_a_weekend(desk: Desk) -> None:
    """An hour on Christmas Eve, three on Monday; lunch doesn't count, and an hour after the breach it goes up."""
    lines = desk("simulate", "--ticket", supposed(desk), *CHRISTMAS, "--json").lines
    clocks = [line for line in lines if line["type"].startswith(("sla_", "escalated"))]
    assert [(line["at"], line["type"]) for line in clocks] == [
        ("2026-12-28T10:00:00.000Z", "sla_warned"),
        ("2026-12-28T11:00:00.000Z", "sla_breached"),
        ("2026-12-28T12:00:00.000Z", "sla_step"),
        ("2026-12-28T12:00:00.000Z", "escalated"),
    ]
    assert clocks[-1]["data"]["to"]["level"] == 2


def test_people_are_told_in_the_desks_own_time(desk: Desk) -> None:
    told = desk("simulate", "--ticket", supposed(desk), *CHRISTMAS).out
    assert "Mon 2026-12-28 11:00  sla_warned" in told
    assert told.splitlines()[0].startswith("ACME-1001: new, high, level 1, front-desk")
    assert told.splitlines()[-1].startswith("then: new, high, level 2, specialists")


def test_a_ticket_that_is_there_stays_as_it_is(desk: Desk) -> None:
    assert desk("ingest", "--live", desk.mail("first")).status == 0
    before = desk("tickets", "show", "ACME-1001", "--json").object
    lines = desk("simulate", "acme-1001", "--for", "30d", "--json").lines
    assert "escalated" in [line["type"] for line in lines]
    assert {line["ticket"] for line in lines} == {"acme-1001"}
    assert desk("tickets", "show", "ACME-1001", "--json").object == before


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        ((), 2, "name one ticket"),
        (("ACME-9999",), 1, "there is no ticket ACME-9999"),
        (("ACME-1001", "--at", "2020-01-01"), 2, "not from the past"),
        (("ACME-1001", "--for", "soon"), 2, "12h, 5d or 2w"),
        (("ACME-1001", "--at", "noon"), 2, "2026-12-24T17:30"),
    ],
)
def test_bad_input(desk: Desk, arguments: tuple[str, ...], status: int, told: str) -> None:
    assert desk("ingest", desk.mail("first")).status == 0
    ran = desk("simulate", *arguments)
    assert (ran.status, told in ran.err) == (status, True), ran.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("message: {subject: x}\nticket: {prority: high}\n", "prority"),
        ("message: {subject: x}\nticket: {team: nobody}\n", "nobody"),
        ("message: {channel: fax, subject: x}\n", "fax"),
        ("ticket: {priority: high}\n", "message"),
    ],
)
def test_a_file_that_is_wrong_says_where(desk: Desk, text: str, told: str) -> None:
    ran = desk("simulate", "--ticket", supposed(desk, text))
    assert ran.status == 2
    assert "ticket.yaml" in ran.err or "fax" in ran.err
    assert told in ran.err
