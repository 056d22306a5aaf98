"""The clocks of tickets, from what happens to what everyone sees, over hours, nights and a daemon that was away."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from deskd import escalation, ruling
from deskd.clock import telling, timekeeper
from deskd.config import Settings
from deskd.config.sla import Policy
from deskd.desk.commands import Claim, Escalate, Reply, SetPriority, SetStatus
from deskd.store import Store, clocked, deadlines
from deskd.store.tables import outbox
from tests.support.clockwork import Clockwork
from tests.support.desk import SETTINGS
from tests.support.mailroom import mail

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
URGENT = {"when": {"priority": "urgent"}, "first_response": "30m", "resolution": "2h", "warn": "50%"}
STANDARD = {
    "first_response": "1h",
    "next_response": "2h",
    "resolution": "8h",
    "calendar": "office",
    "warn": "50%",
    "on_breach": ({"notify": "lead"}, {"after": "30m", "escalate": True}, {"after": "1h", "notify": "#boss"}),
}
ALERTS = select(outbox.c.payload).where(outbox.c.kind == "alert").order_by(outbox.c.id)


def desk_of(store: Store, rules: str = "rules: []") -> Clockwork:
    """A desk with two policies."""
    return Clockwork(store, rules, promising(urgent=URGENT, standard=STANDARD))


def promising(**policies: dict[str, Any]) -> Settings:
    return replace(SETTINGS, sla={key: Policy.model_validate(policy) for key, policy in policies.items()})


def test_the_card_shows_the_earliest_deadline(store: Store) -> None:
    desk = desk_of(store)
    ticket = desk.opened()  # ten in the morning of a Monday in Rome
    assert desk.due(ticket) == HOUR
    desk.wait(20 * MINUTE)
    desk.replies(ticket)
    assert desk.due(ticket) == 24 * HOUR, "eight working hours with a break: ten on Tuesday"
    desk.does(ticket, SetStatus("agent:anna", "resolved"))
    assert desk.due(ticket) is None


def test_an_acknowledgement_is_no_first_response(store: Store) -> None:
    desk = desk_of(store, "rules: [{name: ack, then: [{reply: received}]}]")
    ticket = desk.opened()
    assert desk.sent()
    desk.wait()
    assert desk.due(ticket) == HOUR


def test_a_warning_then_a_breach_then_each_step_at_its_time(store: Store) -> None:
    desk = desk_of(store)
    ticket = desk.opened()
    desk.does(ticket, Claim("agent:bruno", "bruno"))
    desk.wait(29 * MINUTE)
    assert desk.done(ticket) == []
    desk.wait(2 * MINUTE)
    assert desk.done(ticket) == [("sla_warned", "first_response")]
    assert desk.told(ticket, "⏰") == [["U0BRUNO"]]
    desk.wait(30 * MINUTE)
    assert desk.done(ticket)[1:] == [("sla_breached", "first_response"), ("sla_step", "first_response")]
    assert desk.told(ticket, "🔥") == [["U0ANNA"]]
    desk.wait(30 * MINUTE)
    shown = desk.shown(ticket)
    assert (shown["team"], shown["level"], shown["assignee"], shown["escalations"]) == (
        "specialists",
        2,
        None,
        1,
    )
    [up] = [one for one in shown["events"] if one["type"] == "escalated"]
    assert up["actor"] == "clock"
    desk.wait(31 * MINUTE)
    alerts = [json.loads(row["payload"]) for row in store.read_now(lambda work: work.once(ALERTS))]
    assert [one["place"] for one in alerts] == ["C0SPECIAL", "#boss"]


def test_a_reply_in_time_stops_it(store: Store) -> None:
    desk = desk_of(store)
    ticket = desk.opened()
    desk.replies(ticket)
    desk.wait(3 * HOUR)
    assert desk.done(ticket) == []


def test_a_reply_that_is_held_or_queued_has_not_gone(store: Store) -> None:
    desk = desk_of(store)
    ticket = desk.opened()
    desk.does(ticket, Reply("agent:anna", "Ecco", "Ecco", None))
    assert desk.due(ticket) == HOUR
    desk.sent()
    desk.wait()
    assert desk.due(ticket) != HOUR


def test_the_customer_s_next_message_wants_the_next_response(store: Store) -> None:
    desk = desk_of(store)
    first = mail(id="a@x.example")
    ticket = desk.arrive(first).ticket or 0
    desk.wait()
    desk.replies(ticket)
    desk.wait(HOUR)
    desk.arrive(mail(refs=["a@x.example"], subject="Re: Fattura 118"))
    desk.wait()
    shown = desk.shown(ticket)
    assert shown["due_at"] == desk.now + 2 * HOUR + HOUR, "two hours over the break"


def test_pending_stops_the_clocks_and_the_answer_starts_them_again(store: Store) -> None:
    desk = desk_of(store)
    ticket = desk.arrive(mail(id="a@x.example")).ticket or 0
    desk.wait()
    desk.replies(ticket)
    desk.does(ticket, SetStatus("agent:anna", "pending"))
    assert desk.due(ticket) is None
    desk.wait(timedelta(days=14))
    assert desk.done(ticket) == []
    desk.arrive(mail(refs=["a@x.example"], subject="Re: Fattura 118"))
    desk.wait()
    assert desk.due(ticket) is not None
    desk.wait(timedelta(days=7))
    assert ("sla_breached", "resolution") in desk.done(ticket)


def test_another_priority_means_another_deadline_from_the_same_beginning(store: Store) -> None:
    desk = desk_of(store)
    ticket = desk.opened()
    desk.wait(10 * MINUTE)
    desk.does(ticket, SetPriority("agent:anna", priority="urgent"))
    assert desk.due(ticket) == 30 * MINUTE
    desk.does(ticket, SetPriority("agent:anna", priority="low"))
    assert desk.due(ticket) == HOUR


def test_a_daemon_that_was_away_catches_up_once_and_in_order(store: Store) -> None:
    desk = desk_of(store)
    ticket = desk.opened()
    desk.wait(23 * HOUR, asleep=True)
    once = desk.done(ticket)
    assert once == [
        ("sla_breached", "first_response"),
        ("sla_step", "first_response"),
        ("sla_step", "first_response"),
        ("escalated", None),
        ("sla_step", "first_response"),
        ("sla_warned", "resolution"),
    ]
    assert desk.told(ticket, "🔥") == [["U0ANNA"]]
    desk.wait()
    assert desk.done(ticket) == once


def test_history_starts_no_clocks(store: Store) -> None:
    desk = desk_of(store)
    ticket = desk.opened(live=False)
    desk.wait(timedelta(days=9))
    assert (desk.due(ticket), desk.done(ticket)) == (None, [])


def test_rules_of_the_event_breach_are_asked(store: Store) -> None:
    rules = "rules: [{name: late, event: breach, then: [{tag: late}]}]"
    desk = desk_of(store, rules)
    ticket = desk.opened()
    desk.wait(61 * MINUTE)
    assert desk.shown(ticket)["tags"] == ["late"]


def test_other_policies_are_applied_to_all_that_is_open(store: Store) -> None:
    ticket = desk_of(store).opened()
    desk = Clockwork(store, settings=promising(one={"first_response": "10m"}))
    desk.store.write_now(lambda work: clocked.look_at_all(work, 7))
    desk.wait(timedelta(seconds=1))
    assert desk.due(ticket) == 10 * MINUTE
    assert desk.store.write_now(lambda work: clocked.look_at_all(work, 7)) is None
    assert desk.store.read_now(deadlines.next_at) != desk.now, "once for a configuration"


def test_what_is_due_goes_before_the_looks_that_other_policies_ask_for(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timekeeper, "AT_ONCE", 1)
    desk = desk_of(store)
    tickets = [desk.opened(sender=f"c{number}@x{number}.example") for number in range(3)]
    store.write_now(lambda work: clocked.look_at_all(work, 7))
    desk.now += 61 * MINUTE
    for _ in tickets:
        store.write_now(lambda work: desk.keeper.act_on_due(work, desk.now))
    assert all(("sla_breached", "first_response") in desk.done(ticket) for ticket in tickets)
    desk.wait()
    ahead = store.read_now(deadlines.next_at)
    assert ahead is not None
    assert ahead > desk.now, "all were looked at"


def test_a_desk_without_policies_has_no_clocks(store: Store) -> None:
    desk = Clockwork(store, settings=SETTINGS)
    ticket = desk.opened()
    assert desk.store.read_now(deadlines.next_at) is None
    assert desk.due(ticket) is None


# ── each level's clock ───────────────────────────────────────────────────────────────────────────────────────────────


def test_each_level_s_clock_is_shown_and_together_they_are_the_ticket_s(store: Store) -> None:
    desk = desk_of(store)
    ticket = desk.opened()
    desk.wait(HOUR)
    desk.does(ticket, SetStatus("agent:anna", "pending"))
    desk.wait(HOUR)
    desk.does(ticket, SetStatus("agent:anna", "open"))
    up = Escalate("agent:anna", "too hard")
    store.write_now(lambda work: escalation.escalate(work, desk.settings, ticket, up, desk.now))
    desk.wait(22 * HOUR)
    ref = desk.ref(ticket)
    shown = store.read_now(lambda work: telling.line(work, desk.settings, ref, desk.now))
    assert shown is not None
    assert [(one["level"], one["elapsed_s"], one["running"]) for one in shown["levels"]] == [
        (1, 3600, False),
        (2, 6 * 3600, True),  # noon to one, two to six, and an hour on Tuesday
    ]
    assert shown["elapsed_s"] == 7 * 3600
    assert (shown["policy"], shown["calendar"]) == ("standard", "office")
    assert {one["clock"] for one in shown["deadlines"]} == {"first_response", "resolution"}
    [handoff] = [post["text"] for post in desk.posts(ticket) if post.get("text", "").startswith("📋")]
    assert "Time it took, by level: 1h" in handoff


def test_a_policy_may_stand_still_in_hold_and_goes_on_with_the_answer(store: Store) -> None:
    patient = {"resolution": "8h", "pause": ("pending", "hold")}
    desk = Clockwork(store, settings=promising(patient=patient))
    ticket = desk.arrive(mail(id="a@x.example")).ticket or 0
    desk.does(ticket, SetStatus("agent:anna", "hold", "the supplier"))
    assert desk.due(ticket) is None
    desk.wait(20 * HOUR)
    desk.arrive(mail(refs=["a@x.example"], subject="Re: Fattura 118"))
    desk.wait()
    due = desk.due(ticket)
    assert due is not None
    assert 28 * HOUR <= due <= 28 * HOUR + MINUTE


def test_several_changes_at_once_leave_one_history(store: Store) -> None:
    """A rule that gives the ticket to another team and resolves it: each segment stands as the ticket stood."""
    rules = "rules: [{name: done, event: update, then: [{assign: {team: specialists}}, {status: resolved}]}]"
    desk = desk_of(store, rules)
    ticket = desk.opened()
    store.write_now(lambda work: ruling.run(work, desk.settings, desk.rules, "update", ticket, desk.now))
    segments = store.read_now(lambda work: clocked.segments(work, ticket))
    assert [(one.level, one.team, one.status) for one in segments] == [
        (1, "front-desk", "new"),
        (2, "specialists", "new"),
        (2, "specialists", "resolved"),
    ]
