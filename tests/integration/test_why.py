"""Why the rules did what they did: shown on the command line and in Slack, also for what did not fire."""

from __future__ import annotations

import json
from pathlib import Path

from deskd.config import Settings
from deskd.store import Store, rule_sets
from deskd.why import said, why
from tests.support.cli import make_desk
from tests.support.desk import NOW, SETTINGS, ruleset
from tests.support.mailroom import Mailroom, mail

RULES = """
rules:
  - {name: invoices, when: {subject: {words: [fattura]}}, then: [{tag: billing}]}
  - {name: big files, when: {attachment: {size: {over: 5MB}}}, then: [{tag: big}]}
  - {name: first, event: ticket, when: {ticket: {tags: billing}}, then: [{priority: high}]}
"""


def desk_with(store: Store) -> tuple[Mailroom, str]:
    rules = ruleset(RULES)
    store.write_now(lambda work: rule_sets.keep(work, rules.hash, json.dumps(dict(rules.source)), NOW))
    desk = Mailroom(store, rules=rules)
    ticket = desk.arrive(mail(id="a@x.example")).ticket
    desk.arrive(mail(refs=["a@x.example"], subject="Ancora"))
    return desk, desk.ref(ticket)


def asked(desk: Mailroom, ref: str, rule: str = "", settings: Settings = SETTINGS) -> str:
    return desk.store.read_now(lambda work: said(work, settings, ref, rule, desk.rules))


def test_every_rule_for_each_message_by_the_set_of_then(store: Store) -> None:
    desk, ref = desk_with(store)
    before = desk.rules.hash
    desk.rules = ruleset("rules: [{name: other, then: [{tag: x}]}]")
    first, second = store.read_now(lambda work: why(work, SETTINGS, ref))
    assert (first["rules"], first["error"]) == (before, None)
    assert [(one["name"], one["fired"]) for one in first["traces"]] == [
        ("invoices", True),
        ("big files", False),
        ("first", True),
    ]
    assert first["traces"][2]["because"] == 'ticket tag is "billing"'
    assert [one["because"] for one in second["traces"]] == [
        'subject doesn\'t have the word "fattura"',
        "attachment is missing",
        "event ticket: the message didn't open a ticket",
    ]


def test_what_fired_is_known_even_where_its_rules_are_not(store: Store) -> None:
    desk = Mailroom(store, rules=ruleset(RULES))  # nobody kept the set
    ref = desk.ref(desk.arrive(mail()).ticket)
    [judged] = store.read_now(lambda work: why(work, SETTINGS, ref))
    assert [one["name"] for one in judged["traces"]] == ["invoices", "first"]
    assert "only what fired is known" in judged["error"]


def test_an_agent_asks_what_fired(store: Store) -> None:
    desk, ref = desk_with(store)
    assert asked(desk, ref).splitlines() == [
        "What the rules did here:",
        '• invoices: subject has the word "fattura"',
        '• first: ticket tag is "billing"',
    ]


def test_an_agent_asks_why_a_rule_did_not(store: Store) -> None:
    desk, ref = desk_with(store)
    assert asked(desk, ref, "BIG files").splitlines() == [
        "big files:",
        "message 1: it didn't fire, attachment is missing",
        "message 2: it didn't fire, attachment is missing",
    ]


def test_an_agent_asks_for_a_rule_that_is_not_there(store: Store) -> None:
    desk, ref = desk_with(store)
    assert (
        asked(desk, ref, "invoice")
        == "No rule of this name was asked here: invoice. did you mean 'invoices'?"
    )


def test_a_ticket_that_no_rule_was_about(store: Store) -> None:
    desk = Mailroom(store)
    ref = desk.ref(desk.arrive(mail()).ticket)
    assert asked(desk, ref) == "No rule has fired on this ticket."


def test_on_the_command_line(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, f"sqlite:///{tmp_path / 'desk.db'}")
    desk("db", "upgrade")
    desk("ingest", desk.mail("one"))
    shown = desk("tickets", "show", "ACME-1001", "--why", "--json").object
    assert [(one["name"], one["fired"]) for one in shown["why"][0]["traces"]] == [
        ("invoices", True),
        ("newsletters", False),
        ("acknowledge", True),
    ]
    assert "why" not in desk("tickets", "show", "ACME-1001", "--json").object
    text = desk("tickets", "show", "ACME-1001", "--why").out
    assert "✓ invoices: " in text
    assert "· newsletters: " in text
