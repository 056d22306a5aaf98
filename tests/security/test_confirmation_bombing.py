"""THREATS, confirmation-mail bombing: whoever writes in a victim's name has the desk send them next to nothing, and nothing of theirs."""

from __future__ import annotations

from deskd.store import Store
from tests.support.desk import SETTINGS, ruleset
from tests.support.mailroom import Mailroom, mail
from tests.support.strangers import ACKNOWLEDGE, FAILS, trusting


def test_ours_says_that_it_is_automatic_and_has_nothing_of_its_senders(store: Store) -> None:
    desk = Mailroom(store, rules=ruleset(ACKNOWLEDGE))
    desk.arrive(mail(subject="BUY AT https://evil.example", text="https://evil.example now"))
    (sent,) = desk.deliver()
    assert sent.mail_from == ""
    head, _, _ = sent.content.partition(b"\r\n\r\n")
    assert b"\r\nAuto-Submitted: auto-replied" in head
    assert b"\r\nX-Loop: support@acme.example" in head
    assert b"evil" not in sent.content


def test_many_mails_in_one_name_get_one_answer(store: Store) -> None:
    desk = Mailroom(store, rules=ruleset(ACKNOWLEDGE))
    for number in range(12):
        desk.arrive(mail(subject=f"Forged {number}"))
    assert len(desk.deliver()) == 1


def test_in_a_name_that_fails_they_get_none(store: Store) -> None:
    desk = Mailroom(store, trusting(SETTINGS), ruleset(ACKNOWLEDGE))
    desk.arrive(mail(Authentication_Results=FAILS))
    assert desk.deliver() == []
