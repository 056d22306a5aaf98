"""Order, stop, events, what rules see of each other, what they do, and why: one evaluator for all of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from deskd.model import RuleFired
from deskd.rules import (
    Assign,
    ContactFacts,
    ContactTag,
    Discard,
    Effect,
    Escalate,
    Facts,
    Note,
    Notify,
    Reply,
    SetImpact,
    SetLanguage,
    SetPriority,
    SetStatus,
    SetUrgency,
    Spam,
    Tag,
    TicketFacts,
    Untag,
    Verdict,
    evaluate,
    explain,
)
from tests.unit.rules.examples import DESK, MESSAGE, facts, rule_when, rules_of


def done(then: str, **changes: Any) -> Verdict:
    return evaluate(rules_of(f"rules: [{{name: it, then: {then}}}]", DESK), facts(**changes))


def fired(verdict: Verdict) -> list[str]:
    return [rule.name for rule in verdict.fired]


# ── the invoice example of the format's description, whole ──────────────────────────────────────────────────────────

EXAMPLE = r"""
rules:
  - name: invoices
    event: message
    when:
      channel: support-mail
      any:
        - subject: {matches: '\b(fattura|invoice|factura|fatura)\b'}
        - text: {words: [rimborso, refund, reembolso]}
        - attachment: {name: {matches: '\.xml$'}}
      not: {from: {domain: [newsletter.example]}}
    then:
      - tag: [billing]
      - priority: high
      - assign: {team: front-desk, skills: [billing]}
      - reply: received
    stop: true
  - name: angry VIPs go up at once
    when: {contact: {tags: vip}, text: {words: [disdetta, cancel]}, ticket: {level: 1}}
    then: [{urgency: high}, {escalate: {reason: "VIP wants to cancel"}}]
  - name: nudge the customer, then close
    event: idle
    when: {ticket: {status: pending, idle: {over: 3d}}}
    then: [{reply: still_there}, {status: resolved}]
"""


def test_the_example() -> None:
    rules = rules_of(EXAMPLE, DESK)
    asked = facts(message=replace(MESSAGE, subject="Fattura 118"))
    verdict = evaluate(rules, asked)
    because = (
        'channel is "support-mail" and '
        "subject matches '\\b(fattura|invoice|factura|fatura)\\b' (\"Fattura 118\") and "
        'from domain is "Cliente.example", not newsletter.example'
    )
    assert verdict.fired == (RuleFired("invoices", because),)
    assert [(act.kind, act.value) for act in verdict.actions] == [
        ("tag", Tag(("billing",))),
        ("priority", SetPriority("high")),
        ("assign", Assign("front-desk", None, ("billing",))),
        ("reply", Reply("received")),
    ]
    assert verdict.ticket == TicketFacts(
        priority="high", priority_set=True, team="front-desk", tags=("billing",)
    )
    assert verdict.stopped_by == "invoices"
    assert verdict.hash == rules.hash
    assert [(trace.name, trace.fired, trace.because) for trace in explain(rules, asked)] == [
        ("invoices", True, because),
        ("angry VIPs go up at once", False, 'not reached: "invoices" stopped the run'),
        ("nudge the customer, then close", False, "event is message, not idle"),
    ]


def test_why_a_rule_did_not_fire() -> None:
    rules = rules_of(EXAMPLE, DESK)
    because = {trace.name: trace.because for trace in explain(rules, facts(channel="telegram"))}
    assert because["invoices"] == 'channel is "telegram", not support-mail'
    assert because["angry VIPs go up at once"] == "contact tag is missing"
    idle = Facts(event="idle", ticket=TicketFacts(status="pending", idle=timedelta(days=3)))
    assert fired(evaluate(rules, idle)) == ["nudge the customer, then close"]
    too_early = replace(idle, ticket=replace(idle.ticket, idle=timedelta(days=2, hours=23)))
    assert explain(rules, too_early)[2].because == "ticket idle is 2d23h, not over 3d"


@pytest.mark.parametrize(
    ("when", "because"),
    [
        ("{text: {words: [refund, rimborso]}}", 'text has the word "rimborso"'),
        ("{text: {words: [refund, money back]}}", "text has none of the words refund, money back"),
        ("{text: {words: refund}}", 'text doesn\'t have the word "refund"'),
        ("{subject: {contains: totale}}", 'subject contains "totale"'),
        ("{subject: {contains: [fax, telex]}}", 'subject doesn\'t contain "fax" or "telex"'),
        ("{subject: {matches: 'fax'}}", "subject doesn't match 'fax'"),
        ("{subject: {starts: fattura}}", 'subject starts with "fattura"'),
        ("{language: [en, pt]}", 'language is "it", not en or pt'),
        ("{to: sales@acme.example}", 'to address is "sales@acme.example"'),
        (
            "{to: boss@acme.example}",
            'to address is "support@acme.example", not boss@acme.example (nor do 1 more)',
        ),
        ("{attachment: {size: {over: 2MB}}}", "attachment size is 3MB, over 2MB"),
        ("{attachment: {count: {over: 2}}}", "attachment count is 2, not over 2"),
        ("{ticket: {level: 2}}", "ticket level is 1, not 2"),
        ("{ticket: {assignee: anna}}", "ticket assignee is missing"),
        ("{hours: {office: open}}", "hours office is missing"),
        ("{new: false}", "the message opened the ticket"),
        ("{not: {language: it}}", 'language is "it"'),
        ("{any: [{language: en}, {kind: bulk}]}", 'language is "it", not en and kind is "message", not bulk'),
    ],
)
def test_reasons(when: str, because: str) -> None:
    (trace,) = explain(rule_when(when), facts())
    assert trace.because == because


def test_a_long_text_is_shown_around_the_match() -> None:
    long = "parola " * 500 + "ordine 4711 " + "altro " * 500
    (trace,) = explain(
        rule_when(r"{text: {matches: 'ordine \d+'}}"), facts(message=replace(MESSAGE, text=long))
    )
    assert "ordine 4711" in trace.because
    assert len(trace.because) < 120


def test_a_very_long_text_is_looked_at_in_part_and_told_alike() -> None:
    """What stands beyond the limit is seen by nobody: not by the set of patterns, not by the one that words the reason."""
    rules = rules_of(r"rules: [{name: it, when: {text: {matches: '(?P<nr>\pL{20}q|x7)'}}, then: [spam]}]")
    for padding, seen in ((1_000, True), (200_000, False), (400_000, False)):
        asked = facts(message=replace(MESSAGE, text="è" * padding + " x7"))
        assert bool(evaluate(rules, asked).fired) is seen
        (trace,) = explain(rules, asked)
        assert trace.because.startswith("text matches" if seen else "text doesn't match")


# ── order, stop, events ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_rule_sees_what_those_before_it_did() -> None:
    rules = rules_of(
        """
rules:
  - {name: needs it too early, when: {ticket: {tags: first}}, then: [{tag: early}]}
  - {name: sets, then: [{tag: first}, {priority: high}, {assign: specialists}, {language: es}, {contact: {tag: seen}}]}
  - name: needs it
    when: {ticket: {tags: first, priority: high, team: specialists, level: 2}, language: es, contact: {tags: seen}}
    then: [{untag: first}]
  - {name: gone again, when: {not: {ticket: {tags: first}}}, then: [{tag: last}]}
""",
        DESK,
    )
    verdict = evaluate(rules, facts())
    assert fired(verdict) == ["sets", "needs it", "gone again"]
    assert verdict.ticket.tags == ("last",)
    assert (verdict.language, verdict.contact_tags) == ("es", ("seen",))


def test_stop_ends_the_run_after_all_actions_of_its_rule() -> None:
    for stop in ("then: [{tag: a}, {priority: low}], stop: true", "then: [{tag: a}, {priority: low}, stop]"):
        rules = rules_of(
            f"rules: [{{name: off, when: {{new: false}}, then: [stop]}}, {{name: on, {stop}}}, {{name: behind, then: [{{tag: b}}]}}]"
        )
        verdict = evaluate(rules, facts())
        assert fired(verdict) == ["on"]
        assert (verdict.ticket.tags, verdict.ticket.priority, verdict.stopped_by) == (("a",), "low", "on")
        assert [trace.because for trace in explain(rules, facts())][2] == 'not reached: "on" stopped the run'


def test_a_rule_may_only_stop() -> None:
    verdict = evaluate(rules_of("rules: [{name: enough, stop: true}, {name: b, then: [spam]}]"), facts())
    assert (fired(verdict), verdict.actions, verdict.stopped_by) == (["enough"], (), "enough")


EVENTS = ["message", "ticket", "reply", "update", "escalated", "breach", "idle"]
OF_EACH_EVENT = rules_of(
    "rules:\n"
    + "".join(
        f"  - {{name: {event}, event: {event}, then: [{{tag: {event}}}]}}\n" for event in reversed(EVENTS)
    )
)


def test_message_and_ticket_rules_run_in_one_pass_in_file_order() -> None:
    assert fired(evaluate(OF_EACH_EVENT, facts(new=True))) == ["ticket", "message"]


def test_a_message_that_joins_a_ticket_is_asked_of_message_rules_alone() -> None:
    assert fired(evaluate(OF_EACH_EVENT, facts(new=False))) == ["message"]
    because = {trace.name: trace.because for trace in explain(OF_EACH_EVENT, facts(new=False))}
    assert because["ticket"] == "event ticket: the message didn't open a ticket"


@pytest.mark.parametrize("event", EVENTS[1:])
def test_other_events_run_alone(event: Any) -> None:
    assert fired(evaluate(OF_EACH_EVENT, facts(event=event, new=False))) == [event]
    assert [trace.name for trace in explain(OF_EACH_EVENT, facts(event=event)) if trace.fired] == [event]


def test_a_rule_without_conditions_always_fires() -> None:
    assert evaluate(rules_of("rules: [{name: a, then: [spam]}]"), Facts()).fired == (
        RuleFired("a", "it has no conditions"),
    )


# ── actions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("then", "effect"),
    [
        ("[{tag: a}]", Tag(("a",))),
        ("{tag: [a, b]}", Tag(("a", "b"))),  # one action needs no list
        ("[{untag: a}]", Untag(("a",))),
        ("[{priority: urgent}]", SetPriority("urgent")),
        ("[{urgency: low}]", SetUrgency("low")),
        ("[{impact: high}]", SetImpact("high")),
        ("[{status: hold}]", SetStatus("hold")),
        ("[{language: pt-BR}]", SetLanguage("pt-BR")),
        ("[{assign: specialists}]", Assign("specialists")),
        ("[{assign: {agent: anna}}]", Assign(None, "anna")),
        ("[{assign: {team: front-desk, skills: install}}]", Assign("front-desk", None, ("install",))),
        ("[{escalate: true}]", Escalate()),
        ("[{escalate: too hard}]", Escalate("too hard")),
        ("[{escalate: {to: L3, reason: law}}]", Escalate("law", "L3")),
        ("[{reply: received}]", Reply("received")),
        ("[{note: look here}]", Note("look here")),
        ("[{notify: lead}]", Notify("lead")),
        ("[{notify: {to: '#alarm', text: fire}}]", Notify("#alarm", "fire")),
        ("[{contact: {tag: vip, untag: [new]}}]", ContactTag(("vip",), ("new",))),
        ("[{spam: true}]", Spam()),
        ("[spam]", Spam()),
        ("[discard]", Discard()),
    ],
)
def test_each_action_has_its_value(then: str, effect: Effect) -> None:
    (act,) = done(then).actions
    assert act.value == effect
    assert act.rule == "it"
    assert str(effect)


def test_several_actions_in_one_map_run_as_written() -> None:
    assert [act.kind for act in done("[{reply: received, tag: a, priority: low}]").actions] == [
        "reply",
        "tag",
        "priority",
    ]
    assert [act.kind for act in done("{urgency: low, note: x}").actions] == ["urgency", "note"]


def test_tags_are_given_once_whatever_their_case() -> None:
    ticket = TicketFacts(tags=("VIP", "old"))
    assert done("[{tag: [vip, New, new]}, {untag: OLD}]", ticket=ticket).ticket.tags == ("VIP", "New")


def test_urgency_and_impact_set_the_priority_unless_someone_did() -> None:
    assert done("[{urgency: high}]").ticket.priority == "high"
    assert done("[{urgency: high}, {impact: high}]").ticket.priority == "urgent"
    assert done("[{priority: low}, {urgency: high}]").ticket.priority == "low"
    assert (
        done("[{urgency: high}]", ticket=TicketFacts(priority="low", priority_set=True)).ticket.priority
        == "low"
    )


def test_assigning_brings_the_teams_level_and_lets_go_of_the_agent() -> None:
    mine = TicketFacts(team="front-desk", assignee="bruno")
    assert _place(done("[{assign: {team: specialists}}]", ticket=mine)) == ("specialists", 2, None)
    assert _place(done("[{assign: {team: front-desk}}]", ticket=mine)) == ("front-desk", 1, "bruno")
    assert _place(done("[{assign: {agent: carla}}]", ticket=mine)) == ("specialists", 2, "carla")
    assert _place(done("[{assign: {agent: anna}}]", ticket=mine)) == ("front-desk", 1, "anna")


def test_escalating_goes_where_the_team_escalates_to_or_a_level_up() -> None:
    mine = TicketFacts(team="front-desk", assignee="bruno")
    assert _place(done("[{escalate: true}]", ticket=mine)) == ("specialists", 2, None)
    assert _place(done("[{escalate: true}]", ticket=TicketFacts(team="specialists", level=2))) == (
        "vendor",
        3,
        None,
    )
    assert _place(done("[{escalate: {to: L3}}]", ticket=mine)) == ("vendor", 3, None)
    assert _place(done("[{escalate: {to: '@carla'}}]", ticket=mine)) == ("specialists", 2, "carla")
    unknown = evaluate(
        rules_of("rules: [{name: it, then: [{escalate: true}]}]"), facts(ticket=TicketFacts(level=4))
    )
    assert unknown.ticket.level == 4


def _place(verdict: Verdict) -> tuple[str | None, int, str | None]:
    return verdict.ticket.team, verdict.ticket.level, verdict.ticket.assignee


def test_spam_status_and_discard() -> None:
    assert done("[spam]").ticket.status == "spam"
    assert done("[{status: resolved}]").ticket.status == "resolved"
    assert done("[discard]").discarded_by == "it"
    assert done("[spam]").discarded_by is None


def test_contact_tags() -> None:
    verdict = done("[{contact: {tag: [gold, VIP], untag: new}}]", contact=ContactFacts(tags=("vip", "new")))
    assert verdict.contact_tags == ("vip", "gold")


def test_named_groups_are_captured() -> None:
    rules = rules_of(
        r"""
rules:
  - name: invoice
    when: {any: [{subject: {matches: '(?P<doc>fattura) (?P<invoice>\d+)(?P<none>x)?'}}, {text: {matches: '(?P<word>rimborso)'}}]}
    then: [{note: "about {{ match.invoice }}"}]
  - {name: other, when: {text: {matches: '(?P<word>perché)'}}, then: [{tag: t}]}
  - {name: negated, when: {not: {text: {matches: '(?P<no>xyz)'}}}, then: [{tag: u}]}
"""
    )
    verdict = evaluate(rules, facts())
    assert dict(verdict.actions[0].match) == {"doc": "Fattura", "invoice": "118", "word": "RIMBORSO"}
    assert dict(verdict.actions[1].match) == {"word": "perché"}
    assert dict(verdict.match) == {"doc": "Fattura", "invoice": "118", "word": "perché"}
