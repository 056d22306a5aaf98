"""THREATS, the Zendesk hijack of 2024: a guessable address per ticket, and a CC that let anyone in."""

from __future__ import annotations

import random

from deskd.compose.ids import token_of
from deskd.store import Store
from tests.support.mailroom import SUPPORT, mail
from tests.support.strangers import MALLORY, MARIA, scene


def test_the_steps_of_the_hijack_lead_nowhere(store: Store) -> None:
    """A stranger writes to the ticket's address in its contact's name, failing the checks, with their own address in CC."""
    at = scene(store)
    forged = mail(
        MARIA, f"Re: [{at.ref}]", "Add my colleague.", Cc="mallory@evil.example", refs=["first@cliente.example"],
        Authentication_Results="mx.acme.example; dmarc=fail header.from=cliente.example",
    )  # fmt: skip
    other = at.desk.arrive(forged).ticket or 0
    assert other != at.ticket
    assert not [name for name in at.desk.buttons(other) if name.startswith("add_participant")]
    assert at.desk.arrive(mail(MALLORY, f"Re: [{at.ref}]", "And now?")).ticket not in (at.ticket, other)
    assert at.desk.answer(at.ticket)["Cc"] is None


def test_a_cc_gives_nobody_anything_before_an_agent_says_so(store: Store) -> None:
    at = scene(store)
    joined = at.desk.arrive(mail(subject=f"[{at.ref}]", text="Con Mallory.", Cc=MALLORY)).ticket
    assert joined == at.ticket
    assert at.desk.answer(at.ticket)["Cc"] is None
    assert at.desk.arrive(mail(MALLORY, f"[{at.ref}]", "?")).ticket != at.ticket


def test_a_strangers_cc_proposes_nobody_to_the_ticket_it_names(store: Store) -> None:
    at = scene(store)
    at.desk.arrive(mail(MALLORY, f"[{at.ref}]", "?", Cc="eve@evil.example"))
    assert not [name for name in at.desk.buttons(at.ticket) if name.startswith("add_participant")]


def test_signed_addresses_cannot_be_guessed(store: Store) -> None:
    """128 random bits; what a program makes up, or makes of one it has seen, opens nothing."""
    at = scene(store)
    token = token_of(at.signed) or ""
    assert len(token) * 5 >= 128
    chance = random.Random(118)
    alphabet = "abcdefghijklmnopqrstuvwxyz234567"
    made_up = ["".join(chance.choices(alphabet, k=26)) for _ in range(150)]
    near = [token[:i] + alphabet[(alphabet.index(token[i]) + 1) % 32] + token[i + 1 :] for i in range(25)]
    for guess in [*made_up, *near, at.ref.lower(), str(at.ticket), token[:-1], token + "a"]:
        address = SUPPORT.replace("@", f"+{guess}@")
        ended = at.desk.arrive(mail(text=guess, subject="?", to=address))
        assert ended.ticket != at.ticket
