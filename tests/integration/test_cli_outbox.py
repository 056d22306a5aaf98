"""`deskd outbox`: what waits, sent again and stopped, with what the ticket says of it."""

from pathlib import Path

import pytest

from deskd.store import Store, outbox
from tests.support.cli import Desk, make_desk


@pytest.fixture
def desk(tmp_path: Path, desk_url: str) -> Desk:
    desk = make_desk(tmp_path, desk_url)
    assert desk("ingest", "--live", desk.mail("a1")).status == 0
    return desk


def delivery(desk: Desk) -> str:
    found: str = desk("tickets", "show", "ACME-1001", "--json").object["messages"][-1]["delivery"]
    return found


def test_the_list_has_the_keys_of_the_interface(desk: Desk) -> None:
    row = desk("outbox", "list", "--json").object
    assert list(row) == ["id", "channel", "ticket", "kind", "state", "attempts", "not_before", "error"]
    assert (row["ticket"], row["state"], row["attempts"], row["error"]) == ("ACME-1001", "queued", 0, None)


def test_a_stopped_message_never_goes_and_its_ticket_says_so(desk: Desk) -> None:
    row = desk("outbox", "list", "--json").object
    stopped = desk("outbox", "cancel", str(row["id"]), "--json")
    assert (stopped.status, stopped.object) == (0, {"id": row["id"], "state": "cancelled", "error": None})
    assert desk("outbox", "list", "--json").lines == []
    assert delivery(desk) == "cancelled"
    again = desk("outbox", "retry", str(row["id"]), "--json")
    assert again.status == 1
    assert again.object["error"] == f"outbox row {row['id']} is cancelled: there is nothing to send again"
    assert desk("db", "check").status == 0


def test_a_failed_message_is_sent_again(desk: Desk, desk_url: str) -> None:
    row = desk("outbox", "list", "--json").object
    store = Store.open(desk_url)
    store.write_now(
        lambda work: outbox.end(work, row["id"], "sending", "failed", error="550 no", not_before=outbox.NEVER)
    )
    store.close()
    failed = desk("outbox", "list", "--json").object
    assert (failed["state"], failed["error"], failed["not_before"]) == ("failed", "550 no", None)
    assert desk("outbox", "retry", str(row["id"])).status == 0
    assert desk("outbox", "list", "--json").object["state"] == "queued"
    assert delivery(desk) == "queued"


def test_a_row_that_isn_t_there(desk: Desk) -> None:
    ran = desk("outbox", "cancel", "4711", "--json")
    assert (ran.status, ran.object["error"]) == (1, "there is no outbox row 4711")
