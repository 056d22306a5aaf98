"""Other rules on the past: each message as the rules saw it then, and what would have become of it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from deskd.desk.commands import SetPriority, Tag
from deskd.remembering import facts_of
from deskd.replaying import Replayed, replay
from deskd.rules import RuleSet, evaluate
from deskd.store import Store, Work, rule_sets
from deskd.store.judged import judged_of, judged_since
from deskd.store.rule_stats import rule_stats
from deskd.store.tables import events, inbox, messages, outbox, tickets
from tests.support.desk import NOW, SETTINGS, ruleset
from tests.support.mailroom import Mailroom, mail
from tests.support.store import rows

RULES = """
rules:
  - {name: invoices, when: {subject: {words: [fattura]}}, then: [{tag: billing}, {priority: high}]}
  - {name: adverts, when: {from: {domain: adverts.example}}, then: [discard]}
"""
SINCE = NOW - timedelta(days=1)


def desk_with(store: Store, text: str = RULES) -> Mailroom:
    import json

    rules = ruleset(text)
    store.write_now(lambda work: rule_sets.keep(work, rules.hash, json.dumps(dict(rules.source)), NOW))
    return Mailroom(store, rules=rules)


def replayed(desk: Mailroom, candidate: str | RuleSet) -> tuple[Replayed, list[dict[str, Any]]]:
    other = ruleset(candidate) if isinstance(candidate, str) else candidate
    done, lines = replay(desk.store, SETTINGS, other, SINCE)
    return done, list(lines)


def test_the_same_rules_change_nothing(store: Store) -> None:
    desk = desk_with(store)
    desk.arrive(mail(id="a@x.example"))
    desk.arrive(mail(refs=["a@x.example"], subject="Re: Fattura 118"))
    desk.arrive(mail("x@adverts.example", "Fattura"))
    done, lines = replayed(desk, RULES)
    assert (done.messages, done.skipped, lines) == (3, 0, [])


def test_a_line_for_each_field_that_would_be_otherwise(store: Store) -> None:
    desk = desk_with(store)
    ref = desk.ref(desk.arrive(mail()).ticket)
    desk.arrive(mail(subject="Password"))
    done, lines = replayed(
        desk,
        "rules: [{name: invoices, when: {subject: {words: [fattura]}}, then: [{tag: [billing, money]}, {reply: received}]}]",
    )
    assert [(line["ticket"], line["field"], line["before"], line["after"]) for line in lines] == [
        (ref, "priority", "high", "normal"),
        (ref, "tags", ["billing"], ["billing", "money"]),
        (ref, "replies", [], ["received"]),
    ]
    assert list(lines[0]) == ["ticket", "field", "before", "after", "because"]
    assert lines[0]["because"] == "'invoices' fires in both, and does otherwise"
    assert (done.fields, done.tickets) == ({"priority": 1, "tags": 1, "replies": 1}, {ref})


def test_what_was_discarded_would_be_a_ticket(store: Store) -> None:
    desk = desk_with(store)
    assert desk.arrive(mail("x@adverts.example", "Saldi")).state == "discarded"
    _, lines = replayed(desk, "rules: [{name: all, then: [{tag: seen}]}]")
    assert [(line["ticket"], line["field"], line["before"], line["after"]) for line in lines] == [
        (None, "tags", [], ["seen"]),
        (None, "discard", True, False),
    ]
    assert lines[0]["because"] == "'all' fires: it has no conditions; 'adverts' doesn't fire any more"


def test_a_difference_is_carried_to_the_next_message(store: Store) -> None:
    desk = desk_with(store, "rules: []")
    ref = desk.ref(desk.arrive(mail(id="a@x.example")).ticket)
    desk.arrive(mail(refs=["a@x.example"], subject="Re: Fattura 118"))
    _, lines = replayed(
        desk,
        """
rules:
  - {name: first, event: ticket, then: [{tag: billing}]}
  - {name: second, when: {new: false, ticket: {tags: billing}}, then: [{urgency: high}]}
""",
    )
    assert [(line["field"], line["after"]) for line in lines] == [
        ("tags", ["billing"]),
        ("priority", "high"),
        ("urgency", "high"),
    ]
    assert {line["ticket"] for line in lines} == {ref}


def test_what_agents_did_stands(store: Store) -> None:
    desk = desk_with(store)
    ticket = desk.arrive(mail(id="a@x.example")).ticket or 0
    desk.ask(ticket, SetPriority("agent:anna", priority="low"))
    desk.ask(ticket, Tag("agent:anna", ("seen",)))
    desk.arrive(mail(refs=["a@x.example"], subject="Hello"))
    _, lines = replayed(desk, "rules: [{name: x, when: {new: false}, then: [{urgency: high}]}]")
    assert ("priority", "high", "normal") in [(one["field"], one["before"], one["after"]) for one in lines]
    [_, second] = judged_since(desk.store, SINCE)
    assert (second.kept["ticket"]["priority"], second.kept["ticket"]["tags"]) == ("low", ["billing", "seen"])


def test_each_verdict_can_be_derived_again(store: Store) -> None:
    """From what is kept with the message: the same rules fire, for the same reasons."""
    desk = desk_with(
        store,
        """
rules:
  - {name: head, when: {header: {X-Shop: {contains: '7'}}, to: support@acme.example}, then: [{tag: shop}]}
  - {name: body, when: {text: {words: [torna]}, kind: message, language: it, hours: {office: open}}, then: [{tag: it}]}
  - {name: known, when: {contact: {tickets: {over: 0}}}, then: [{contact: {tag: known}}]}
""",
    )
    refs = [
        desk.ref(desk.arrive(one).ticket)
        for one in (mail(X_Shop="nr 7"), mail(), mail(Auto_Submitted="auto-replied"))
    ]
    for ref in refs:
        [judged] = desk.store.read_now(partial(judged_of, ref=ref))
        again = evaluate(desk.rules, facts_of(SETTINGS, judged))
        assert [(one.name, one.because) for one in again.fired] == list(judged.fired)
    assert [len(one.fired) for one in judged_since(desk.store, SINCE)] == [2, 2, 1]


def test_replay_writes_nothing(store: Store) -> None:
    desk = desk_with(store)
    desk.arrive(mail())
    before = [rows(store, table) for table in (tickets, messages, events, outbox, inbox)]
    replayed(desk, "rules: [{name: x, then: [{reply: received}, spam]}]")
    assert [rows(store, table) for table in (tickets, messages, events, outbox, inbox)] == before


def test_messages_before_the_day_are_left_out(store: Store) -> None:
    desk = desk_with(store)
    desk.arrive(mail())
    done, lines = replay(store, SETTINGS, ruleset("rules: []"), NOW + timedelta(days=1))
    assert (list(lines), done.messages) == ([], 0)


# ── stats ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_how_often_a_rule_fired_and_agents_changed_it_later(store: Store) -> None:
    desk = desk_with(store)
    first = desk.arrive(mail()).ticket or 0
    desk.arrive(mail())
    desk.ask(first, Tag("agent:anna", (), ("billing",)))
    desk.ask(first, SetPriority("agent:anna", priority="low"))

    def read(work: Work) -> list[dict[str, Any]]:
        return rule_stats(work, ["invoices", "adverts"], SINCE)

    [invoices, adverts] = store.read_now(read)
    assert (invoices["fired"], invoices["changed_later"], invoices["in_force"]) == (2, 1, True)
    assert invoices["last"] == desk.now
    assert (adverts["fired"], adverts["last"]) == (0, None)
