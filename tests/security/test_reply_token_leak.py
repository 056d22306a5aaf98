"""THREATS, reply tokens that leak by quoting and forwarding: a signed address is its owner's, and is shown to nobody else."""

from __future__ import annotations

import json

from sqlalchemy import select

from deskd.compose.ids import token_hash, token_of
from deskd.store import Store
from deskd.store.tables import inbox, messages, outbox, reply_tokens
from tests.support.mailroom import mail, signed_address
from tests.support.store import rows
from tests.support.strangers import ANNA, MALLORY, MARIA, PASSES, Scene, scene


def replaced(at: Scene, address: str) -> bool:
    [row] = rows(at.desk.store, reply_tokens, hash=token_hash(token_of(address) or ""))
    return row["replaced_at"] is not None


def test_whoever_was_forwarded_an_answer_does_not_join_and_the_address_is_replaced(store: Store) -> None:
    at = scene(store)
    stolen = at.signed
    other = at.desk.arrive(mail(MALLORY, "Re: Fattura", "Annullate.", to=stolen)).ticket
    assert other != at.ticket
    assert replaced(at, stolen)
    # from now on it leads nobody anywhere, not even its owner; her next answer carries a fresh one
    assert at.desk.arrive(mail(MARIA, "x", "Io.", to=stolen)).ticket != at.ticket
    fresh = signed_address(at.desk.answer(at.ticket))
    assert fresh != stolen
    assert at.desk.arrive(mail(MARIA, "y", "Ancora io.", to=fresh)).ticket == at.ticket


def test_its_owner_may_use_it_in_any_case_and_as_often_as_she_likes(store: Store) -> None:
    at = scene(store)
    for number, address in enumerate((at.signed, at.signed.upper(), at.signed.swapcase())):
        owner = MARIA.replace("maria@", "Maria@") if number else MARIA
        assert at.desk.arrive(mail(owner, f"{number}", f"{number}", to=address)).ticket == at.ticket
    assert not replaced(at, at.signed)


def test_a_token_in_the_envelope_alone_counts_too(store: Store) -> None:
    at = scene(store)
    assert at.desk.arrive(mail(MARIA, "x", "Io."), rcpt_to=[at.signed]).ticket == at.ticket
    assert at.desk.arrive(mail(MALLORY, "x", "Io."), rcpt_to=[at.signed]).ticket != at.ticket
    assert replaced(at, at.signed)


def test_a_failing_mail_in_its_owners_name_does_not_cost_her_the_address(store: Store) -> None:
    at = scene(store)
    forged = mail(MARIA, "x", "Io?", to=at.signed, Authentication_Results="mx.acme.example; dmarc=fail")
    assert at.desk.arrive(forged).ticket != at.ticket
    assert not replaced(at, at.signed)


def test_an_answer_address_other_than_her_own_does_not_lock_her_out(store: Store) -> None:
    """She asks for answers to her office's address, and writes on from her own."""
    at = scene(store)
    ticket = at.desk.arrive(mail(MARIA, "Altro", "?", Reply_To="ufficio@cliente.example")).ticket or 0
    answer = at.desk.answer(ticket)
    assert "ufficio@cliente.example" in str(answer["To"])
    assert at.desk.arrive(mail(MARIA, "x", "Io.", to=signed_address(answer))).ticket == ticket


def test_no_token_stands_anywhere_that_people_read(store: Store) -> None:
    at = scene(store)
    token = token_of(at.signed) or ""
    text = f"Ok.\r\n\r\nIl 23/11 Acme <{at.signed}> ha scritto:\r\n> scrivi a {at.signed.upper()}\r\n> mailto:{at.signed.replace('+', '%2B')}\r\n"
    at.desk.arrive(
        mail(MARIA, f"Re: {at.signed}", text, to=at.signed, refs=[at.ours], X_Original_To=at.signed)
    )
    at.desk.arrive(mail(ANNA, f"[{at.ref}]", f"Scrivi a {at.signed}, grazie.", Authentication_Results=PASSES))
    at.desk.arrive(mail(MALLORY, f"Fwd: {at.signed}", text, to=at.signed, Cc=at.signed))
    carried = at.desk.sent()[-1]
    assert token not in carried.get_content().lower()
    assert "scrivi a support@acme.example" in carried.get_content().lower()
    told = json.dumps(at.desk.all(), default=str).lower()
    assert "support@acme.example" in told
    assert token not in told
    shown = at.desk.store.read_now(
        lambda work: work.once(select(outbox.c.payload).where(outbox.c.kind != "mail"))
    )
    assert token not in json.dumps([dict(row) for row in shown]).lower()
    kept = [
        row[name]
        for row in rows(at.desk.store, messages)
        for name in ("text", "body", "subject", "html", "rules_fired")
    ]
    assert token not in json.dumps(kept).lower()
    facts = [row[name] for row in rows(at.desk.store, inbox) for name in ("reason", "auth", "facts")]
    assert token not in json.dumps(facts).lower()


def test_the_desk_itself_keeps_only_a_hash(store: Store) -> None:
    at = scene(store)
    kept = rows(at.desk.store, reply_tokens)
    assert (token_of(at.signed) or "") not in json.dumps([list(map(str, row.values())) for row in kept])
