"""`deskd db`: the schema, what must hold, a copy."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from deskd.store import Store
from tests.support.cli import Desk, make_desk


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Desk:
    desk = make_desk(tmp_path, database_url)
    assert desk("ingest", desk.mail("a1"), desk.mail("a2", subject="Hello")).status == 0
    return desk


def spoil(database: str, statement: str) -> None:
    """Change the database behind deskd's back."""
    store = Store.open(database)
    store.write_now(lambda work: work._cursor.execute(statement, {}))
    store.close()


def test_upgrade_makes_the_database_and_can_be_repeated(tmp_path: Path, database_url: str) -> None:
    desk = make_desk(tmp_path, database_url)
    made = desk("db", "upgrade", "--json").object
    assert (made["from"], made["changed"]) == (None, True)
    again = desk("db", "upgrade", "--json").object
    assert (again["from"], again["to"], again["changed"]) == (made["to"], made["to"], False)
    assert desk("tickets", "list", "--json").lines == []


def test_a_sound_database_has_no_problems(desk: Desk) -> None:
    ran = desk("db", "check", "--json")
    assert (ran.status, ran.object) == (0, {"ok": True, "problems": []})


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE tickets SET messages = 7 WHERE id = 1", "ACME-1001: says it has 7 messages, and has 1"),
        ("UPDATE inbox SET message_id = 99 WHERE id = 1", "inbox row 1: filed, but its message or its ticket isn't there"),
        ("UPDATE blobs SET refs = refs + 1 WHERE sha256 = (SELECT sha256 FROM inbox WHERE id = 1)", "says 2 rows name it, 1 do"),
        ("UPDATE inbox SET state = 'quarantined', reason = 'x', ticket_id = 99 WHERE id = 1", "inbox row 1: quarantined without"),
        ("UPDATE messages SET inbox_id = 1", "inbox row 1: made 2 messages"),
        ("UPDATE tickets SET merged_into = 99 WHERE id = 1", "ACME-1001: merged into a ticket that isn't there"),
        ("DROP INDEX ix_inbox_waiting", "schema: "),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_named(desk: Desk, database_url: str, statement: str, problem: str) -> None:
    spoil(database_url, statement)
    ran = desk("db", "check", "--json")
    assert ran.status == 1
    assert [said for said in ran.object["problems"] if problem in said]
    assert desk("db", "check").out.endswith("problems\n")


def test_many_faults_of_one_kind_are_counted(tmp_path: Path, sqlite_url: str) -> None:
    desk = make_desk(tmp_path, sqlite_url)
    for number in range(25):
        desk.mail(f"n{number}", subject=f"Question {number}")
    desk("ingest", desk.folder / "mails")
    spoil(sqlite_url, "UPDATE tickets SET messages = 0")
    problems = desk("db", "check", "--json").object["problems"]
    assert (len(problems), problems[-1]) == (21, "… and 5 more of this kind")


def test_a_backup_is_a_whole_database(tmp_path: Path, sqlite_url: str) -> None:
    desk = make_desk(tmp_path, sqlite_url)
    desk("ingest", desk.mail("a1"))
    copy = tmp_path / "copy.db"
    made = desk("db", "backup", copy, "--json").object
    assert made == {"file": str(copy), "size": copy.stat().st_size}
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as opened:
        assert opened.execute("SELECT count(*) FROM tickets").fetchone() == (1,)
    assert [file.name for file in tmp_path.iterdir() if "copy" in file.name] == ["copy.db"]
    other = make_desk_on(tmp_path / "other", f"sqlite:///{copy}")
    assert [line["ref"] for line in other("tickets", "list", "--json").lines] == ["ACME-1001"]
    assert desk("db", "backup", copy).status == 2


@pytest.mark.needs("postgresql")
def test_a_backup_of_postgresql_is_a_dump(tmp_path: Path, postgresql_url: str) -> None:
    desk = make_desk(tmp_path, postgresql_url)
    desk("ingest", desk.mail("a1"))
    dump = tmp_path / "copy.dump"
    assert desk("db", "backup", dump).status == 0
    assert dump.read_bytes()[:5] == b"PGDMP"


def make_desk_on(folder: Path, database: str) -> Desk:
    folder.mkdir()
    return make_desk(folder, database)


def test_without_a_database_commands_say_so(tmp_path: Path, sqlite_url: str) -> None:
    desk = make_desk(tmp_path, sqlite_url)
    for command in (("tickets", "list"), ("inbox", "list"), ("outbox", "list"), ("db", "check")):
        ran = desk(*command)
        assert ran.status == 1
        assert "`deskd db upgrade` makes it" in ran.err
    assert not (tmp_path / "deskd.db").exists()


def test_another_schema_is_refused_with_the_command_to_run(desk: Desk, database_url: str) -> None:
    spoil(database_url, "ALTER TABLE outbox RENAME COLUMN error TO mistake")
    ran = desk("outbox", "list")
    assert ran.status == 1
    assert "deskd db upgrade" in ran.err
