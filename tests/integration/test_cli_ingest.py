"""`deskd ingest`, on both databases, as a person types it."""

import mailbox
from email.message import EmailMessage
from pathlib import Path

import pytest

from deskd.errors import MalformedMessage
from tests.support.cli import Desk, make_desk


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Desk:
    return make_desk(tmp_path, database_url)


def test_a_mail_becomes_a_ticket_and_its_answer_joins(desk: Desk) -> None:
    first = desk.mail("a1")
    answer = desk.mail("a2", subject="Re: Invoice 118")
    answer.write_text(
        answer.read_text().replace("Message-ID", "In-Reply-To: <a1@cliente.example>\nMessage-ID")
    )
    ran = desk("ingest", first, answer, "--json")
    assert ran.status == 0
    # Each is told of as it ends, and on PostgreSQL two that come at once may end in any order.
    assert sorted(ran.lines, key=lambda line: str(line["file"])) == [
        {"file": str(first), "state": "filed", "ticket": "ACME-1001", "reason": None},
        {"file": str(answer), "state": "filed", "ticket": "ACME-1001", "reason": None},
    ]
    assert "2 mails: 2 filed" in ran.err


def test_repeating_makes_nothing_twice(desk: Desk) -> None:
    mail = desk.mail("a1")
    desk("ingest", mail)
    again = desk("ingest", mail, "--json")
    assert again.status == 0
    assert (again.object["state"], again.object["ticket"]) == ("duplicate", "ACME-1001")
    assert desk("tickets", "list", "--json").object["messages"] == 1


def test_the_past_sends_nothing_unless_it_is_live(desk: Desk) -> None:
    desk("ingest", desk.mail("a1"))
    assert desk("outbox", "list", "--json").lines == []
    desk("ingest", "--live", desk.mail("a2", subject="Another invoice"))
    (waiting,) = desk("outbox", "list", "--json").lines
    assert (waiting["kind"], waiting["ticket"], waiting["state"]) == ("mail", "ACME-1002", "queued")


def test_the_recipients_or_the_option_say_which_channel(desk: Desk) -> None:
    mail = desk.mail("a1")
    mail.write_text(mail.read_text().replace("support@", "Sales+x@"))
    desk("ingest", mail)
    desk("ingest", desk.mail("a2", subject="another"), "--channel", "sales-mail")
    desk("ingest", desk.mail("a3", subject="a third"))
    channels = [line["channel"] for line in desk("tickets", "list", "--json").lines]
    assert channels == ["sales-mail", "sales-mail", "support-mail"]
    unknown = desk("ingest", mail, "--channel", "nowhere")
    assert unknown.status == 2
    assert "support-mail, sales-mail" in unknown.err


def test_what_a_rule_discards_makes_no_ticket(desk: Desk) -> None:
    mail = desk.mail("a1")
    mail.write_text(mail.read_text().replace("cliente.example>", "newsletter.example>"))
    ran = desk("ingest", mail, "--json")
    assert (ran.status, ran.object["state"], ran.object["reason"]) == (0, "discarded", "rule:newsletters")
    assert desk("tickets", "list", "--json").lines == []


def test_bad_files_are_reported_and_the_rest_goes_on(desk: Desk) -> None:
    empty = desk.folder / "empty.eml"
    empty.touch()
    gone = desk.folder / "gone.eml"
    ran = desk("ingest", empty, gone, desk.mail("a1"), "--json")
    assert ran.status == 1
    assert [(line["state"], line["reason"]) for line in ran.lines] == [
        ("error", "it is empty"),
        ("error", "No such file or directory"),
        ("filed", None),
    ]


def test_what_is_no_mail_is_quarantined_with_a_placeholder(desk: Desk) -> None:
    binary = desk.folder / "binary.eml"
    binary.write_bytes(bytes(range(256)) * 40)
    ran = desk("ingest", binary, "--json")
    assert (ran.status, ran.object["state"], ran.object["ticket"]) == (1, "quarantined", "ACME-1001")
    (row,) = desk("inbox", "list", "--json").lines
    assert (row["state"], row["ticket"]) == ("quarantined", "ACME-1001")
    assert row["reason"]


def test_an_mbox_a_maildir_and_a_folder(desk: Desk) -> None:
    folder = desk.folder / "archive"
    folder.mkdir()
    box = mailbox.mbox(folder / "old.mbox")
    maildir = mailbox.Maildir(folder / "Maildir")
    for number in range(3):
        message = EmailMessage()
        message["From"], message["To"] = "maria@cliente.example", "support@acme.example"
        message["Subject"] = f"Question {number}"
        message.set_content(f"From here on\n\nFrom there too: {number}\n")
        (box if number else maildir).add(message)
    box.flush()
    box.close()
    (folder / "notes.txt").write_text("not a mail at all\n")
    ran = desk("ingest", folder, "--json")
    assert ran.status == 0
    assert [line["state"] for line in ran.lines] == ["filed"] * 3
    whole = desk("tickets", "export").lines
    assert sorted(line["messages"][0]["body"].strip() for line in whole) == [
        f"From here on\n\nFrom there too: {number}" for number in range(3)
    ]


def test_nothing_found_is_said(desk: Desk) -> None:
    (desk.folder / "nothing").mkdir()
    ran = desk("ingest", desk.folder / "nothing")
    assert ran.status == 1
    assert "no mail was found there" in ran.err


def test_a_retried_message_replaces_its_placeholder(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise MalformedMessage("no parser for it yet")

    with monkeypatch.context() as patch:
        patch.setattr("deskd.understanding.parse_mail", fails)
        assert desk("ingest", desk.mail("a1"), "--json").object["ticket"] == "ACME-1001"
        still = desk("inbox", "retry", "1", "--json")
        assert (still.status, still.object["state"], still.object["ticket"]) == (
            1,
            "quarantined",
            "ACME-1001",
        )
    again = desk("inbox", "retry", "1", "--json")
    assert again.status == 0
    assert (again.object["state"], again.object["ticket"]) == ("filed", "ACME-1002")
    placeholder = desk("tickets", "show", "ACME-1001", "--json").object
    assert placeholder["status"] == "closed"
    assert [(link["ref"], link["kind"]) for link in placeholder["links"]] == [("ACME-1002", "merged")]
    assert "merged" in [event["type"] for event in placeholder["events"]]
    assert desk("inbox", "list", "--json").lines == []
    assert desk("db", "check").status == 0


def test_a_dropped_message_closes_its_placeholder(desk: Desk) -> None:
    binary = desk.folder / "binary.eml"
    binary.write_bytes(b"\0" * 100)
    desk("ingest", binary)
    dropped = desk("inbox", "drop", "1", "--json")
    assert dropped.status == 0
    assert (dropped.object["state"], dropped.object["reason"]) == ("discarded", "dropped by the operator")
    assert desk("tickets", "show", "ACME-1001", "--json").object["status"] == "closed"
    again = desk("inbox", "drop", "1", "7", "--json")
    assert again.status == 1
    assert [line["error"] for line in again.lines] == [
        "inbox row 1 is discarded: there is nothing to drop",
        "there is no inbox row 7",
    ]
    assert desk("db", "check").status == 0


def test_a_large_import_is_all_there_and_each_mail_once(desk: Desk) -> None:
    """More than one request's worth, read in a process of its own."""
    maildir = mailbox.Maildir(desk.folder / "old")
    for number in range(520):
        mail = EmailMessage()
        mail["From"], mail["To"] = f"customer{number}@cliente.example", "support@acme.example"
        mail["Message-ID"], mail["Subject"] = f"<{number}@cliente.example>", f"Request {number}"
        mail.set_content("Where is my order?")
        maildir.add(mail)
    ran = desk("ingest", desk.folder / "old", "--json")
    assert [line["state"] for line in ran.lines] == ["filed"] * 520
    assert len({line["ticket"] for line in ran.lines}) == 520
    assert "520 mails: 520 filed" in ran.err
