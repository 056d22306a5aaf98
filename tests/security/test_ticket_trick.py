"""THREATS, Ticket Trick (De Ceukelaire 2017; GitLab, HackerOne 498964): a third party's mail to the desk is shown to no customer.

Who opens a ticket in the desk's name at an identity provider must never read the confirmation it sends to the support address.
"""

from __future__ import annotations

import pytest

from deskd.store import Store
from tests.support.mailroom import mail
from tests.support.strangers import ACKNOWLEDGE, MALLORY, scene

CODE = "Your code is 493021."


@pytest.mark.parametrize("auto", [{}, {"Auto_Submitted": "auto-generated"}, {"Precedence": "bulk"}])
@pytest.mark.parametrize("brings", ["signed address", "reference in the subject", "our id", "all of them"])
def test_a_third_partys_mail_lands_in_a_ticket_of_its_own(
    store: Store, brings: str, auto: dict[str, str]
) -> None:
    at = scene(store, ACKNOWLEDGE)
    everything = brings == "all of them"
    payload = mail(
        "no-reply@idp.example",
        f"Confirm your address [{at.ref}]" if everything or "subject" in brings else "Confirm your address",
        CODE,
        to=at.signed if everything or brings == "signed address" else "support@acme.example",
        refs=[at.ours] if everything or brings == "our id" else (),
        **auto,
    )
    other = at.desk.arrive(payload).ticket
    assert other not in (None, at.ticket)
    assert [link["ref"] for link in at.desk.shown(other)["links"]] == [at.ref]
    assert "join" in at.desk.buttons(other or 0)
    assert not any(CODE in message["body"] for message in at.desk.shown(at.ticket)["messages"])
    gone = at.desk.sent()
    assert not [one for one in gone if "maria" in str(one["To"]) or CODE in str(one)]
    assert (gone == []) == bool(auto)  # only a person is answered, and that person alone


def test_what_its_ticket_is_answered_goes_to_its_sender_alone(store: Store) -> None:
    at = scene(store)
    other = at.desk.arrive(mail("no-reply@idp.example", f"[{at.ref}]", CODE)).ticket or 0
    answer = at.desk.answer(other, "Grazie.")
    assert [one.addr_spec for one in answer["To"].addresses] == ["no-reply@idp.example"]
    assert answer["Cc"] is None


def test_whoever_opened_the_ticket_from_a_providers_address_reads_nothing_of_it(store: Store) -> None:
    """The other way round: Mallory's ticket first, then the provider's mail about it."""
    at = scene(store)
    mallorys = at.desk.arrive(mail(MALLORY, "Aiuto", "?")).ticket or 0
    signed = str(at.desk.answer(mallorys)["Reply-To"])
    other = at.desk.arrive(mail("noreply@idp.example", "Confirm", CODE, to=signed)).ticket
    assert other != mallorys
    assert CODE not in str(at.desk.answer(mallorys, "Ecco."))
