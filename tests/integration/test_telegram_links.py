"""The one-time link in a text to a customer by mail: who gets it, who never does, and what it does in Telegram."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import bindparam, update

from connectors.standins.telegram import buttons
from deskd import linking
from deskd.store.tables import identities, link_codes, positions, tickets
from deskd.store.times import micros
from deskd.store.work import Statement
from tests.support.daemon import until
from tests.support.mailroom import mail
from tests.support.telegramdesk import LUCA, MARIA, TelegramDesk, telegram_desk

OWN = "maria@cliente.example"
PROVEN = "mx.acme.example; dmarc=pass header.from=cliente.example"
LINK = re.compile(r"https://t\.me/deskd_bot\?start=([\w-]+)")
RULES = """
rules:
  - name: acknowledge
    when: {kind: message, new: true}
    then: [{reply: received}]
"""
MORE = """
templates:
  received:
    it: |
      Grazie, {{ ticket.ref }}.
      {% if telegram_link %}Continui in Telegram: {{ telegram_link }}{% else %}A presto.{% endif %}
"""
CANNED = """---
name: chat
---
Ci scriva qui: {{ telegram_link }}
"""


@pytest.fixture
async def desk(tmp_path: Path, desk_url: str) -> AsyncIterator[TelegramDesk]:
    for folder, text in {"rules/rules.yaml": RULES, "canned/chat.md": CANNED}.items():
        (tmp_path / folder).parent.mkdir()
        (tmp_path / folder).write_text(text)
    async with telegram_desk(tmp_path, desk_url, more=MORE) as made:
        await made.start()
        await until(lambda: made.rows(positions, place="bot"), 60)
        yield made


async def answer(desk: TelegramDesk, to: str, number: int = 1) -> str:
    """The text of the number-th mail to somebody; waits for it."""
    found = await desk.mail.wait_for(lambda: desk.mail.to(to)[number - 1 :], 60)
    message = email.message_from_bytes(found[0].content, policy=email.policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def thread_of(desk: TelegramDesk, card: str) -> str:
    return "\n".join(str(one["text"]) for one in desk.slack.thread("C0FRONT", card))


async def taps(desk: TelegramDesk, user: int, text: str) -> str:
    """Somebody opens the link that a mail holds; what the bot asks them."""
    found = LINK.search(text)
    assert found is not None
    desk.telegram.write(user, f"/start {found[1]}")
    return str((await desk.hears(user, "indirizzo e-mail? Se conferma"))["text"])


async def agrees(desk: TelegramDesk, user: int) -> None:
    """And presses the button under it."""
    question = desk.said(user, "indirizzo e-mail? Se conferma")[-1]
    (button,) = buttons(question)
    assert button["text"] == "Sì, è mio"
    await desk.telegram.press(user, question["message_id"], button["callback_data"], within=60)


async def test_a_proven_writer_goes_on_in_telegram_as_the_contact_and_is_parted_again(
    desk: TelegramDesk,
) -> None:
    await desk.send_mail(mail(Authentication_Results=PROVEN), OWN)
    text = await answer(desk, OWN)
    found = LINK.search(text)
    assert found is not None
    token = found[1]
    assert len(token) == 32
    shown = await desk.card("Non torna il totale")
    assert token not in thread_of(desk, shown)
    assert token not in str(desk.tickets())
    asked = await taps(desk, MARIA, text)
    assert OWN not in asked
    assert asked.startswith("m…@cliente.example è")
    assert not desk.rows(identities, address=f"telegram:{MARIA}")
    await agrees(desk, MARIA)
    await desk.hears(MARIA, OWN)
    desk.telegram.write(LUCA, f"/start {token}")
    await desk.hears(LUCA, "non è più valido")
    desk.telegram.write(MARIA, "Scrivo da qui")
    card = await desk.card("Scrivo da qui")
    (mine,) = desk.rows(identities, address=OWN)
    assert {row["contact_id"] for row in desk.rows(tickets)} == {mine["contact_id"]}
    (chat,) = desk.rows(identities, address=f"telegram:{MARIA}")
    assert chat["contact_id"] == mine["contact_id"]
    assert card != shown


async def test_what_was_joined_by_a_link_is_parted_by_an_agent(desk: TelegramDesk) -> None:
    desk.telegram.write(MARIA, "Prima in chat")
    card = await desk.card("Prima in chat")
    await desk.send_mail(mail(Authentication_Results=PROVEN), OWN)
    await taps(desk, MARIA, await answer(desk, OWN))
    await agrees(desk, MARIA)
    await desk.reads(card, "one contact now")
    (joined,) = [one for one in desk.slack.thread("C0FRONT", card) if "one contact now" in one["text"]]
    await desk.slack.press("U0ANNA", "C0FRONT", joined["ts"], "part_contacts")
    await desk.reads(card, "two contacts again")
    (chat,) = desk.rows(identities, address=f"telegram:{MARIA}")
    (mine,) = desk.rows(identities, address=OWN)
    assert chat["contact_id"] != mine["contact_id"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"Authentication_Results": "mx.acme.example; dmarc=none header.from=cliente.example"},
        {"Authentication_Results": "mx.else.example; dmarc=pass header.from=cliente.example"},
        {"Authentication_Results": PROVEN, "Reply_To": f"{OWN}, other@else.example"},
    ],
    ids=["no word", "not proven", "somebody's word", "answers go elsewhere too"],
)
async def test_nobody_else_gets_a_link(desk: TelegramDesk, fields: dict[str, str]) -> None:
    await desk.send_mail(mail(**fields), OWN)
    text = await answer(desk, OWN)
    assert "A presto." in text
    assert "t.me" not in text
    assert not desk.rows(link_codes)


async def test_a_link_in_what_is_quoted_is_shown_without_its_token(desk: TelegramDesk) -> None:
    await desk.send_mail(mail(Authentication_Results=PROVEN), OWN)
    text = await answer(desk, OWN)
    found = LINK.search(text)
    assert found is not None
    await desk.send_mail(mail(text=f"Che cos'è {found[0]} ?", Authentication_Results=PROVEN), OWN)
    card = await desk.card("start=one-time")
    assert found[1] not in thread_of(desk, card)
    assert found[1] not in str(desk.tickets())


async def test_a_link_in_a_chat_is_shown_without_its_token(desk: TelegramDesk) -> None:
    await desk.send_mail(mail(Authentication_Results=PROVEN), OWN)
    found = LINK.search(await answer(desk, OWN))
    assert found is not None
    written = desk.telegram.write(LUCA, f"Che cos'è {found[0]} ?")
    card = await desk.card("Che cos'è")
    desk.telegram.edit(
        LUCA, written["message_id"], f"Scusi, che cos'è tg://resolve?domain=x&start={found[1]} ?"
    )
    await desk.reads(card, "start=one-time ?")
    await desk.at_rest()
    assert len([one for one in desk.thread(card) if "start=one-time" in one]) == 2
    assert found[1] not in thread_of(desk, card)
    assert found[1] not in str(desk.tickets())


async def test_a_link_from_somebody_else_brings_them_nothing_that_came_by_mail(desk: TelegramDesk) -> None:
    await desk.send_mail(mail(Authentication_Results=PROVEN), OWN)
    await taps(desk, MARIA, await answer(desk, OWN))
    await agrees(desk, MARIA)
    await desk.hears(MARIA, OWN)
    desk.telegram.write(MARIA, "Scrivo da qui")
    card = await desk.card("Scrivo da qui")
    theirs = "mx.acme.example; dmarc=pass header.from=else.example"
    sent = mail("Eva <eva@else.example>", "Altro", Authentication_Results=theirs)
    await desk.send_mail(sent, "eva@else.example")
    asked = await taps(desk, MARIA, await answer(desk, "eva@else.example"))
    assert asked.startswith("e…@else.example è")
    await desk.at_rest()
    (mine,) = desk.rows(identities, address=OWN)
    (chat,) = desk.rows(identities, address=f"telegram:{MARIA}")
    assert chat["contact_id"] == mine["contact_id"]
    await agrees(desk, MARIA)
    await desk.reads(card, "one contact now")
    (eva,) = desk.rows(identities, address="eva@else.example")
    owners = [row["contact_id"] for row in sorted(desk.rows(tickets), key=lambda row: int(row["id"]))]
    assert owners == [mine["contact_id"], eva["contact_id"], eva["contact_id"]]


async def test_a_question_that_no_longer_stands_joins_nothing(desk: TelegramDesk) -> None:
    await desk.send_mail(mail(Authentication_Results=PROVEN), OWN)
    text = await answer(desk, OWN)
    await taps(desk, MARIA, text)
    await taps(desk, LUCA, text)
    await agrees(desk, LUCA)
    await desk.hears(LUCA, OWN)
    await agrees(desk, MARIA)
    await desk.hears(MARIA, "non è più valido")
    assert not desk.rows(identities, address=f"telegram:{MARIA}")


async def test_a_link_is_worth_nothing_after_thirty_days(desk: TelegramDesk) -> None:
    assert desk.daemon is not None
    await desk.send_mail(mail(Authentication_Results=PROVEN), OWN)
    found = LINK.search(await answer(desk, OWN))
    assert found is not None
    long_ago = micros(desk.daemon.clock.now() - linking.LINK_LIFE - timedelta(seconds=1))
    made = Statement(update(link_codes).values(created_at=bindparam("long_ago")))
    await desk.daemon.store.write(lambda work: work.run(made, long_ago=long_ago))
    desk.telegram.write(MARIA, f"/start {found[1]}")
    await desk.hears(MARIA, "non è più valido")
    assert not desk.rows(identities, address=f"telegram:{MARIA}")


async def test_a_canned_reply_holds_a_link_for_the_proven_writer(desk: TelegramDesk) -> None:
    await desk.send_mail(mail(Authentication_Results=PROVEN), OWN)
    await answer(desk, OWN)
    card = await desk.card("Non torna il totale")
    desk.slack.post("U0ANNA", "C0FRONT", "!canned chat", card)
    (shown,) = await desk.slack.wait_for(lambda: list(desk.slack.ephemerals), 60)
    assert "start=one-time" in shown.text
    await desk.slack.press("U0ANNA", "C0FRONT", shown.ts, "send_canned")
    await taps(desk, LUCA, await answer(desk, OWN, 2))
    await agrees(desk, LUCA)
    await desk.hears(LUCA, OWN)
