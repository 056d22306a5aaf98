"""THREATS, spoofed From: an agent by mail is one only on a trusted relay's word, and nobody is who they merely say they are."""

from __future__ import annotations

import pytest

from deskd.store import Store
from tests.support.mailroom import mail
from tests.support.strangers import ANNA, FAILS, MALLORY, PASSES, scene

RELAY = "mx.acme.example"
FORGED = "mx.acme.example; dmarc=pass header.from=acme.example"


@pytest.mark.parametrize(
    "fields",
    [
        {},  # nobody says anything
        {"authentication_results": "mx.evil.example; dmarc=pass"},  # nobody whose word counts does
        {"Authentication_Results": f"{RELAY}; dmarc=fail", "AUTHENTICATION_RESULTS": FORGED},  # a forged one below
        {"X_Authentication_Results": FORGED, "ARC_Authentication_Results": f"i=1; {FORGED}"},
        {"Authentication_Results": f"{RELAY}; dmarc=pass header.from=evil.example"},  # it passes for another
        {"Authentication_Results": f"{RELAY}; dkim=pass header.d=evil.example"},
        {"Authentication_Results": f"{RELAY}; spf=pass smtp.mailfrom=anna@evil.example smtp.helo=acme.example"},
        {"Received_SPF": "pass", "X_Spam_Status": "No", "DKIM_Signature": "v=1; d=acme.example; s=x; b=aaaa"},
    ],
)  # fmt: skip
def test_nobody_speaks_for_an_agent_unproven(store: Store, fields: dict[str, str]) -> None:
    at = scene(store)
    at.desk.arrive(mail(ANNA, f"Re: [{at.ref}]", "Paghi su questo conto.", **fields))
    assert at.desk.sent() == []
    assert [m["direction"] for m in at.desk.shown(at.ticket)["messages"]][:2] == ["in", "out"]
    assert not any(m["direction"] == "in" for m in at.desk.shown(at.ticket)["messages"][1:])


@pytest.mark.parametrize(
    ("author", "others"),
    [
        (f"{ANNA}\r\nFrom: {MALLORY}", {}),  # two From fields
        (f"{MALLORY}\r\nFrom: {ANNA}", {}),
        ("anna@acme.example, mallory@evil.example", {}),  # two people in one
        (MALLORY, {"Sender": ANNA, "Reply_To": ANNA, "X_Original_From": ANNA, "Return_Path": "<anna@acme.example>"}),
        ('"anna@acme.example" <mallory@evil.example>', {}),  # a name that looks like an address
        ("Anna Rossi <anna@acme.example.evil.example>", {}),
        ("Anna Rossi <anna@аcme.example>", {}),  # a Cyrillic а
        ("Anna Rossi <anna(x)@evil.example>", {}),
        ("<@acme.example:anna@evil.example>", {}),  # a source route
        ("=?utf-8?q?anna=40acme=2Eexample?= <mallory@evil.example>", {}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("passes", [PASSES, ""])
def test_who_is_not_anna_never_speaks_for_her(
    store: Store, author: str, others: dict[str, str], passes: str
) -> None:
    at = scene(store)
    fields = {"Authentication_Results": passes, **others} if passes else others
    ended = at.desk.arrive(mail(author, f"Re: [{at.ref}]", "Paghi su questo conto.", **fields))
    assert ended.ticket != at.ticket
    assert at.desk.sent() == []
    assert all("Paghi" not in m["body"] for m in at.desk.shown(at.ticket)["messages"])


@pytest.mark.parametrize(
    ("known", "other"),
    [
        ("maria@strasse.example", "maria@straße.example"),
        ("gross@cliente.example", "groß@cliente.example"),
        ("kim@cliente.example", "\N{KELVIN SIGN}im@cliente.example"),
        ("rossi@cliente.example", "ro\N{LATIN SMALL LETTER LONG S}si@cliente.example"),
    ],
)
def test_two_addresses_that_fold_alike_are_two_people(store: Store, known: str, other: str) -> None:
    at = scene(store)
    ticket = at.desk.arrive(mail(known, "Domanda", "?")).ticket
    assert at.desk.arrive(mail(known.upper(), f"[{at.desk.ref(ticket)}]", "Io.")).ticket == ticket
    assert at.desk.arrive(mail(other, f"[{at.desk.ref(ticket)}]", "Io?")).ticket != ticket


def test_a_failure_is_kept_and_shown_on_the_card(store: Store) -> None:
    at = scene(store)
    other = at.desk.arrive(
        mail(subject=f"[{at.ref}]", text="Sono Maria.", Authentication_Results=FAILS)
    ).ticket
    card = at.desk.ticket(at.desk.ref(other))
    assert "DMARC fails" in card.warned
    assert at.desk.verdict(other or 0)[0] == "fail"
    new = at.desk.arrive(mail("capo@cliente.example", "Nuovo", "?", Authentication_Results=FAILS)).ticket
    assert at.desk.ticket(at.desk.ref(new)).warned


def test_rules_never_see_a_forged_verdict(store: Store) -> None:
    rules = "rules: [{name: trusted, when: {header: {Authentication-Results: {contains: 'dmarc=pass'}}}, then: [{tag: [trusted]}]}]"
    at = scene(store, rules)
    forged = mail(
        MALLORY, "Ciao", "?", Authentication_Results=f"{RELAY}; dmarc=fail", AUTHENTICATION_RESULTS=FORGED
    )
    assert at.desk.shown(at.desk.arrive(forged).ticket)["tags"] == []
    true = mail(MALLORY, "Ciao", "Vero.", Authentication_Results=f"{RELAY}; dmarc=pass")
    assert at.desk.shown(at.desk.arrive(true).ticket)["tags"] == ["trusted"]
