"""Who may join a ticket: INTERFACE.md section 5, cell by cell, and the clues that lead there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskd.model import Address, AuthVerdict, Joining, Message, Status
from deskd.threads import (
    MAX_REFERENCES,
    Clues,
    Known,
    decide,
    foreign_refs,
    ids_named,
    reference_key,
    subject_refs,
)

TICKET, OTHER = 7, 8
MARIA, CAPO, MALLORY, ANNA = (
    "maria@cliente.example",
    "capo@cliente.example",
    "mallory@evil.example",
    "anna@acme.example",
)
WHO = {"participant": MARIA, "stranger": MALLORY, "agent": ANNA}
"""The ticket's people are Maria, its contact, and her boss, whom an agent accepted."""


def known(ticket: int = TICKET, status: Status = "open") -> Known:
    return Known(ticket, f"ACME-{1035 + ticket}", status, frozenset({MARIA, CAPO}))


def clues_of(bring: str, sender: str, status: Status = "open") -> Clues:
    """What the store finds for a mail that brings this and nothing else."""
    tickets = {TICKET: known(status=status)}
    match bring:
        case "own token":
            return Clues(by_token=TICKET, token_of=sender, tickets=tickets)
        case "another's token":
            return Clues(by_token=TICKET, token_of=CAPO, tickets=tickets)
        case "an id":
            return Clues(by_reference=(TICKET,), tickets=tickets)
        case "the subject":
            return Clues(by_subject=TICKET, tickets=tickets)
        case _:
            return Clues()


def decided(bring: str, who: str, auth: Literal["pass", "fail", "none"], status: Status = "open") -> Joining:
    sender = WHO[who]
    message = Message(Address("", sender))
    agent = "anna" if who == "agent" else None
    return decide(message, sender, AuthVerdict(auth, "DMARC fails"), clues_of(bring, sender, status), agent)


def outcome(joining: Joining) -> str:
    """One word for a cell: joins | acts | note | linked | new, with ! where it is warned of."""
    if joining.ticket is None:
        said = "linked" if joining.link == TICKET else "new"
    else:
        assert joining.ticket == TICKET
        said = "joins" if joining.agent is None else "acts" if not joining.warn else "note"
    return said + ("!" if joining.warn else "")


@dataclass(frozen=True)
class Row:
    bring: str
    who: str
    passes: str
    nothing_to_judge: str
    fails: str


# fmt: off
TABLE = [
    #   it brings          the sender     pass       nothing    fail
    # the contact, or a participant an agent accepted: in, unless the sender is proven to be false
    Row("own token",       "participant", "joins",   "joins",   "linked!"),
    Row("an id",           "participant", "joins",   "joins",   "linked!"),
    Row("the subject",     "participant", "joins",   "joins",   "linked!"),
    Row("another's token", "participant", "linked!", "linked!", "linked!"),  # an address is bound to its person
    Row("nothing",         "participant", "new",     "new",     "new!"),
    # an agent, by mail: acts when proven, otherwise their words are a note that carries a warning
    Row("own token",       "agent",       "acts",    "note!",   "linked!"),
    Row("an id",           "agent",       "acts",    "note!",   "linked!"),
    Row("the subject",     "agent",       "acts",    "note!",   "linked!"),
    Row("nothing",         "agent",       "new",     "new",     "new!"),
    # anyone else: never in, whatever they bring
    Row("another's token", "stranger",    "linked!", "linked!", "linked!"),
    Row("an id",           "stranger",    "linked!", "linked!", "linked!"),
    Row("the subject",     "stranger",    "linked!", "linked!", "linked!"),
    Row("nothing",         "stranger",    "new",     "new",     "new!"),
]
# fmt: on


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.who} brings {row.bring}")
def test_the_table_of_who_may_join(row: Row) -> None:
    results: tuple[Literal["pass", "none", "fail"], ...] = ("pass", "none", "fail")
    cells = [outcome(decided(row.bring, row.who, auth)) for auth in results]
    assert cells == [row.passes, row.nothing_to_judge, row.fails]


def test_every_decision_gives_its_reason() -> None:
    for row in TABLE:
        for auth in ("pass", "none", "fail"):
            assert decided(row.bring, row.who, auth).because


@pytest.mark.parametrize("who", ["participant", "stranger", "agent"])
def test_a_duplicate_is_one_whoever_brings_it(who: str) -> None:
    clues = Clues(duplicate_of=21, duplicate_ticket=TICKET, by_reference=(TICKET,), tickets={TICKET: known()})
    joining = decide(Message(Address("", WHO[who])), WHO[who], AuthVerdict("fail", "x"), clues, None)
    assert (joining.duplicate_of, joining.ticket) == (21, TICKET)


@pytest.mark.parametrize("bring", ["own token", "an id", "the subject"])
def test_a_closed_ticket_is_followed_by_a_linked_one(bring: str) -> None:
    joining = decided(bring, "participant", "pass", "closed")
    assert (joining.ticket, joining.link, joining.warn) == (None, TICKET, "")


@pytest.mark.parametrize("status", ["new", "open", "pending", "hold", "resolved", "spam"])
def test_any_other_status_lets_its_people_in(status: Status) -> None:
    assert decided("an id", "participant", "none", status).ticket == TICKET


def test_what_is_written_in_a_tickets_chat_is_in_it() -> None:
    joining = decide(
        Message(Address("", "telegram:99")), "telegram:99", AuthVerdict(), Clues(by_chat=TICKET, tickets={TICKET: known()}), None
    )  # fmt: skip
    assert joining.ticket == TICKET


@pytest.mark.parametrize(
    ("clues", "ticket"),
    [
        # an id of their own ticket counts beside somebody else's token of it
        (Clues(by_token=TICKET, token_of=CAPO, by_reference=(TICKET,)), TICKET),
        # so does the subject
        (Clues(by_token=TICKET, token_of=CAPO, by_subject=TICKET), TICKET),
        # the signed address is the surest clue
        (Clues(by_token=TICKET, token_of=MARIA, by_reference=(OTHER,)), TICKET),
        # ids come before what anyone may type in a subject
        (Clues(by_reference=(OTHER,), by_subject=TICKET), OTHER),
        # a stolen token of one ticket does not hide her own other one
        (Clues(by_token=TICKET, token_of=CAPO, by_reference=(OTHER,)), OTHER),
    ],
)
def test_the_surest_clue_that_lets_her_in_decides(clues: Clues, ticket: int) -> None:
    both = replace(clues, tickets={TICKET: known(), OTHER: known(OTHER)})
    assert decide(Message(Address("", MARIA)), MARIA, AuthVerdict("pass"), both, None).ticket == ticket


def test_of_two_tickets_she_joins_the_one_she_is_of() -> None:
    hers = Known(OTHER, "ACME-1043", "open", frozenset({MARIA}))
    theirs = Known(TICKET, "ACME-1042", "open", frozenset({CAPO}))
    clues = Clues(by_reference=(TICKET, OTHER), tickets={TICKET: theirs, OTHER: hers})
    assert decide(Message(Address("", MARIA)), MARIA, AuthVerdict(), clues, None).ticket == OTHER


def test_an_agent_who_is_the_contact_writes_as_the_contact() -> None:
    clues = Clues(by_reference=(TICKET,), tickets={TICKET: replace(known(), people=frozenset({ANNA}))})
    joining = decide(Message(Address("", ANNA)), ANNA, AuthVerdict("none"), clues, "anna")
    assert (joining.ticket, joining.agent, joining.warn) == (TICKET, None, "")


# ── what to look up ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("subject", "refs"),
    [
        ("Re: [ACME-1042] Fattura", ("ACME-1042",)),
        ("re: [acme-1042]", ("ACME-1042",)),  # whatever its case
        ("[ ACME-1042 ]", ("ACME-1042",)),
        ("ACME-1042", ()),  # only in brackets, as we write it
        ("[XACME-1042] [ACME-] [ACME-12x]", ()),
        ("[OTHER-1042]", ()),  # another desk's
        ("[ACME-1] [ACME-2] [ACME-1]", ("ACME-1", "ACME-2")),
        ("[ACME-1234567890123]", ()),  # no number of ours is so long
        ("x" * 2000 + "[ACME-1]", ()),  # far behind what anyone reads
    ],
)
def test_references_in_a_subject(subject: str, refs: tuple[str, ...]) -> None:
    assert subject_refs(subject, "ACME") == refs


@pytest.mark.parametrize("prefix", ["A+B", "A.B", "(", "[x"])
def test_a_prefix_is_never_a_pattern(prefix: str) -> None:
    assert subject_refs(f"[{prefix}-5]", prefix) == (f"{prefix}-5".upper(),)
    assert subject_refs("[AAB-5] [AXB-5]", prefix) == ()


def test_ids_are_looked_up_closest_first_and_each_once() -> None:
    message = Message(
        Address("", MARIA), message_id="me", in_reply_to=("c",), references=("a", "b", "c", "me", "")
    )
    assert ids_named(message) == ("c", "b", "a")


@given(st.lists(st.text(max_size=5), max_size=3), st.lists(st.text(max_size=5), max_size=400))
def test_no_mail_has_more_looked_up_than_the_limit(answered: list[str], references: list[str]) -> None:
    named = ids_named(Message(Address("", MARIA), in_reply_to=tuple(answered), references=tuple(references)))
    assert len(named) <= MAX_REFERENCES
    assert len(set(named)) == len(named)
    assert "" not in named


@given(st.text(), st.text())
def test_the_key_of_an_id_is_short_and_its_own(one: str, other: str) -> None:
    assert len(reference_key(one)) == 64
    assert (reference_key(one) == reference_key(other)) == (one == other)


def test_a_contact_may_use_their_signed_address_from_another_of_their_addresses() -> None:
    office = "ufficio@cliente.example"
    both = replace(known(), people=frozenset({MARIA, office, CAPO}), contact=frozenset({MARIA, office}))
    clues = Clues(by_token=TICKET, token_of=MARIA, tickets={TICKET: both})
    for sender, ticket in ((office, TICKET), (CAPO, None)):
        assert decide(Message(Address("", sender)), sender, AuthVerdict(), clues, None).ticket == ticket


def test_an_answer_that_opened_a_ticket_before_what_it_answers_came_shows_that_both_are_one() -> None:
    both = {TICKET: known(), OTHER: known(OTHER)}
    clues = Clues(by_reference=(OTHER, TICKET), awaited=(TICKET,), tickets=both)
    joining = decide(Message(Address("", MARIA)), MARIA, AuthVerdict(), clues, None)
    assert (joining.ticket, joining.absorb) == (TICKET, (OTHER,))  # the older takes the younger in


@pytest.mark.parametrize("status", ["closed", "spam"])
def test_a_ticket_that_is_over_is_not_drawn_in(status: Status) -> None:
    both = {TICKET: known(), OTHER: known(OTHER, status)}
    clues = Clues(by_reference=(TICKET, OTHER), awaited=(OTHER,), tickets=both)
    joining = decide(Message(Address("", MARIA)), MARIA, AuthVerdict(), clues, None)
    assert (joining.ticket, joining.absorb) == (TICKET, ())


def test_of_a_closed_ticket_and_the_open_one_that_followed_it_the_open_one_is_joined() -> None:
    both = {TICKET: known(status="closed"), OTHER: known(OTHER)}
    clues = Clues(by_reference=(TICKET, OTHER), tickets=both)
    assert decide(Message(Address("", MARIA)), MARIA, AuthVerdict(), clues, None).ticket == OTHER


@pytest.mark.parametrize(
    ("patterns", "subject", "body", "expected"),
    [
        ((r"\[#\d+\]",), "Re: [#12345]", "", ("ext:[#12345]",)),
        ((r"\bCase (\d{4,})\b",), "", "see CASE  00118? no: case 00118", ("ext:00118",)),
        ((r"\[#\d+\]", r"INC\d+"), "[#1] [#1]", "inc7 INC7 Inc8", ("ext:[#1]", "ext:inc7", "ext:inc8")),
        ((), "[#1]", "", ()),
        ((r"\d",), "0123456789 0123456789", "", tuple(f"ext:{digit}" for digit in range(10))),
    ],
)
def test_other_desks_numbers_by_pattern(
    patterns: tuple[str, ...], subject: str, body: str, expected: tuple[str, ...]
) -> None:
    message = Message(Address("", MARIA), subject=subject, body=body)
    assert foreign_refs(message, patterns) == expected


def test_an_id_of_ours_counts_in_any_case_and_no_other_does() -> None:
    ours = "deskd.k1.n1.aaaaaaaaaaaaaaaaaaaaaaaaaa@acme.example"
    assert reference_key(ours) == reference_key(ours.upper())
    assert reference_key("CAJ+x@mail.example") != reference_key("caj+x@mail.example")
