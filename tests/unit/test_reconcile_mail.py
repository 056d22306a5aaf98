"""A mailbox and the desk side by side: each difference there can be, and none where there is none."""

from __future__ import annotations

from deskd.ports import HeldMail
from deskd.reconcile import Difference
from deskd.reconcile_mail import TakenMail, mail_differences

ONE = HeldMail("INBOX", 1, "1@x", 100, "i:7:1")
TWO = HeldMail("INBOX", 2, "", 100, "i:7:2")
MOVED = HeldMail("Done", 9, "1@x", 100, "d:3:9", moved=True)
TAKEN = [TakenMail("i:7:1", "1@x", "ACME-1"), TakenMail("i:7:2", "", None)]


def said(found: list[Difference]) -> list[tuple[str, str, str | None, str | None]]:
    return [(one.what, one.where, one.ticket, one.ts) for one in found]


def test_alike_is_no_difference() -> None:
    assert mail_differences("m", [ONE, TWO], TAKEN, {"i:7:1", "i:7:2"}, after="seen") == []


def test_what_was_never_taken_is_missing_in_the_desk() -> None:
    found = mail_differences("m", [ONE, TWO], [], set(), after="seen")
    assert said(found) == [("missing", "desk", None, "1"), ("missing", "desk", None, "2")]


def test_what_came_another_way_or_under_other_uids_is_known_by_its_message_id() -> None:
    assert mail_differences("m", [ONE], [], {"1@x"}, after="seen") == []


def test_what_is_in_neither_folder_is_missing_in_the_mailbox() -> None:
    assert said(mail_differences("m", [], TAKEN, set(), after="move")) == [
        ("missing", "mailbox", "ACME-1", "1")
    ]
    assert mail_differences("m", [MOVED], TAKEN, set(), after="move") == []
    assert mail_differences("m", [], TAKEN, set(), after="delete") == []


def test_a_move_left_half_done_shows_twice() -> None:
    found = mail_differences("m", [ONE, MOVED], TAKEN, {"i:7:1"}, after="move")
    assert said(found) == [("twice", "mailbox", None, "1")]
    again = HeldMail("Done", 10, "1@x", 100, "d:3:10", moved=True)
    assert said(mail_differences("m", [MOVED, again], TAKEN, set(), after="move")) == [
        ("twice", "mailbox", None, "9")
    ]
