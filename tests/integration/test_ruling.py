"""The rules at the events that are no message from outside: what an agent does, and what nobody does."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from deskd import ruling
from deskd.clock.timekeeper import Timekeeper
from deskd.desk.commands import Claim, Command, Reply, SetStatus, Tag
from deskd.events import Events
from deskd.store import Store, deadlines, idling
from deskd.store.tables import outbox
from tests.support.desk import SETTINGS, ruleset
from tests.support.mailroom import Mailroom, mail

NUDGE = """
rules:
  - name: nudge the customer, then close
    event: idle
    when: {ticket: {status: pending, idle: {over: 3d}}}
    then: [{reply: still_there}, {status: resolved}]
"""
TWICE = """
rules:
  - {name: first, event: idle, when: {ticket: {idle: {over: 1d}}}, then: [{tag: waiting}, {note: nobody has answered}]}
  - {name: second, event: idle, when: {ticket: {idle: {over: 2d}, tags: waiting}}, then: [{priority: high}]}
"""
DAY = timedelta(days=1)
ALERTS = select(outbox.c.payload).where(outbox.c.kind == "alert")


class Desk(Mailroom):
    """With agents who act, and a clock."""

    def __init__(self, store: Store, text: str) -> None:
        super().__init__(store, rules=ruleset(text))
        self.keeper = Timekeeper(SETTINGS, store, Standing(self), Events(), "test", lambda: self.rules)

    def opened(self) -> int:
        ticket = self.arrive(mail()).ticket
        assert ticket is not None
        return ticket

    def does(self, ticket: int, command: Command) -> None:
        self.ask(ticket, command)
        self.store.write_now(lambda work: ruling.after(work, SETTINGS, self.rules, command, ticket, self.now))

    def wait(self, span: timedelta) -> int:
        """Time goes by; how many deadlines came due meanwhile."""
        until, count = self.now + span, 0
        while (at := self.store.read_now(deadlines.next_at)) is not None and at <= until:
            self.now = max(self.now, at)
            count += self.store.write_now(lambda work: self.keeper.act_on_due(work, self.now))
            assert count < 50, "the clock runs in a circle"
        self.now = until
        return count

    def fired(self, ticket: int) -> list[str]:
        return [one["actor"] for one in self.shown(ticket)["events"] if one["type"] == "rule"]


class Standing:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def now(self) -> datetime:
        return self._desk.now

    def monotonic(self) -> float:
        return 0.0


# ── idle ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nudge_the_customer_then_close(store: Store) -> None:
    desk = Desk(store, NUDGE)
    ticket = desk.opened()
    desk.does(ticket, SetStatus("agent:anna", "pending"))
    desk.wait(3 * DAY - timedelta(seconds=1))
    assert desk.shown(ticket)["status"] == "pending"
    desk.wait(timedelta(seconds=1))
    shown = desk.shown(ticket)
    assert shown["status"] == "resolved"
    assert [one["author"] for one in shown["messages"]][1:] == ["rule:nudge the customer, then close"]
    [sent] = [one for one in desk.sent() if one["Auto-Submitted"]]
    assert "maria@cliente.example" in str(sent["To"])


def test_once_in_a_time_of_idleness(store: Store) -> None:
    desk = Desk(store, TWICE)
    ticket = desk.opened()
    desk.wait(30 * DAY)
    assert desk.fired(ticket) == ["rule:first", "rule:second"]
    assert desk.shown(ticket)["priority"] == "high"


def test_what_someone_does_begins_it_anew(store: Store) -> None:
    desk = Desk(store, TWICE)
    ticket = desk.opened()
    desk.wait(timedelta(hours=20))
    desk.does(ticket, Claim("agent:anna", "anna"))
    desk.wait(timedelta(hours=20))
    assert desk.fired(ticket) == []
    desk.wait(timedelta(hours=5))
    assert desk.fired(ticket) == ["rule:first"]
    desk.does(ticket, Tag("agent:anna", ("seen",)))
    desk.wait(3 * DAY)
    assert desk.fired(ticket) == ["rule:first", "rule:first", "rule:second"]


def test_a_customer_s_message_begins_it_anew_and_an_automatic_one_does_not(store: Store) -> None:
    desk = Desk(store, TWICE)
    first = mail(id="a@x.example")
    ticket = desk.arrive(first).ticket or 0
    desk.wait(timedelta(hours=20))
    desk.arrive(mail(refs=["a@x.example"], subject="Re: Fattura 118"))
    desk.wait(timedelta(hours=20))
    assert desk.fired(ticket) == []
    desk.arrive(mail(refs=["a@x.example"], subject="Fuori ufficio", Auto_Submitted="auto-replied"))
    desk.wait(timedelta(hours=5))
    assert desk.fired(ticket) == ["rule:first"]


def test_who_answers_by_machine_is_nudged_once(store: Store) -> None:
    """An out-of-office answer to the nudge must not call for the next nudge."""
    desk = Desk(
        store,
        "rules: [{name: nudge, event: idle, when: {ticket: {idle: {over: 1d}}}, then: [{reply: still_there}]}]",
    )
    ticket = desk.arrive(mail(id="a@x.example")).ticket or 0
    for _ in range(5):
        desk.wait(2 * DAY)
        desk.arrive(mail(refs=["a@x.example"], subject="Fuori ufficio", Auto_Submitted="auto-replied"))
    assert desk.fired(ticket) == ["rule:nudge"]


def test_automatic_mail_is_not_nudged(store: Store) -> None:
    desk = Desk(store, NUDGE)
    ticket = desk.arrive(mail(Auto_Submitted="auto-generated")).ticket or 0
    desk.does(ticket, SetStatus("agent:anna", "pending"))
    desk.wait(4 * DAY)
    assert [one["direction"] for one in desk.shown(ticket)["messages"]] == ["in"]
    assert "reply_skipped" in [one["type"] for one in desk.shown(ticket)["events"]]


def test_a_ticket_that_is_over_is_left_alone(store: Store) -> None:
    desk = Desk(store, TWICE)
    ticket = desk.opened()
    desk.does(ticket, SetStatus("agent:anna", "spam"))
    desk.wait(10 * DAY)
    assert desk.fired(ticket) == []
    assert store.read_now(deadlines.next_at) is None


def test_history_has_no_clock(store: Store) -> None:
    desk = Desk(store, TWICE)
    desk.arrive(mail(), live=False)
    desk.store.write_now(lambda work: idling.look_at_all(work, desk.rules.hash, desk.now))
    assert desk.wait(30 * DAY) == 0


def test_new_rules_are_asked_of_tickets_that_wait_already(store: Store) -> None:
    desk = Desk(store, "rules: []")
    ticket = desk.opened()
    desk.wait(5 * DAY)
    desk.rules = ruleset(TWICE)
    desk.store.write_now(lambda work: idling.look_at_all(work, desk.rules.hash, desk.now))
    desk.wait(timedelta(minutes=1))
    assert desk.fired(ticket) == ["rule:first", "rule:second"]
    desk.store.write_now(lambda work: idling.look_at_all(work, desk.rules.hash, desk.now))
    assert desk.wait(timedelta(minutes=1)) == 0  # once for a set


def test_a_rule_that_waits_for_the_hour_as_well(store: Store) -> None:
    desk = Desk(
        store,
        "rules: [{name: it, event: idle, when: {ticket: {idle: {over: 10h}}, hours: {office: open}}, then: [{tag: late}]}]",
    )
    ticket = desk.opened()  # at ten in the morning in Rome: ten hours later the office is closed
    desk.wait(timedelta(hours=22))
    assert desk.fired(ticket) == []
    desk.wait(timedelta(hours=2))
    assert desk.fired(ticket) == ["rule:it"]


def test_two_tickets_of_one_customer_are_both_nudged(store: Store) -> None:
    desk = Desk(store, NUDGE)
    both = [desk.opened(), desk.opened()]
    for ticket in both:
        desk.does(ticket, SetStatus("agent:anna", "pending"))
    desk.wait(4 * DAY)
    assert [desk.shown(ticket)["status"] for ticket in both] == ["resolved", "resolved"]
    assert len([one for one in desk.sent() if one["Auto-Submitted"]]) == 2


# ── what agents do ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_reply_is_an_event_with_the_agent_s_words(store: Store) -> None:
    desk = Desk(
        store,
        "rules: [{name: waits, event: reply, when: {text: {words: [mandi, manda]}}, then: [{status: pending}, {tag: asked}]}]",
    )
    ticket = desk.opened()
    desk.does(ticket, Reply("agent:anna", "Ecco.", "Ecco.", None))
    assert desk.fired(ticket) == []
    desk.does(ticket, Reply("agent:anna", "Ci mandi la fattura?", "Ci mandi la fattura?", None))
    shown = desk.shown(ticket)
    assert (shown["status"], shown["tags"]) == ("pending", ["asked"])
    assert ("rule:waits", "status") in [(one["actor"], one["type"]) for one in shown["events"]]


def test_an_update_is_an_event_and_what_rules_do_is_none(store: Store) -> None:
    """`a` would set off `b`, and `b` would set off `a`: each runs once, for what the agent did."""
    desk = Desk(
        store,
        """
rules:
  - {name: a, event: update, when: {ticket: {tags: vip}}, then: [{priority: urgent}, {untag: vip}, {tag: gold}]}
  - {name: b, event: update, when: {ticket: {priority: urgent}}, then: [{tag: vip}, {assign: {team: specialists}}]}
""",
    )
    ticket = desk.opened()
    desk.does(ticket, Tag("agent:anna", ("vip",)))
    shown = desk.shown(ticket)
    assert desk.fired(ticket) == ["rule:a", "rule:b"]
    assert (shown["priority"], shown["team"], shown["level"]) == ("urgent", "specialists", 2)
    assert shown["tags"] == ["gold", "vip"]


def test_a_rule_is_no_way_around_the_table_of_moves(store: Store) -> None:
    desk = Desk(store, "rules: [{name: a, event: update, then: [{status: new}]}]")
    ticket = desk.opened()
    desk.does(ticket, SetStatus("agent:anna", "resolved"))
    assert desk.shown(ticket)["status"] == "resolved"


def test_a_channel_is_told(store: Store) -> None:
    desk = Desk(
        store, "rules: [{name: a, event: update, then: [{notify: {to: '#vips', text: 'look at this'}}]}]"
    )
    ticket = desk.opened()
    desk.does(ticket, Claim("agent:anna", "anna"))
    rows = desk.store.read_now(lambda work: work.once(ALERTS))
    assert [row["payload"] for row in rows] == [
        f'{{"place": "#vips", "text": "{desk.ref(ticket)}: look at this"}}'
    ]


@pytest.mark.parametrize("event", ["escalated", "breach"])
def test_the_levels_call_for_their_events(store: Store, event: str) -> None:
    desk = Desk(store, f"rules: [{{name: it, event: {event}, then: [{{tag: up}}]}}]")
    ticket = desk.opened()
    desk.store.write_now(lambda work: ruling.run(work, SETTINGS, desk.rules, event, ticket, desk.now))  # type: ignore[arg-type]
    assert desk.shown(ticket)["tags"] == ["up"]
