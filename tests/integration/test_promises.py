"""Callbacks and visits, from an agent's promise to the reminder and the customer's calendar."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from icalendar import Calendar

from deskd.desk.commands import Claim, EndTask, Promise, SetPriority, SetStatus
from deskd.errors import CommandRefused
from deskd.model import TaskKind
from deskd.promised import listed
from deskd.store import Store, deadlines, tasks
from tests.support.clockwork import Clockwork
from tests.support.desk import NOW, SETTINGS

HOUR = timedelta(hours=1)
ANNA = "agent:anna"


def promised(desk: Clockwork, kind: TaskKind = "callback", hours: int = 24, **more: object) -> int:
    ticket = desk.opened()
    more = {"place": "+39 06 123"} | more
    desk.does(ticket, Promise(ANNA, kind, NOW + hours * HOUR, **more))  # type: ignore[arg-type]
    return ticket


def invitation(mail: EmailMessage) -> tuple[str, Any]:
    [part] = [one for one in mail.walk() if one.get_content_type() == "text/calendar"]
    return str(part.get_param("method")), Calendar.from_ical(part.get_payload(decode=True))  # type: ignore[arg-type]


def test_whoever_has_the_ticket_is_reminded_once_when_it_is_due(store: Store) -> None:
    desk = Clockwork(store)
    ticket = promised(desk)
    desk.does(ticket, Claim("agent:bruno", "bruno"))
    [task] = desk.shown(ticket)["tasks"]
    assert (task["kind"], task["at"], task["place"], task["actor"]) == (
        "callback",
        NOW + 24 * HOUR,
        "+39 06 123",
        ANNA,
    )
    assert desk.told(ticket, "☎️ To be called back: 2026-11-24 10:00 +39 06 123") == [[]]
    desk.wait(23 * HOUR)
    assert desk.events(ticket, "task_due") == []
    desk.wait(2 * HOUR)
    assert desk.told(ticket, "☎️ Now") == [["U0BRUNO"]]
    desk.wait(48 * HOUR)
    assert len(desk.events(ticket, "task_due")) == 1
    assert desk.shown(ticket)["tasks"][0]["reminded_at"] is not None


def test_nobody_s_ticket_reminds_who_promised(store: Store) -> None:
    desk = Clockwork(store)
    ticket = promised(desk)
    desk.wait(25 * HOUR)
    assert desk.told(ticket, "☎️ Now") == [["U0ANNA"]]


def test_done_before_it_is_due_reminds_nobody(store: Store) -> None:
    desk = Clockwork(store)
    ticket = promised(desk)
    desk.press(ticket, "task_done")
    [task] = desk.shown(ticket)["tasks"]
    assert (task["outcome"], task["done_at"] is None) == ("done", False)
    assert desk.store.read_now(deadlines.next_at) is None
    desk.press(ticket, "task_cancel")
    assert desk.shown(ticket)["tasks"][0]["outcome"] == "done", "it is over"
    desk.wait(48 * HOUR)
    assert desk.events(ticket, "task_due") == []


def test_several_each_come_at_their_time(store: Store) -> None:
    desk = Clockwork(store)
    ticket = promised(desk, hours=3)
    desk.does(ticket, Promise(ANNA, "visit", NOW + HOUR))
    desk.does(ticket, Promise(ANNA, "callback", NOW + 2 * HOUR))
    desk.wait(10 * HOUR)
    assert [one["kind"] for one in desk.events(ticket, "task_due")] == ["visit", "callback", "callback"]


@pytest.mark.parametrize(("status", "reminders"), [("resolved", 1), ("closed", 0), ("spam", 0)])
def test_a_promise_is_kept_even_if_the_ticket_is_resolved(store: Store, status: str, reminders: int) -> None:
    desk = Clockwork(store)
    ticket = promised(desk)
    desk.does(ticket, SetStatus(ANNA, status))  # type: ignore[arg-type]
    desk.wait(48 * HOUR)
    assert len(desk.events(ticket, "task_due")) == reminders


def test_the_list_begins_with_what_is_urgent(store: Store) -> None:
    desk = Clockwork(store)
    normal, urgent, high = promised(desk, hours=1), promised(desk, hours=3), promised(desk, hours=2)
    desk.does(urgent, SetPriority(ANNA, urgency="high"))
    desk.does(high, SetPriority(ANNA, priority="high"))
    coming = desk.store.read_now(lambda work: tasks.to_come(work, ("front-desk", "specialists")))
    assert [one.ref for one in coming] == [desk.ref(one) for one in (urgent, high, normal)]
    assert listed(SETTINGS, coming).splitlines()[1].startswith("• ☎️ 2026-11-23 13:00 +39 06 123 – ACME-1002")


def test_a_visit_with_an_invitation(store: Store) -> None:
    desk = Clockwork(store)
    ticket = promised(desk, "visit", place="Via Roma 1", invite=True)
    [mail] = desk.sent()
    assert str(mail["To"]) == "Maria Rossi <maria@cliente.example>"
    body = mail.get_body(("plain",))
    assert body is not None
    assert "passiamo da Lei martedì 24 novembre 2026 alle 10:00" in body.get_content()
    method, calendar = invitation(mail)
    [event] = calendar.walk("VEVENT")
    assert (method, calendar["METHOD"], event["LOCATION"]) == ("REQUEST", "REQUEST", "Via Roma 1")
    assert event["DTSTART"].dt == NOW + 24 * HOUR
    assert event["ATTENDEE"] == "mailto:maria@cliente.example"
    desk.press(ticket, "task_cancel")
    [off] = desk.sent()
    method, calendar = invitation(off)
    [gone] = calendar.walk("VEVENT")
    assert (method, gone["UID"], gone["STATUS"], gone["SEQUENCE"]) == ("CANCEL", event["UID"], "CANCELLED", 1)


def test_the_button_invites_later(store: Store) -> None:
    desk = Clockwork(store)
    ticket = promised(desk, "visit", place="Via Roma 1")
    assert desk.sent() == []
    desk.press(ticket, "task_invite")
    [mail] = desk.sent()
    assert invitation(mail)[0] == "REQUEST"
    assert desk.shown(ticket)["tasks"][0]["invited"] == 1


def test_who_was_not_invited_is_not_told_that_it_is_off(store: Store) -> None:
    desk = Clockwork(store)
    ticket = promised(desk, "visit")
    desk.press(ticket, "task_cancel")
    assert desk.sent() == []


def test_by_chat_the_customer_is_told_in_words(store: Store) -> None:
    desk = Clockwork(store)
    ticket = desk.chat("slack:U9", "Il router non parte", "C9:1.0")
    desk.does(ticket, Promise(ANNA, "visit", NOW + 24 * HOUR, "Via Roma 1", True))
    [message] = [one for one in desk.shown(ticket)["messages"] if one["direction"] == "out"]
    assert "Via Roma 1" in message["text"]


def test_a_task_that_nobody_knows_is_refused(store: Store) -> None:
    desk = Clockwork(store)
    ticket = promised(desk)
    with pytest.raises(CommandRefused):
        desk.ask(ticket, EndTask(ANNA, "visit@2026-01-01T00:00:00+00:00", "done"))
