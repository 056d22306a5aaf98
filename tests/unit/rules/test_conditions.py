"""Each condition, with each operator that is its own, on a message that fulfils it and one that doesn't."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from deskd.model import Address, Message
from deskd.rules import ContactFacts, Facts, TicketFacts, evaluate, explain
from tests.unit.rules.examples import MESSAGE, facts, rule_when

TICKET = TicketFacts(
    status="pending",
    priority="high",
    urgency="high",
    level=2,
    team="front-desk",
    assignee="anna",
    tags=("VIP", "billing"),
    age=timedelta(days=5),
    idle=timedelta(days=3),
    messages=4,
)
CONTACT = ContactFacts("maria@cliente.example", "cliente.example", "Maria Rossi", "it", ("vip",), 7)


def held(when: str, **changes: Any) -> bool:
    asked = facts(**{"ticket": TICKET, "contact": CONTACT, "hours": {"office": False}} | changes)
    rules = rule_when(when)
    fired = bool(evaluate(rules, asked).fired)
    assert explain(rules, asked)[0].fired is fired
    return fired


HOLDING = [
    "{channel: support-mail}",
    "{channel: [telegram, support-mail]}",
    "{channel: {starts: support}}",
    "{channel: {not: telegram}}",
    "{from: maria@cliente.example}",  # the message has Maria@Cliente.example
    "{from: [luca@cliente.example, maria@cliente.example]}",
    "{from: {address: {ends: .example}}}",
    "{from: {domain: cliente.example}}",
    "{from: {domain: {in: [x.example, CLIENTE.EXAMPLE]}}}",
    "{from: {name: {contains: rossi}}}",
    "{from: {contains: '@cliente'}}",
    "{from: {domain: cliente.example, name: {words: maria}}}",
    "{from: {not: {domain: x.example}}}",
    "{to: sales@acme.example}",  # any recipient
    "{to: {name: Acme Support, domain: acme.example}}",
    "{to: {not: boss@acme.example}}",
    "{cc: {domain: cliente.example}}",
    "{subject: 'fattura 118: IL TOTALE non torna'}",
    "{subject: {contains: totale}}",
    "{subject: {contains: [prezzo, totale]}}",
    "{subject: {starts: fattura, ends: torna}}",
    r"{subject: {matches: '\bfattura\s+\d+'}}",
    r"{subject: {matches: ['^invoice', '^fattura']}}",
    "{subject: {not: {contains: fax}}}",
    "{subject: {contains: fattura, not: {contains: fax}}}",
    "{text: {words: rimborso}}",
    "{text: {words: [refund, perche]}}",  # accents folded
    "{text: {words: PIÙ CARA}}",  # a phrase
    "{text: {words: 'vorrei, il rimborso!'}}",
    "{text: {not: {words: maggio}}}",  # stands in the quote alone
    "{body: {words: maggio}}",
    "{header: {x-origin: WEB}}",
    "{header: {List-Id: {contains: news}, X-Origin: web}}",
    "{header: {Received: from b}}",  # one of several
    "{language: it}",
    "{language: [en, it]}",
    "{kind: message}",
    "{kind: {not: [bounce, bulk]}}",
    r"{attachment: {name: {matches: '\.xml$'}}}",
    "{attachment: {name: {ends: .jpg}, size: {over: 2MB}}}",
    "{attachment: {type: [image/jpeg, image/png]}}",
    "{attachment: {size: {under: 13KB}}}",
    "{attachment: {count: 2}}",
    "{attachment: {count: {over: 1, under: 3}}}",
    "{attachment: {not: {type: application/pdf}}}",
    "{contact: {tags: vip}}",
    "{contact: {tags: [gold, VIP]}}",
    "{contact: {tags: {not: gold}}}",
    "{contact: {address: maria@cliente.example, domain: cliente.example, name: {starts: maria}, language: it}}",
    "{contact: {tickets: {over: 6}}}",
    "{contact: {not: {tickets: 0}}}",
    "{ticket: {status: pending}}",
    "{ticket: {status: [open, pending], priority: high, urgency: high, impact: medium}}",
    "{ticket: {status: {not: [closed, resolved]}}}",
    "{ticket: {level: 2}}",
    "{ticket: {level: [2, 3]}}",
    "{ticket: {level: {in: [1, 2], not: 1}}}",
    "{ticket: {team: front-desk, assignee: [anna, carla]}}",
    "{ticket: {tags: vip}}",
    "{ticket: {tags: [gold, billing]}}",
    "{ticket: {tags: {not: [gold, silver]}}}",
    "{ticket: {age: {over: 4d}, idle: {over: 3d}}}",  # three days have passed: over
    "{ticket: {idle: {under: 4d}}}",
    "{ticket: {idle: 3d}}",
    "{ticket: {messages: {over: 3}}}",
    "{ticket: {not: {assignee: carla}}}",
    "{hours: {office: closed}}",
    "{hours: {office: closed, always: open}}",
    "{new: true}",
    "{all: [{language: it}, {kind: message}]}",
    "{any: [{language: en}, {kind: message}]}",
    "{not: {language: en}}",
    "{not: [{language: en}, {kind: bounce}]}",
    "{not: {not: {language: it}}}",
    "{any: [{all: [{language: it}, {not: {kind: bulk}}]}, {language: en}]}",
    "{not: {language: it, kind: bulk}}",  # not both
]

FAILING = [
    "{channel: telegram}",
    "{channel: {not: support-mail}}",
    "{from: {domain: example}}",  # the whole domain
    "{from: {domain: cliente.example, name: Luca}}",
    "{to: {name: Acme Support, address: sales@acme.example}}",  # two different recipients
    "{to: {not: {domain: acme.example}}}",
    "{cc: support@acme.example}",
    "{subject: fattura}",  # equality, not part
    "{subject: {starts: totale}}",
    "{subject: {contains: totale, starts: totale}}",
    "{text: {words: fattur}}",  # a part of a word
    "{text: {words: cara più}}",  # the other way round
    "{text: {contains: maggio}}",
    "{text: {matches: '^grazie'}}",  # ^ is the start of the whole text
    "{header: {X-Origin: app}}",
    "{header: {X-Missing: {not: x}, X-Origin: app}}",
    "{language: en}",
    "{kind: [bounce, bulk]}",
    "{attachment: {name: {ends: .xml}, size: {over: 2MB}}}",  # not the same one
    "{attachment: {count: 0}}",
    "{attachment: {count: {over: 2}}}",
    "{attachment: {not: {type: image/jpeg}}}",
    "{contact: {tags: gold}}",
    "{contact: {tags: {not: [vip, gold]}}}",
    "{contact: {tickets: {over: 7}}}",  # more than
    "{contact: {tags: vip, language: en}}",
    "{ticket: {status: open}}",
    "{ticket: {priority: {not: high}}}",
    "{ticket: {level: {over: 2}}}",
    "{ticket: {level: {under: 2}}}",
    "{ticket: {tags: {not: vip}}}",
    "{ticket: {idle: {over: 73h}}}",
    "{ticket: {idle: {under: 3d}}}",
    "{hours: {office: open}}",
    "{hours: {night: open}}",  # unknown
    "{hours: {night: closed}}",
    "{new: false}",
    "{all: [{language: it}, {kind: bulk}]}",
    "{any: [{language: en}, {kind: bulk}]}",
    "{not: {language: it}}",
    "{not: [{language: en}, {kind: message}]}",
    "{language: it, kind: bulk}",
]


@pytest.mark.parametrize("when", HOLDING)
def test_holds(when: str) -> None:
    assert held(when)


@pytest.mark.parametrize("when", FAILING)
def test_does_not_hold(when: str) -> None:
    assert not held(when)


@pytest.mark.parametrize("when", [*HOLDING, *FAILING])
def test_not_is_the_opposite(when: str) -> None:
    assert held(f"{{not: {when}}}") is not held(when)


MISSING = [  # asked of an event without message, ticket fields, contact: nothing raises, nothing holds
    "{channel: support-mail}",
    "{from: {domain: {ends: x}}}",
    "{from: {name: {contains: a}}}",
    "{to: {matches: '.'}}",
    "{cc: {contains: a}}",
    "{subject: {matches: '.*'}}",
    "{text: {words: a}}",
    "{body: {contains: a}}",
    "{header: {X: {matches: ''}}}",
    "{language: it}",
    "{kind: message}",
    "{attachment: {name: {matches: ''}}}",
    "{contact: {tags: vip}}",
    "{contact: {name: {matches: '.*'}}}",
    "{contact: {language: it}}",
    "{ticket: {team: a}}",
    "{ticket: {assignee: {matches: '.*'}}}",
    "{ticket: {tags: {matches: '.*'}}}",
    "{hours: {office: open}}",
]


@pytest.mark.parametrize("when", MISSING)
def test_what_is_missing_never_matches(when: str) -> None:
    rules = rule_when(when)
    assert not evaluate(rules, Facts()).fired
    assert explain(rules, Facts())[0].because


def test_a_sender_without_name_or_domain() -> None:
    chat = facts(message=replace(MESSAGE, sender=Address("", "telegram:42")))
    assert not evaluate(rule_when("{from: {name: {matches: '.*'}}}"), chat).fired
    assert not evaluate(rule_when("{from: {domain: {matches: '.*'}}}"), chat).fired
    assert evaluate(rule_when("{from: {address: {starts: 'telegram:'}}}"), chat).fired


@pytest.mark.parametrize("odd", ["\udcff lone", "\x00nul", "e\u0301" * 50, "\u202egpj.exe", "𝕱attura", ""])
def test_odd_characters_raise_nothing(odd: str) -> None:
    asked = facts(message=Message(Address(odd, odd), subject=odd, text=odd, body=odd, headers=(("X", odd),)))
    for when in [*HOLDING, *FAILING]:
        rules = rule_when(when)
        assert bool(evaluate(rules, asked).fired) is explain(rules, asked)[0].fired
