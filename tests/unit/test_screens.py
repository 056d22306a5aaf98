"""What stands on a screen about a ticket: bounded, in order, one line a fact."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from deskd import screens
from deskd.handoff import Said, Step
from tests.support.desk import MARIA, NOW, SETTINGS, TICKET


@dataclass(frozen=True)
class Other:
    ref: str = "ACME-7"
    subject: str = "Two\nlines"
    status: str = "open"


def said(number: int, direction: str = "in", text: str = "ciao") -> Said:
    return Said(direction, "contact:maria@cliente.example", NOW + timedelta(minutes=number), text)  # type: ignore[arg-type]


def test_a_long_history_keeps_the_newest_and_says_that_there_was_more() -> None:
    told = screens.history(SETTINGS, TICKET, [said(at, text=f"n{at} " + "x" * 5000) for at in range(300)], ())
    assert len(told) <= screens.LIMIT
    assert "n299" in told
    assert "n10 " not in told
    assert told.splitlines()[1] == "…"


def test_a_history_is_in_the_order_of_time_and_names_messages_once() -> None:
    steps = [Step(NOW, "agent:anna", "claimed", {}), Step(NOW, "agent:anna", "reply", {"held": True})]
    told = screens.history(SETTINGS, TICKET, [said(1, "out"), said(-1)], steps).splitlines()
    assert [line.split(" ", 2)[2][0] for line in told[1:]] == ["←", "·", "→"]


def test_a_summary_of_an_endless_ticket_is_one_screen() -> None:
    endless = [said(0, text="a" * 100_000), said(1, text="b" * 100_000), said(2, "out", "c" * 100_000)]
    told = screens.summary(SETTINGS, TICKET, MARIA, endless, [Other()] * 20)
    assert len(told) <= screens.LIMIT
    assert all(letter * 100 in told for letter in "abc")


def test_the_only_message_is_not_shown_twice() -> None:
    told = screens.summary(SETTINGS, TICKET, MARIA, [said(0, text="soltanto questo")], ())
    assert told.count("soltanto questo") == 1


def test_an_address_that_mail_does_not_reach_is_told() -> None:
    returned = replace(MARIA, undelivered="550 5.1.1\nuser unknown")
    told = screens.contact(SETTINGS, returned, ["maria@cliente.example"], [], ()).splitlines()
    assert "⚠️ Mail there comes back: 550 5.1.1 user unknown" in told
    assert "comes back" not in screens.contact(SETTINGS, MARIA, ["maria@cliente.example"], [], ())


def test_names_and_subjects_of_customers_stay_on_their_line() -> None:
    told = screens.contact(SETTINGS, MARIA, ["maria@cliente.example"], [Other()], ())
    assert "• ACME-7 (open) Two lines" in told.splitlines()
