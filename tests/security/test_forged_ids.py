"""THREATS, guessable ids and forged Message-IDs: INTERFACE.md section 5, from a mail's bytes to where it lies.

The matrix: token {valid, absent, of another ticket, expired} x sender {participant, stranger, agent} x checks {pass, fail, none}. The subject names the ticket in
each, so that a missing token is no lack of a clue. `tests/unit/test_threads.py` holds the same table on the decision alone.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from deskd.store import Store
from deskd.store.clues import TOKEN_LIFE
from tests.support.mailroom import SUPPORT, mail, signed_address
from tests.support.strangers import ANNA, FAILS, MALLORY, MARIA, PASSES, Scene, scene

SENDERS = {"participant": MARIA, "stranger": MALLORY, "agent": ANNA}
CHECKS = {"pass": {"Authentication_Results": PASSES}, "fail": {"Authentication_Results": FAILS}, "none": {}}

# fmt: off
MATRIX = [
    # token       sender          pass      fail      none
    ("valid",     "participant",  "joins",  "linked", "joins"),
    ("valid",     "stranger",     "linked", "linked", "linked"),
    ("valid",     "agent",        "acts",   "linked", "note"),
    ("absent",    "participant",  "joins",  "linked", "joins"),
    ("absent",    "stranger",     "linked", "linked", "linked"),
    ("absent",    "agent",        "acts",   "linked", "note"),
    ("another's", "participant",  "joins",  "linked", "joins"),   # her own number in the subject leads her there
    ("another's", "stranger",     "linked", "linked", "linked"),
    ("another's", "agent",        "acts",   "linked", "note"),    # of the ticket whose address it is
    ("expired",   "participant",  "joins",  "linked", "joins"),
    ("expired",   "stranger",     "linked", "linked", "linked"),
    ("expired",   "agent",        "acts",   "linked", "note"),
]
# fmt: on
CELLS = [
    pytest.param(token, sender, check, outcome, id=f"{token} token, {sender}, {check}")
    for token, sender, *outcomes in MATRIX
    for check, outcome in zip(("pass", "fail", "none"), outcomes, strict=True)
]


def address(at: Scene, token: str) -> str:
    if token == "absent":
        return SUPPORT
    if token == "another's":
        other = at.desk.arrive(mail("Eve <eve@altro.example>", "Altro", "Altro.")).ticket or 0
        return signed_address(at.desk.answer(other))
    if token == "expired":
        at.desk.now += TOKEN_LIFE + timedelta(days=1)
    return at.signed


def outcome(at: Scene, before: dict[str, int]) -> str:
    """What became of the last mail: joins, acts, note, linked or new."""
    grown = [
        one for one in at.desk.all() if one["messages"] and len(one["messages"]) > before.get(one["ref"], 0)
    ]
    [where] = grown
    last = where["messages"][-1]
    if where["ref"] in before:
        return {"in": "joins", "out": "acts", "note": "note"}[last["direction"]]
    return "linked" if where["links"] else "new"


@pytest.mark.parametrize(("token", "sender", "check", "expected"), CELLS)
def test_the_matrix(store: Store, token: str, sender: str, check: str, expected: str) -> None:
    at = scene(store)
    to = address(at, token)
    before = {one["ref"]: len(one["messages"]) for one in at.desk.all()}
    at.desk.arrive(mail(SENDERS[sender], f"Re: [{at.ref}]", "Testo nuovo.", to=to, **CHECKS[check]))
    assert outcome(at, before) == expected
    warned = [one for one in at.desk.all() if one["ref"] not in before]
    for one in warned:
        card = at.desk.ticket(one["ref"])
        assert card.warned


@pytest.mark.parametrize(
    "forged",
    [
        "deskd.{key}.{nonce}.aaaaaaaaaaaaaaaaaaaaaaaaaa@acme.example",
        "deskd.{key}.1.{mac}@acme.example",
        "{ref}@acme.example",
        "ticket-{id}@acme.example",
    ],
)
@pytest.mark.parametrize("sender", [MALLORY, MARIA])
def test_a_made_up_id_leads_nowhere(store: Store, forged: str, sender: str) -> None:
    at = scene(store)
    _, key, nonce, mac = at.ours.partition("@")[0].split(".")
    made = forged.format(key=key, nonce=nonce, mac=mac, ref=at.ref, id=at.ticket)
    ended = at.desk.arrive(mail(sender, "Re: Fattura 118", "?", refs=[made]))
    assert ended.ticket != at.ticket
    assert at.desk.shown(ended.ticket)["links"] == []


@pytest.mark.parametrize("subject", ["Fattura 118", "Re: Fattura 118", "ACME-1001", "RE: acme-1001 Fattura"])
def test_a_bare_subject_leads_nowhere(store: Store, subject: str) -> None:
    at = scene(store)
    assert at.desk.arrive(mail(subject=subject, text="Ancora.")).ticket != at.ticket


def test_the_answers_id_leads_its_customer_back_whatever_its_case(store: Store) -> None:
    at = scene(store)
    assert at.desk.arrive(mail(text="Ok.", subject="x", refs=[at.ours.upper()])).ticket == at.ticket


@pytest.mark.parametrize("check", ["fail", "none"])
@pytest.mark.parametrize("forger", [MALLORY, MARIA])
def test_a_forged_mail_that_names_an_answer_draws_no_later_mail_away(
    store: Store, forger: str, check: str
) -> None:
    """The ticket that a forger opens knows the id too, and newer; the answer itself lies in the customer's."""
    at = scene(store)
    forged = at.desk.arrive(mail(forger, "Falso", "Falso.", refs=[at.ours], **CHECKS["fail"]))
    assert forged.ticket != at.ticket
    customers = at.desk.arrive(mail(subject="Re: vero", text="Vero.", refs=[at.ours], **CHECKS[check]))
    if check == "fail":
        [link] = at.desk.shown(customers.ticket)["links"]
        assert link["ref"] == at.ref
    else:
        assert customers.ticket == at.ticket


def test_a_ticket_forged_in_an_agents_name_draws_none_of_their_answers_away(store: Store) -> None:
    at = scene(store)
    forged = at.desk.arrive(mail(ANNA, "Falso", "Falso.", refs=[at.ours], **CHECKS["fail"]))
    assert forged.ticket != at.ticket
    agents = at.desk.arrive(mail(ANNA, "Re: Fattura", "Ecco.", refs=[at.ours], **CHECKS["pass"]))
    assert agents.ticket == at.ticket
    assert at.desk.shown(at.ticket)["messages"][-1]["direction"] == "out"
