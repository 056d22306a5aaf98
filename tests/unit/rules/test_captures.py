"""What a rule's pattern caught, in the texts of its actions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deskd.errors import ConfigError
from deskd.rules import Assign, ContactFacts, Escalate, Facts, Note, Notify, Tag, Verdict, evaluate, with_ref
from tests.unit.rules.examples import DESK, MESSAGE, facts, rules_of

CAUGHT = "when: {subject: {matches: 'fattura (?P<invoice>\\d+)'}}"


def verdict(then: str, subject: str = "Fattura 118", when: str = CAUGHT) -> Verdict:
    rules = rules_of(f"rules: [{{name: it, {when}, then: {then}}}]", DESK)
    return evaluate(rules, Facts(channel="support-mail", message=replace(MESSAGE, subject=subject)))


def test_texts_say_what_was_caught() -> None:
    done = verdict(
        "[{note: 'Invoice {{ match.invoice }}'}, {notify: {to: team, text: 'see {{ match.invoice }}'}}, "
        "{tag: 'invoice-{{ match.invoice }}'}, {escalate: 'about {{ match.invoice }}'}]"
    )
    assert [act.value for act in done.actions] == [
        Note("Invoice 118"),
        Notify("team", "see 118"),
        Tag(("invoice-118",)),
        Escalate("about 118"),
    ]
    assert done.ticket.tags == ("invoice-118",)


def test_a_later_rule_knows_what_an_earlier_one_caught() -> None:
    rules = rules_of(
        f"rules: [{{name: a, {CAUGHT}, then: [{{tag: a}}]}}, {{name: b, then: [{{note: 'nr {{{{ match.invoice }}}}'}}]}}]"
    )
    assert evaluate(rules, Facts(message=MESSAGE)).actions[-1].value == Note("nr 118")


def test_a_later_rule_sees_the_tag() -> None:
    rules = rules_of(
        f"rules: [{{name: a, {CAUGHT}, then: [{{tag: 'nr-{{{{ match.invoice }}}}'}}]}}, "
        "{name: b, when: {ticket: {tags: nr-118}}, then: [stop]}]"
    )
    assert evaluate(rules, Facts(message=MESSAGE)).stopped_by == "b"


@pytest.mark.parametrize(
    ("subject", "tags"),
    [
        ("ordine abc", ("abc",)),
        ("ordine -x", ()),  # `-x` takes a tag off in an agent's command
        ("ordine " + "x" * 61, ()),  # longer than a tag may be
    ],
)
def test_only_what_could_be_written_as_a_tag_becomes_one(subject: str, tags: tuple[str, ...]) -> None:
    when = "when: {subject: {matches: 'ordine (?P<what>\\S+)'}}"
    assert verdict("[{tag: '{{ match.what }}'}]", subject, when).ticket.tags == tags


@pytest.mark.parametrize(
    ("subject", "team"),
    [("per Specialists", "specialists"), ("per admins", None)],  # of the desk's teams, case aside, or nobody
)
def test_what_is_caught_assigns_to_those_who_are_there(subject: str, team: str | None) -> None:
    when = "when: {subject: {matches: 'per (?P<team>\\w+)'}}"
    acts = verdict("[{assign: {team: '{{ match.team }}'}}]", subject, when).actions
    assert [act.value for act in acts] == ([Assign(team)] if team else [])


def test_a_note_of_which_nothing_is_left_is_not_written() -> None:
    assert verdict("[{note: '{{ match.other }}'}, {tag: b}]").ticket.tags == ("b",)
    assert [act.kind for act in verdict("[{note: '{{ match.other }}'}]").actions] == []


def test_what_a_customer_writes_is_no_template() -> None:
    when = "when: {subject: {matches: 'ordine (?P<what>.+)'}}"
    done = verdict("[{note: 'about {{ match.what }}'}]", "ordine {{ match.what }} {% for x in y %}", when)
    assert done.actions[0].value == Note("about {{ match.what }} {% for x in y %}")


def test_texts_name_the_ticket_and_its_contact() -> None:
    rules = rules_of(
        f"rules: [{{name: it, {CAUGHT}, then: "
        "[{priority: high}, {note: '{{ ticket.ref }}, {{ ticket.priority }}: {{ contact.address }} on {{ match.invoice }}'}, "
        "{notify: {to: lead, text: 'see {{ ticket.ref }}'}}, {tag: b}]}]"
    )
    done = evaluate(rules, facts(contact=ContactFacts("maria@cliente.example")))
    assert [act.value for act in with_ref(done, "ACME-7").actions][1:] == [
        Note("ACME-7, high: maria@cliente.example on 118"),
        Notify("lead", "see ACME-7"),
        Tag(("b",)),
    ]


@pytest.mark.parametrize(
    "text", ["{{ match.x", "{{ secret }}", "{% include 'x' %}", "{{ match.x.__class__ }}"]
)
def test_what_can_not_be_worked_out_does_not_load(text: str) -> None:
    with pytest.raises(ConfigError) as failed:
        verdict(f'[{{note: "{text}"}}]')
    assert failed.value.problems[0].line == 1


def test_a_clock_tells_which_rules_are_slow() -> None:
    ticks = iter([0.0, 0.001, 2.0, 2.001])
    rules = rules_of(
        "rules: [{name: a, then: [{tag: a}]}, {name: b, then: [{tag: b}]}, {name: c, then: [stop]}]"
    )
    assert evaluate(rules, Facts(message=MESSAGE), lambda: next(ticks)).slow == (("b", 1.999),)
