"""What holds of every set of rules and every message."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jsonschema
from hypothesis import given
from hypothesis import strategies as st

from deskd.model import Address, Attachment, Message
from deskd.rules import (
    ContactFacts,
    Facts,
    RuleSet,
    TicketFacts,
    evaluate,
    explain,
    load_rule_texts,
    rules_schema,
)
from deskd.rules.compared import compared
from deskd.rules.record import recalled, recorded

WORDS = ["fattura", "rimborso", "Perché", "perche", "invoice", "urgent", "ciao", "118", "città"]
TEXTS = st.lists(st.sampled_from([*WORDS, "\n", "l’ordine", "FATTURA", "!"]), max_size=8).map(" ".join)
ADDRESSES = st.sampled_from(["a@x.example", "B@y.example", "telegram:42", ""])
CHANNELS = ["support-mail", "telegram", "Slack"]
TAGS = ["a", "B", "vip"]

text_operators = st.one_of(
    st.sampled_from(WORDS),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
    st.dictionaries(
        st.sampled_from(["contains", "words", "starts", "ends", "in", "not"]),
        st.sampled_from(WORDS),
        min_size=1,
        max_size=2,
    ),
    st.sampled_from([r"\bfattura\b", r"(?P<nr>\d+)", "^ciao", ".{1,9}t"]).map(
        lambda pattern: {"matches": pattern}
    ),
)
conditions = st.recursive(
    st.one_of(
        st.fixed_dictionaries({}, optional={"subject": text_operators, "text": text_operators, "body": text_operators}),
        st.fixed_dictionaries(
            {},
            optional={
                "channel": st.sampled_from(CHANNELS) | st.lists(st.sampled_from(CHANNELS), min_size=1) | st.just({"not": "telegram"}),
                "new": st.booleans(),
                "kind": st.sampled_from(["message", "bulk"]),
                "language": st.sampled_from(["it", "en"]),
                "from": st.sampled_from(["a@x.example", {"domain": ["x.example", "y.example"]}, {"name": {"words": "ciao"}}]),
                "header": st.just({"X-A": {"contains": "1"}}),
                "attachment": st.sampled_from([{"count": 0}, {"name": {"ends": ".xml"}, "size": {"over": 5}}]),
                "ticket": st.sampled_from([{"tags": "a"}, {"tags": ["b", "vip"]}, {"priority": "high"}, {"level": {"under": 2}}, {"not": {"tags": "a"}}]),
                "contact": st.sampled_from([{"tags": "vip"}, {"tickets": {"over": 1}}]),
                "hours": st.just({"office": "open"}),
            },
        ),
    ).filter(bool),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda some: {"any": some}),
        st.lists(inner, min_size=1, max_size=3).map(lambda some: {"all": some}),
        inner.map(lambda one: {"not": one}),
    ),
    max_leaves=6,
)  # fmt: skip
actions = st.sampled_from(
    [{"tag": "a"}, {"tag": ["B", "vip"]}, {"untag": "a"}, {"priority": "high"}, {"urgency": "high"}, {"language": "en"}, {"contact": {"tag": "vip"}}, {"tag": "nr-{{ match.nr }}"}, "spam"]
)  # fmt: skip
rule_bodies = st.fixed_dictionaries(
    {"then": st.lists(actions, min_size=1, max_size=3)},
    optional={
        "when": conditions,
        "event": st.sampled_from(["message", "ticket", "idle"]),
        "stop": st.booleans(),
    },
)
messages = st.builds(
    Message,
    sender=st.builds(Address, TEXTS, ADDRESSES),
    subject=TEXTS,
    text=TEXTS,
    body=TEXTS,
    kind=st.sampled_from(["message", "bulk"]),
    attachments=st.lists(st.builds(Attachment, st.sampled_from(["a.xml", "b"]), st.just("x/y"), st.integers(0, 9), st.just("")), max_size=2).map(tuple),
    headers=st.lists(st.tuples(st.sampled_from(["X-A", "x-a", "Y"]), TEXTS), max_size=2).map(tuple),
)  # fmt: skip
many_facts = st.builds(
    Facts,
    event=st.sampled_from(["message", "message", "ticket", "idle"]),
    channel=st.sampled_from([*CHANNELS, "SUPPORT-MAIL", ""]),
    message=messages | st.none(),
    new=st.booleans(),
    ticket=st.builds(
        TicketFacts, tags=st.lists(st.sampled_from(TAGS), unique=True).map(tuple), level=st.integers(1, 4)
    ),
    contact=st.builds(
        ContactFacts, tags=st.lists(st.sampled_from(TAGS), unique=True).map(tuple), tickets=st.integers(0, 3)
    ),
    hours=st.sampled_from([{}, {"office": True}, {"office": False}]),
    language=st.sampled_from(["it", "en", ""]),
)


def loaded(bodies: list[dict[str, Any]]) -> RuleSet:
    rules = [{"name": str(body.pop("name", number)), **body} for number, body in enumerate(map(dict, bodies))]
    return load_rule_texts({"a.yaml": json.dumps({"rules": rules})})  # JSON is YAML


@given(st.lists(rule_bodies, min_size=1, max_size=6), many_facts)
def test_trace_and_verdict_agree(bodies: list[dict[str, Any]], asked: Facts) -> None:
    """The verdict asks an index of rules, the trace every rule: they say the same, in the same words."""
    rules = loaded(bodies)
    verdict, trace = evaluate(rules, asked), explain(rules, asked)
    assert [(rule.name, rule.because) for rule in verdict.fired] == [
        (one.name, one.because) for one in trace if one.fired
    ]
    assert [one.name for one in trace] == [rule.name for rule in rules.rules]
    assert all(one.because for one in trace)
    assert not any(one.fired for one in trace if not one.reached)


@given(st.lists(rule_bodies, min_size=1, max_size=6), many_facts)
def test_the_same_again(bodies: list[dict[str, Any]], asked: Facts) -> None:
    rules = loaded(bodies)
    first = evaluate(rules, asked)
    assert evaluate(rules, asked) == first
    assert evaluate(load_rule_texts(rules.source), asked) == first


@given(st.lists(rule_bodies, min_size=1, max_size=5), st.integers(0, 5), many_facts)
def test_a_rule_that_cannot_match_changes_nothing(
    bodies: list[dict[str, Any]], at: int, asked: Facts
) -> None:
    impossible = {
        "name": "impossible",
        "when": {"all": [{"new": True}, {"new": False}]},
        "then": ["spam"],
        "stop": True,
    }
    named = [{"name": f"r{number}", **body} for number, body in enumerate(bodies)]
    without = evaluate(loaded(named), asked)
    added = evaluate(loaded([*named[:at], impossible, *named[at:]]), asked)
    assert (added.fired, added.actions, added.ticket, added.stopped_by) == (
        without.fired,
        without.actions,
        without.ticket,
        without.stopped_by,
    )


@given(conditions, many_facts)
def test_a_condition_or_its_opposite(when: dict[str, Any], asked: Facts) -> None:
    note = {"event": asked.event, "then": [{"note": "x"}]}
    assert len(evaluate(loaded([{"when": when, **note}, {"when": {"not": when}, **note}]), asked).fired) == 1


@given(st.lists(rule_bodies, min_size=1, max_size=6), many_facts)
def test_nothing_runs_behind_a_stop(bodies: list[dict[str, Any]], asked: Facts) -> None:
    rules = loaded(bodies)
    verdict = evaluate(rules, asked)
    order = [rule.name for rule in rules.rules]
    places = [order.index(rule.name) for rule in verdict.fired]
    assert places == sorted(places)
    stopping = {rule.name for rule in rules.rules if rule.stops}
    assert [rule.name for rule in verdict.fired if rule.name in stopping] == (
        [verdict.stopped_by] if verdict.stopped_by else []
    )


@given(many_facts, st.timedeltas(timedelta(), timedelta(days=400)))
def test_what_is_kept_of_the_facts_is_all_that_rules_see(asked: Facts, age: timedelta) -> None:
    """Through JSON and back: a verdict can be derived again, as of then."""
    facts = replace(asked, ticket=replace(asked.ticket, age=age, idle=age / 2))
    kept = json.loads(json.dumps(recorded(facts, "hash")))
    again = recalled(kept, facts.message)
    assert replace(again, ticket=replace(again.ticket, idle=facts.ticket.idle)) == facts
    assert abs(again.ticket.idle - facts.ticket.idle) <= timedelta(microseconds=1)


VALIDATOR = jsonschema.Draft202012Validator(rules_schema())


@given(st.lists(rule_bodies, min_size=1, max_size=3))
def test_what_loads_is_right_by_the_schema(bodies: list[dict[str, Any]]) -> None:
    rules = [{"name": str(number), **body} for number, body in enumerate(bodies)]
    loaded(bodies)
    assert [error.message for error in VALIDATOR.iter_errors({"rules": rules})] == []


@given(st.lists(rule_bodies, min_size=1, max_size=4), many_facts)
def test_a_set_does_not_differ_from_itself(bodies: list[dict[str, Any]], asked: Facts) -> None:
    verdict = evaluate(loaded(bodies), asked)
    assert list(compared(verdict, evaluate(loaded(bodies), asked))) == []
