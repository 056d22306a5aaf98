"""THREATS, ticket enumeration: what a stranger gets back is the same whether the ticket they name exists or not."""

from __future__ import annotations

import re
from email.message import EmailMessage

import pytest

from deskd.store import Store
from tests.support.mailroom import mail
from tests.support.strangers import ACKNOWLEDGE, scene


def masked(answer: EmailMessage) -> bytes:
    """An answer without what is its own: its number, ids, date and the mail it answers."""
    text = answer.as_bytes()
    for own in (
        rb"ACME-\d+",
        rb"deskd\.[\w.]+",
        rb"\+[a-z2-7]{26}",
        rb"(?im)^(?:date|in-reply-to|references|to):.*\r?\n(?:[ \t].*\r?\n)*",
        rb"=_[0-9a-f]+_\d",
    ):
        text = re.sub(own, b"*", text)
    return text


@pytest.mark.parametrize("brings", ["a number", "an id"])
def test_the_answer_tells_nothing_of_the_ticket_that_was_named(store: Store, brings: str) -> None:
    at = scene(store, ACKNOWLEDGE)

    def asked(who: str, ref: str, id: str) -> EmailMessage:
        subject, refs = (f"Re: [{ref}]", []) if brings == "a number" else ("Re: ciao", [id])
        ended = at.desk.arrive(mail(f"{who}@evil.example", subject, "Che succede?", refs=refs))
        assert ended.ticket != at.ticket
        [answer] = at.desk.sent()
        return answer

    foreign = asked("one", at.ref, at.ours)
    unknown = asked("two", "ACME-9999", "nothing@cliente.example")
    assert masked(foreign) == masked(unknown)
    assert at.ref.encode() not in foreign.as_bytes()
    assert b"Fattura" not in foreign.as_bytes()


def test_a_linked_ticket_shows_its_sender_nothing_of_the_other(store: Store) -> None:
    at = scene(store)
    other = at.desk.arrive(mail("one@evil.example", f"[{at.ref}]", "?", id="one@evil.example")).ticket or 0
    answer = at.desk.answer(other, "Non possiamo dire nulla.")
    assert b"cliente.example" not in answer.as_bytes()
    again = at.desk.answer(at.ticket, "Ecco.")
    assert b"evil.example" not in again.as_bytes()
