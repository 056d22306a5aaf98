"""THREATS, auto-responder loops (RFC 3834): programs that answer one another come to an end, with or without headers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from deskd.desk.commands import SetStatus
from deskd.model import Envelope, RawMessage
from deskd.store import Store
from deskd.store.tables import inbox, outbox
from tests.support.desk import SETTINGS, ruleset
from tests.support.mailroom import SUPPORT, Mailroom, mail
from tests.support.signing import OUTSIDE
from tests.support.store import rows
from tests.support.world import World, question

ACKNOWLEDGE = "rules: [{name: ack, then: [{reply: received}]}]"
EACH_ITS_OWN = "rules: [" + ", ".join(
    f"{{name: r{n}, when: {{subject: {{ends: '{n}'}}}}, then: [{{reply: {name}}}]}}"
    for n, name in enumerate(("received", "resolved", "still_there", "out_of_hours"))
) + "]"  # fmt: skip
BUDGET = replace(SETTINGS, desk=SETTINGS.desk.model_copy(update={"answer_limit": 3, "admins": "C0ADMINS"}))


def answers(store: Store) -> int:
    return sum(row["kind"] == "mail" for row in rows(store, outbox))


def alerts(store: Store) -> list[str]:
    return [json.loads(row["payload"])["text"] for row in rows(store, outbox) if row["kind"] == "alert"]


AUTOMATIC: list[dict[str, str]] = [
    {"Auto_Submitted": "auto-replied"},
    {"Auto_Submitted": "auto-generated"},
    {"Return_Path": "<>"},
    {"Precedence": "bulk"},
    {"Precedence": "junk"},
    {"Precedence": "list"},
    {"List_Id": "<list.example>"},
    {"List_Unsubscribe": "<mailto:x@y.example>"},
    {"X_Loop": "desk@other.example"},
    {"X_Autoreply": "yes"},
    {"sender": "mailer-daemon@cliente.example"},
    {"sender": "postmaster@cliente.example"},
]


def test_automatic_mail_is_kept_and_never_answered(store: Store) -> None:
    desk = Mailroom(store, rules=ruleset(ACKNOWLEDGE))
    for fields in AUTOMATIC:
        given = dict(fields)
        sender = given.pop("sender", "maria@cliente.example")
        assert desk.arrive(mail(sender, **given)).ticket, fields
        assert answers(store) == 0, fields


def test_it_reopens_nothing(store: Store) -> None:
    desk = Mailroom(store)
    first = desk.arrive(mail(id="q1@cliente.example")).ticket or 0
    desk.ask(first, SetStatus("agent:anna", "resolved"))
    desk.arrive(mail(refs=["q1@cliente.example"], Auto_Submitted="auto-replied"))
    assert desk.shown(first)["status"] == "resolved"


def test_a_mail_of_ours_that_comes_back_makes_no_ticket(store: Store) -> None:
    desk = Mailroom(store, rules=ruleset(ACKNOWLEDGE))
    desk.arrive(mail())
    (sent,) = desk.deliver()
    back = desk.arrive(sent.content)
    assert (back.state, back.reason) == ("discarded", "guard:a mail of the desk's own came back to it")
    assert desk.arrive(sent.content).state == "discarded"
    assert answers(store) == 1


def test_a_mail_in_the_desks_own_name_is_shown_and_not_answered(store: Store) -> None:
    desk = Mailroom(store, rules=ruleset(ACKNOWLEDGE))
    assert desk.arrive(mail(f"Acme <{SUPPORT}>")).ticket
    assert answers(store) == 0


def test_a_form_of_the_desks_own_speaks_for_who_filled_it_in(store: Store) -> None:
    desk = Mailroom(store, rules=ruleset(ACKNOWLEDGE))
    form = desk.arrive(mail(f"Web form <{SUPPORT}>", Reply_To="Maria <maria@cliente.example>"))
    assert desk.shown(form.ticket)["contact"]["address"] == "maria@cliente.example"
    assert [one.recipients for one in desk.deliver()] == [("maria@cliente.example",)]


async def test_a_form_from_outside_speaks_for_nobody(store: Store) -> None:
    """Else anybody could write in anybody's name, past what proves theirs."""
    world = await World(store, ACKNOWLEDGE).start()
    form = question(From=f"Web form <{SUPPORT}>", Reply_To="Maria <maria@cliente.example>")
    envelope = Envelope(SUPPORT, (SUPPORT,), OUTSIDE, "evil.example")
    assert await world.out.received(RawMessage("support-mail", "smtp", "outside-1", form, envelope))
    await world.settle()
    assert [row["author"] for row in world.messages()] == [f"contact:{SUPPORT}"]
    assert world.mailbox() == []


@pytest.mark.parametrize("fields", [{"Return_Path": "<>"}, {"Auto_Submitted": "auto-replied"}])
def test_what_answers_a_notice_of_ours_makes_no_notice(store: Store, fields: dict[str, str]) -> None:
    """A desk whose alerts bounced, each of them a ticket, made thousands of them."""
    desk = Mailroom(store, rules=ruleset(ACKNOWLEDGE))
    report = mail("admin@acme.example", "Out of office", refs=["deskd.alert.00ff@acme.example"], **fields)
    assert desk.arrive(report).state == "discarded"
    person = desk.arrive(mail("admin@acme.example", "Re: alert", refs=["deskd.alert.00ff@acme.example"]))
    assert person.state == "filed", "a person may answer"


def test_who_answers_without_saying_so_has_a_days_answers_and_the_admins_hear_once(store: Store) -> None:
    desk = Mailroom(store, BUDGET, ruleset(EACH_ITS_OWN, BUDGET))

    def echo(rounds: int) -> None:
        for number in range(rounds):
            desk.now += timedelta(minutes=20)
            desk.arrive(mail(subject=f"Re: {number % 4}"))

    echo(40)
    assert answers(store) == 3
    (alert,) = alerts(store)
    assert "maria@cliente.example" in alert
    told = [row for row in rows(store, outbox) if row["kind"] == "post" and "3 automatic" in row["payload"]]
    assert len(told) == 1
    desk.now += timedelta(days=1)
    echo(1)
    assert answers(store) == 4, "another day"
    assert len(alerts(store)) == 1


def test_one_contacts_budget_is_nobody_elses(store: Store) -> None:
    desk = Mailroom(store, BUDGET, ruleset(EACH_ITS_OWN, BUDGET))
    for number in range(6):
        desk.arrive(mail(subject=f"Re: {number % 4}"))
    desk.arrive(mail("Luca <luca@altro.example>", "Re: 0"))
    assert answers(store) == 4


@pytest.mark.parametrize("source", ["imap", "lmtp"])
async def test_a_mail_that_goes_round_is_quarantined(store: Store, source: str) -> None:
    world = await World(store, ACKNOWLEDGE).start()
    trail = b"Received: from a by b; Mon, 23 Nov 2026 09:00:00 +0000\r\n"
    await world.mail(trail * 51 + question(), source=source)
    await world.mail(trail * 50 + question("Un'altra.", number=2), source=source)
    await world.settle()
    assert world.ends() == ["quarantined", "filed"]
    assert "51 servers" in rows(store, inbox)[0]["reason"]
