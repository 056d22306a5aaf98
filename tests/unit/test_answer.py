"""An agent's words, or a rule's, as the mail that carries them to the customer."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest

from deskd.compose.answer import Answered, Composed, Randomness, compose_answer
from deskd.compose.closing import Closing, Quoted
from deskd.compose.ids import check_message_id, token_of
from deskd.errors import PermanentFailure
from deskd.model import Address, Contact, Envelope
from deskd.parse import parse_mail
from tests.support.desk import MARIA, NOW, SETTINGS, TICKET

KEY = ("k1", b"secret" * 6)
RANDOM = Randomness("abc123", b"0123456789abcdef")
QUESTION = Answered(
    "q2@cliente.example", ("q1@cliente.example",), "Fattura 118", (Address("Maria", "maria@cliente.example"),)
)


def compose(markup: str = "Ciao *Maria*", **changes: Any) -> Composed:
    values: dict[str, Any] = {
        "settings": SETTINGS,
        "ticket": TICKET,
        "contact": MARIA,
        "answered": QUESTION,
        "auto": False,
    }
    values |= changes
    return compose_answer(
        values["settings"], values["ticket"], values["contact"], values["answered"], markup,
        auto=values["auto"], plain=values.get("plain", False), closing=values.get("closing", Closing()), key=KEY,
        randomness=RANDOM, now=NOW,
    )  # fmt: skip


def mail(composed: Composed) -> EmailMessage:
    read = email.message_from_bytes(composed.mail.content, policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    return read


def test_a_reply_answers_the_customers_last_mail() -> None:
    composed = compose()
    read = mail(composed)
    assert read["From"] == "Acme Support <support@acme.example>"
    assert read["To"] == "Maria <maria@cliente.example>"
    assert read["Subject"].startswith("Re: Fattura 118")
    assert read["In-Reply-To"] == "<q2@cliente.example>"
    assert read["References"] == "<q1@cliente.example> <q2@cliente.example>"
    assert "Auto-Submitted" not in read
    assert composed.mail.recipients == ("maria@cliente.example",)
    assert composed.mail.mail_from


def test_slack_markup_becomes_plain_text_and_html() -> None:
    read = mail(compose("Ciao *Maria*, <https://acme.example|qui> &lt;b&gt;"))
    plain, html = read.get_body(("plain",)), read.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "Ciao Maria, qui (https://acme.example) <b>" in plain.get_content()
    assert "<b>" not in html.get_content().replace("<b>Maria</b>", "").replace("<strong>Maria</strong>", "")
    assert 'href="https://acme.example"' in html.get_content()


def test_its_ids_are_ours_and_cannot_be_guessed() -> None:
    composed = compose()
    assert check_message_id(composed.mail.message_id, {KEY[0]: KEY[1]})
    assert mail(composed)["Message-ID"] == f"<{composed.mail.message_id}>"
    reply_to = str(mail(composed)["Reply-To"]).rpartition("<")[2].rstrip(">")
    assert token_of(reply_to) == composed.token
    assert composed.token is not None
    assert composed.address == "maria@cliente.example"


def test_an_address_that_leaves_no_room_for_a_token_goes_without() -> None:
    long = "x" * 60 + "@acme.example"
    channel = SETTINGS.mail_channels()["support-mail"].model_copy(update={"address": long})
    composed = compose(settings=replace(SETTINGS, channels={**SETTINGS.channels, "support-mail": channel}))
    assert composed.token is None
    assert mail(composed)["Reply-To"] is None


def test_an_automatic_answer_says_so_and_carries_nothing_of_the_senders() -> None:
    composed = compose("Grazie, abbiamo ricevuto ACME-1042.", auto=True)
    read = mail(composed)
    assert read["Auto-Submitted"] == "auto-replied"
    assert composed.mail.mail_from == "", "the null sender: nothing comes back"
    assert "Fattura" not in composed.mail.content.decode()
    body = read.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "Grazie, abbiamo ricevuto ACME-1042."


@pytest.mark.parametrize(
    ("answered", "contact", "recipients"),
    [
        (QUESTION, MARIA, ("maria@cliente.example",)),
        (replace(QUESTION, answer_to=(Address("", "ufficio@cliente.example"),)), MARIA, ("ufficio@cliente.example",)),  # Reply-To
        (None, MARIA, ("maria@cliente.example",)),  # nothing to answer: the contact's own address
        (replace(QUESTION, answer_to=()), MARIA, ("maria@cliente.example",)),
        # an address of the desk's own among them would make it answer itself
        (replace(QUESTION, answer_to=(Address("", "Help@acme.example"), Address("", "m@cliente.example"))), MARIA, ("m@cliente.example",)),
    ],
)  # fmt: skip
def test_who_gets_it(answered: Answered | None, contact: Contact, recipients: tuple[str, ...]) -> None:
    assert compose(answered=answered, contact=contact).mail.recipients == recipients


@pytest.mark.parametrize(
    "changes",
    [
        {
            "answered": replace(QUESTION, answer_to=(Address("", "support+tag@acme.example"),))
        },  # only ourselves
        {"answered": None, "contact": Contact(3, "", "unknown")},  # a placeholder's
        {"answered": None, "contact": Contact(3, "", "telegram:99")},
        {"ticket": replace(TICKET, channel="gone-mail")},  # the channel isn't configured any more
        {"ticket": replace(TICKET, channel="slack")},
    ],
)
def test_where_there_is_nobody_to_write_to(changes: dict[str, Any]) -> None:
    with pytest.raises(PermanentFailure):
        compose(**changes)


def test_a_ticket_without_a_mail_to_answer_has_its_own_subject() -> None:
    read = mail(compose(answered=None))
    assert "Fattura 118" in read["Subject"]
    assert read["In-Reply-To"] is None


# ── what stands below ────────────────────────────────────────────────────────────────────────────────────────────────

BELOW = Closing("Anna Rossi\nAcme <3", Quoted("Non torna\n<b>il totale</b>", "Maria Rossi", NOW))


def part(composed: Composed, kind: str) -> str:
    found = mail(composed).get_body((kind,))
    assert found is not None
    return str(found.get_content()).replace("\r\n", "\n")


def test_signature_and_quote_stand_below_in_both_forms() -> None:
    composed = compose(closing=BELOW)
    assert part(composed, "plain") == (
        "Ciao Maria\n\n-- \nAnna Rossi\nAcme <3\n\nIl 23/11/2026 09:00 Maria Rossi ha scritto:\n> Non torna\n> <b>il totale</b>\n"
    )
    html = part(composed, "html")
    assert "<p>-- <br>\nAnna Rossi<br>\nAcme &lt;3</p>" in html
    assert '<blockquote type="cite">Non torna<br>\n&lt;b&gt;il totale&lt;/b&gt;</blockquote>' in html


@pytest.mark.parametrize("language", ["it", "en", "es", "pt", "de"])
def test_deskd_itself_knows_what_it_quoted_when_it_comes_back(language: str) -> None:
    """So does every mail program: the line above the quote is one of those they write."""
    composed = compose(closing=BELOW, ticket=replace(TICKET, language=language))
    assert parse_mail(composed.mail.content, Envelope()).text == "Ciao Maria"


def test_a_plain_reply_has_them_too_and_an_automatic_one_nothing() -> None:
    assert "-- \nAnna" in part(compose(closing=BELOW, plain=True), "plain")
    assert "Anna" not in part(compose(closing=BELOW, auto=True), "plain")


def test_a_very_long_mail_is_quoted_in_part() -> None:
    text = part(compose(closing=Closing(quoted=Quoted("x\n" * 40_000, "Maria", NOW))), "plain")
    assert len(text) < 50_000
    assert text.rstrip().endswith("> […]")
