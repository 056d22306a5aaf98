"""Customers in Telegram, from an update to an agent's thread and back: a whole daemon, the genuine library, the stand-in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from connectors.standins.telegram import buttons
from connectors.standins.telegram.sending import shape
from deskd.store.tables import identities, tickets
from tests.support.telegramdesk import LUCA, MARIA, TelegramDesk, telegram_desk


@pytest.fixture
async def desk(tmp_path: Path, desk_url: str) -> AsyncIterator[TelegramDesk]:
    async with telegram_desk(tmp_path, desk_url) as made:
        await made.start()
        yield made


async def test_a_message_opens_a_ticket_and_is_answered_in_its_chat(desk: TelegramDesk) -> None:
    desk.telegram.write(MARIA, "La stampante non stampa più, che faccio?")
    card = await desk.card("La stampante non stampa")
    await desk.reply(card, "Buongiorno, la *spenga* e la riaccenda.")
    message = await desk.hears(MARIA, "Buongiorno, la spenga e la riaccenda.")
    assert message["entities"] == [{"type": "bold", "offset": 15, "length": 6}]
    desk.telegram.write(MARIA, "Fatto, grazie")
    await desk.reads(card, "Fatto, grazie")
    (ticket,) = desk.tickets()
    assert ticket["channel"] == "telegram"
    assert ticket["contact"] == {"name": "Maria Rossi", "address": "telegram:501"}
    assert [one["direction"] for one in ticket["messages"]] == ["in", "out", "in"]
    assert ticket["language"] == "it"


async def test_each_ticket_of_a_chat_gets_what_answers_its_messages(desk: TelegramDesk) -> None:
    first = desk.telegram.write(MARIA, "La fattura 118 non torna")
    bill = await desk.card("La fattura 118")
    desk.telegram.write(MARIA, "/new")
    await desk.hears(MARIA, "nuova richiesta")
    desk.telegram.write(MARIA, "Un'altra cosa: la password")
    other = await desk.card("Un'altra cosa")
    assert other != bill
    await desk.reply(bill, "La controllo")
    answer = await desk.hears(MARIA, "La controllo")
    desk.telegram.write(MARIA, "Grazie della fattura", reply_to=answer["message_id"])
    await desk.reads(bill, "Grazie della fattura")
    desk.telegram.write(MARIA, "L'ho già pagata", reply_to=first["message_id"])
    await desk.reads(bill, "L'ho già pagata")
    desk.telegram.write(MARIA, "E la password?")
    await desk.reads(other, "E la password?")
    assert [len(ticket["messages"]) for ticket in desk.tickets()] == [4, 2]


async def test_what_is_written_after_resolving_reopens(desk: TelegramDesk) -> None:
    desk.telegram.write(MARIA, "Non va")
    card = await desk.card("Non va")
    await desk.reply(card, "!resolve Sistemato", "white_check_mark")
    await desk.hears(MARIA, "Sistemato")
    desk.telegram.write(MARIA, "Ancora no")
    await desk.reads(card, "Ancora no")
    await desk.at_rest()
    (ticket,) = desk.tickets()
    assert ticket["status"] == "open"


async def test_after_the_configured_time_another_ticket_opens_linked_to_the_first(
    tmp_path: Path, desk_url: str
) -> None:
    async with telegram_desk(tmp_path, desk_url, settings={"reopen": "0s"}) as desk:
        await desk.start()
        desk.telegram.write(MARIA, "Non va")
        card = await desk.card("Non va")
        await desk.reply(card, "!resolve Sistemato")
        desk.telegram.write(MARIA, "Un'altra domanda")
        assert await desk.card("Un'altra domanda") != card
        first, second = desk.tickets()
        assert (first["status"], second["status"]) == ("resolved", "new")
        assert first["ref"] in str(second["links"])


async def test_a_photo_comes_in_with_its_bytes_and_an_album_is_one_message(desk: TelegramDesk) -> None:
    desk.telegram.send_file(MARIA, "photo", b"\xff\xd8 a photo", caption="Ecco l'errore")
    card = await desk.card("Ecco l'errore")
    files = [
        ("photo", "", b"\xff\xd8 first"),
        ("video", "v.mp4", b"second"),
        ("photo", "", b"\xff\xd8 third"),
    ]
    desk.telegram.album(MARIA, files, caption="Tre viste")
    await desk.reads(card, "Tre viste")
    await desk.at_rest()
    (ticket,) = desk.tickets()
    one, three = ticket["messages"]
    assert [file["size"] for file in one["attachments"]] == [10]
    assert sorted(file["size"] for file in three["attachments"]) == [6, 8, 8]
    shown = [file["name"] for post in desk.slack.thread("C0FRONT", card) for file in post.get("files", ())]
    assert len(shown) == 4
    assert len([one for one in desk.thread(card) if "Tre viste" in one]) == 1


async def test_a_file_that_is_too_large_is_named(desk: TelegramDesk) -> None:
    desk.telegram.send_file(MARIA, "video", b"", name="film.mp4", size=21_000_000, caption="Guardi")
    await desk.card("Guardi")
    await desk.at_rest()
    assert [post for post in desk.slack.channel_messages("C0FRONT") if "film.mp4" in str(post)]
    assert desk.telegram.calls_of("getFile") == []


async def test_an_edit_is_a_version(desk: TelegramDesk) -> None:
    message = desk.telegram.write(MARIA, "Fattura 118")
    card = await desk.card("Fattura 118")
    desk.telegram.edit(MARIA, message["message_id"], "Fattura 119")
    await desk.reads(card, "Fattura 119")
    (ticket,) = desk.tickets()
    (only,) = ticket["messages"]
    assert only["text"] == "Fattura 119"
    assert only["versions"] == ["Fattura 118"]


def exchange_photo(desk: TelegramDesk, message: dict[str, Any], data: bytes) -> None:
    """The customer edits a message: another photo stands in it now."""
    photo = shape("photo", desk.telegram.world.add_file("", "image/jpeg", data))
    desk.telegram.update({"edited_message": {**message, "photo": photo, "edit_date": message["date"] + 5}})


async def test_a_photo_in_anothers_place_counts_and_the_first_is_kept(desk: TelegramDesk) -> None:
    message = desk.telegram.send_file(MARIA, "photo", b"\xff\xd8 wrong", caption="La ricevuta")
    card = await desk.card("La ricevuta")
    exchange_photo(desk, message, b"\xff\xd8 the right one")
    desk.telegram.edit(MARIA, message["message_id"], "La ricevuta giusta")  # the photo it began with, again
    exchange_photo(desk, {**message, "caption": "La ricevuta giusta"}, b"\xff\xd8 the last one")
    await desk.at_rest()
    (ticket,) = desk.tickets()
    (only,) = ticket["messages"]
    assert only["versions"] == ["La ricevuta", "La ricevuta", "La ricevuta giusta"]
    assert [file["size"] for file in only["attachments"]] == [len(b"\xff\xd8 the last one")]
    assert [file["size"] for file in only["replaced"]] == [8, 16, 8]
    shown = [file for post in desk.slack.thread("C0FRONT", card) for file in post.get("files", ())]
    assert shown


async def test_an_albums_photo_is_exchanged_and_its_others_stay(desk: TelegramDesk) -> None:
    files = [("photo", "", b"\xff\xd8 1"), ("photo", "", b"\xff\xd8 22"), ("photo", "", b"\xff\xd8 333")]
    album = desk.telegram.album(MARIA, files, caption="Tre viste")
    await desk.card("Tre viste")
    await desk.at_rest()
    exchange_photo(desk, album[1], b"\xff\xd8 another")
    await desk.at_rest()
    (ticket,) = desk.tickets()
    (only,) = ticket["messages"]
    assert sorted(file["size"] for file in only["attachments"]) == [4, 6, 10]
    assert [file["size"] for file in only["replaced"]] == [5]


async def test_a_caption_that_changes_leaves_the_photo(desk: TelegramDesk) -> None:
    message = desk.telegram.send_file(MARIA, "photo", b"\xff\xd8 photo", caption="Ecco")
    card = await desk.card("Ecco")
    desk.telegram.edit(MARIA, message["message_id"], "Ecco la foto")
    await desk.reads(card, "Ecco la foto")
    await desk.at_rest()
    (ticket,) = desk.tickets()
    (only,) = ticket["messages"]
    assert (len(only["attachments"]), only["replaced"]) == (1, [])
    assert len(desk.telegram.calls_of("getFile")) == 1


async def test_kinds_that_are_no_text_are_shown_as_what_they_are(desk: TelegramDesk) -> None:
    desk.telegram.send(MARIA, {"location": {"latitude": 45.07, "longitude": 7.68}})
    card = await desk.card("[location: 45.07, 7.68]")
    desk.telegram.send(MARIA, {"contact": {"phone_number": "+39 011 123", "first_name": "Ada"}})
    desk.telegram.send(
        MARIA, {"poll": {"question": "Quando?", "options": [{"text": "oggi"}, {"text": "mai"}]}}
    )
    desk.telegram.send(MARIA, {"hologram": {"depth": 3}})
    for text in ("[contact: Ada, +39 011 123]", "[poll: Quando? — oggi / mai]", "[hologram]"):
        await desk.reads(card, text)
    (ticket,) = desk.tickets()
    assert len(ticket["messages"]) == 4


async def test_an_answer_that_was_lost_is_settled_by_an_agent(desk: TelegramDesk) -> None:
    desk.telegram.write(MARIA, "Aiuto")
    card = await desk.card("Aiuto")
    desk.telegram.fail("sendMessage", "lost answer")
    lost = await desk.reply(card, "Arrivo", "grey_question")
    await desk.reads(card, "Nobody can tell")
    (message,) = [one for one in desk.slack.thread("C0FRONT", card) if "Nobody can tell" in one["text"]]
    await desk.at_rest()
    assert len(desk.said(MARIA, "Arrivo")) == 1
    await desk.slack.press("U0ANNA", "C0FRONT", message["ts"], "it_arrived")
    await desk.marked(lost, "white_check_mark")
    desk.telegram.fail("sendMessage", "reset")
    await desk.reply(card, "Eccomi", "grey_question")
    await desk.slack.wait_for(
        lambda: [one for one in desk.slack.thread("C0FRONT", card) if "Nobody can tell" in one["text"]][1:]
    )
    *_, again = [one for one in desk.slack.thread("C0FRONT", card) if "Nobody can tell" in one["text"]]
    assert desk.said(MARIA, "Eccomi") == []
    await desk.slack.press("U0ANNA", "C0FRONT", again["ts"], "send_again")
    await desk.hears(MARIA, "Eccomi")
    assert len(desk.said(MARIA, "Arrivo")) == 1


async def test_what_was_surely_not_sent_goes_later(desk: TelegramDesk) -> None:
    desk.telegram.write(MARIA, "Aiuto")
    desk.telegram.write(LUCA, "Anch'io")
    card, other = await desk.card("Aiuto"), await desk.card("Anch'io")
    desk.telegram.fail("sendMessage", "429", chat=MARIA, retry_after=2)
    slow = desk.slack.post("U0ANNA", "C0FRONT", "Piano", card)
    await desk.telegram.wait_for(lambda: desk.telegram.calls_of("sendMessage"), 60)
    await desk.reply(other, "Subito")
    assert desk.said(LUCA, "Subito")
    await desk.marked(slow, "white_check_mark")
    assert len(desk.said(MARIA, "Piano")) == 1
    desk.telegram.outage()
    waits = desk.slack.post("U0ANNA", "C0FRONT", "Dopo il guasto", card)
    await desk.slack.wait_for(lambda: desk.slack.delivery.under_way == 0, 60)
    await desk.telegram.recover()
    await desk.marked(waits, "white_check_mark")
    assert len(desk.said(MARIA, "Dopo il guasto")) == 1


async def test_a_customer_who_blocks_the_bot_is_told_of(desk: TelegramDesk) -> None:
    desk.telegram.write(MARIA, "Aiuto")
    card = await desk.card("Aiuto")
    desk.telegram.block(MARIA)
    await desk.reads(card, "has blocked the bot")
    await desk.reply(card, "Mi sente?", "warning")
    await desk.reads(card, "bot was blocked by the user")
    desk.telegram.unblock(MARIA)
    await desk.reads(card, "let the bot in again")


async def test_a_long_reply_is_parted_and_goes_on_where_it_stopped(desk: TelegramDesk) -> None:
    desk.telegram.write(MARIA, "Aiuto")
    card = await desk.card("Aiuto")
    text = "\n\n".join(f"Paragrafo {number}. " + "parola " * 80 for number in range(20))
    ts = desk.slack.post("U0ANNA", "C0FRONT", text, card)
    await desk.telegram.wait_for(lambda: len(desk.telegram.sent(MARIA)) == 1, 60)
    desk.telegram.fail("sendMessage", "429", retry_after=1)
    await desk.marked(ts, "white_check_mark")
    parts = [one["text"] for one in desk.telegram.sent(MARIA)]
    assert len(parts) == 3
    assert " ".join(" ".join(parts).split()) == " ".join(text.split())
    ids = [one["message_id"] for one in desk.telegram.sent(MARIA)]
    desk.telegram.write(MARIA, "/new")
    desk.telegram.write(MARIA, "Un'altra cosa")
    await desk.card("Un'altra cosa")
    for number, part in enumerate(ids):
        desk.telegram.write(MARIA, f"Non ho capito il pezzo {number}", reply_to=part)
        await desk.reads(card, f"il pezzo {number}")


async def test_an_agents_files_go_as_what_they_are(desk: TelegramDesk) -> None:
    desk.telegram.write(MARIA, "Aiuto")
    card = await desk.card("Aiuto")
    files = [("foto.png", b"\x89PNG picture"), ("nota.pdf", b"%PDF paper")]
    ts = desk.slack.post("U0ANNA", "C0FRONT", "Ecco *tutto*", card, files=files)
    await desk.marked(ts, "white_check_mark")
    photo, paper = desk.telegram.sent(MARIA)
    assert (photo["caption"], photo["caption_entities"][0]["type"]) == ("Ecco tutto", "bold")
    assert desk.telegram.file(photo["photo"][0]["file_id"]).data == b"\x89PNG picture"
    assert paper["document"]["file_name"] == "nota.pdf"


async def test_the_bots_own_words_in_the_customers_language(desk: TelegramDesk) -> None:
    await desk.telegram.wait_for(lambda: len(desk.telegram.methods.commands) == 5, 60)
    described = {code: found[0]["description"] for (_, code), found in desk.telegram.methods.commands.items()}
    assert described["it"] == "Come contattarci" == described[""]
    assert described["es"] == "Cómo contactarnos"
    desk.telegram.write(MARIA, "/start")
    await desk.hears(MARIA, "Qui è Acme Support")
    desk.telegram.write(MARIA, "/status")
    await desk.hears(MARIA, "Non ha richieste aperte")
    desk.telegram.write(MARIA, "/language")
    which = await desk.hears(MARIA, "In quale lingua")
    await desk.telegram.press(MARIA, which["message_id"], "language:pt", within=60)
    await desk.hears(MARIA, "vamos escrever em português")
    desk.telegram.write(MARIA, "Olá, a impressora não funciona")
    await desk.card("a impressora")
    desk.telegram.write(MARIA, "/status")
    await desk.hears(MARIA, "ACME-1001 · Olá, a impressora não funciona · recebido")
    desk.telegram.write(MARIA, "/close")
    await desk.hears(MARIA, "ACME-1001 fica resolvido")
    desk.telegram.write(MARIA, "/help")
    await desk.hears(MARIA, "/close: Tudo certo")
    await desk.at_rest()
    (ticket,) = desk.tickets()
    assert (ticket["status"], ticket["language"], len(ticket["messages"])) == ("resolved", "pt", 1)


MENU = [
    {
        "title": {"it": "Fatture", "en": "Invoices"},
        "tags": "billing",
        "topics": [{"title": "Copia", "article": "invoice-copy"}, {"title": "Altro", "tags": ["odd"]}],
    }
]
ARTICLE = """---
name: invoice-copy
title: Copia di una fattura
---
La trova nell'area clienti.
"""


async def test_a_menu_answers_from_the_knowledge_folder_or_opens_a_ticket(
    tmp_path: Path, desk_url: str
) -> None:
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge" / "invoice-copy.md").write_text(ARTICLE)
    async with telegram_desk(tmp_path, desk_url, settings={"menu": MENU}) as desk:
        await desk.start()
        desk.telegram.write(MARIA, "/start")
        greeting = (await desk.hears(MARIA, "Oppure scelga"))["message_id"]
        await desk.telegram.press(MARIA, greeting, "menu:0", within=60)
        await desk.hears(MARIA, "Fatture")
        await desk.telegram.press(MARIA, greeting, "menu:0.0", within=60)
        await desk.hears(MARIA, "La trova nell'area clienti.")
        await desk.telegram.press(MARIA, greeting, "menu:", within=60)
        await desk.hears(MARIA, "Di che cosa si tratta?")
        await desk.telegram.press(MARIA, greeting, "menu:0", within=60)
        await desk.telegram.wait_for(lambda: len(buttons(desk.telegram.sent(MARIA)[0])) == 3, 60)
        await desk.telegram.press(MARIA, greeting, "menu:0.1", within=60)
        await desk.hears(MARIA, "Altro: ci racconti")
        desk.telegram.write(MARIA, "Il totale non torna")
        await desk.card("Il totale non torna")
        (ticket,) = desk.tickets()
        assert ticket["tags"] == ["billing", "odd"]


async def test_a_resolved_ticket_is_rated_and_commented(tmp_path: Path, desk_url: str) -> None:
    async with telegram_desk(tmp_path, desk_url, settings={"rating": True}) as desk:
        await desk.start()
        desk.telegram.write(MARIA, "Non va la stampante")
        card = await desk.card("Non va")
        await desk.reply(card, "!resolve Fatto")
        asked = await desk.telegram.wait_for(
            lambda: [one for one in desk.telegram.sent(MARIA) if buttons(one)], 60
        )
        number = asked[0]["message_id"]
        assert [button["text"] for button in buttons(asked[0])] == ["1 ★", "2 ★", "3 ★", "4 ★", "5 ★"]
        (four,) = [one["callback_data"] for one in buttons(asked[0]) if one["text"] == "4 ★"]
        await desk.telegram.press(MARIA, number, four, within=60)
        await desk.reads(card, "4 out of 5")
        await desk.hears(MARIA, "Ha dato 4 su 5")
        desk.telegram.write(MARIA, "Veloci, ma un po' bruschi")
        await desk.reads(card, "Veloci, ma un po' bruschi")
        await desk.hears(MARIA, "ci è di grande aiuto")
        (ticket,) = desk.tickets()
        assert ticket["status"] == "resolved"
        assert [one["rating"] for one in ticket["events"] if one["type"] == "rated"] == [4]
        desk.telegram.write(MARIA, "Ah, un'altra cosa")
        await desk.reads(card, "un'altra cosa")
        await desk.at_rest()
        assert desk.tickets()[0]["status"] == "open"


async def test_in_a_group_the_bot_hears_what_is_meant_for_it(desk: TelegramDesk) -> None:
    desk.telegram.add_group(-77, "Clienti", [MARIA, LUCA], type="group")
    desk.telegram.write(MARIA, "Ciao a tutti", -77)
    desk.telegram.update({"message": desk.telegram.chat_messages(-77)[0]})  # privacy mode is off
    asked = desk.telegram.write(MARIA, "@deskd_bot la stampante non va", -77)
    card = await desk.card("la stampante non va")
    await desk.reply(card, "La riavvii")
    answer = await desk.hears(-77, "La riavvii")
    assert answer["reply_to_message"]["message_id"] == asked["message_id"]
    desk.telegram.write(LUCA, "Da me va", -77, reply_to=answer["message_id"])
    other = await desk.card("Da me va")
    assert other != card
    desk.telegram.write(MARIA, "Riavviata", -77, reply_to=answer["message_id"])
    await desk.reads(card, "Riavviata")
    new = desk.telegram.upgrade(-77)
    await desk.reply(card, "E adesso?")
    await desk.hears(new, "E adesso?")
    desk.telegram.write(MARIA, "@deskd_bot ora va", new)
    await desk.reads(card, "ora va")
    await desk.at_rest()
    assert len(desk.tickets()) == 2


async def test_a_chat_that_floods_is_told_of_once(tmp_path: Path, desk_url: str) -> None:
    async with telegram_desk(tmp_path, desk_url, settings={"flood": {"messages": 3, "per": "1h"}}) as desk:
        await desk.start()
        desk.telegram.write(MARIA, "Messaggio 0")
        card = await desk.card("Messaggio 0")
        for number in range(1, 9):
            desk.telegram.write(MARIA, f"Messaggio {number}")
        await desk.at_rest()
        (ticket,) = desk.tickets()
        assert [one["text"] for one in ticket["messages"]] == [f"Messaggio {number}" for number in range(9)]
        shown = desk.thread(card)
        assert [one for one in shown if "Messaggio" in one] == [f"Messaggio {number}" for number in range(3)]
        assert len([one for one in shown if "more than 3 messages" in one]) == 1


async def test_a_mailed_code_joins_two_contacts_and_an_agent_parts_them(desk: TelegramDesk) -> None:
    desk.telegram.write(MARIA, "Non ricevo più le fatture")
    card = await desk.card("Non ricevo")
    desk.telegram.write(MARIA, "/link maria@cliente.example")
    await desk.hears(MARIA, "sta arrivando un codice")
    mails = await desk.mail.wait_for(lambda: desk.mail.to("maria@cliente.example"), 60)
    code = re.search(rb"/link ([A-Z2-9]{8})", mails[0].content)
    assert code is not None
    desk.telegram.write(LUCA, f"/link {code.group(1).decode()}")
    await desk.hears(LUCA, "non è più valido")
    desk.telegram.write(MARIA, f"/link {code.group(1).decode()}")
    await desk.hears(MARIA, "maria@cliente.example")
    await desk.reads(card, "one contact now")
    (mine,) = desk.rows(identities, address="maria@cliente.example")
    assert desk.rows(tickets)[0]["contact_id"] == mine["contact_id"]
    await desk.reply(card, "Eccole")
    await desk.hears(MARIA, "Eccole")
    desk.telegram.write(MARIA, f"/link {code.group(1).decode()}")
    await desk.hears(MARIA, "non è più valido")
    (joined,) = [one for one in desk.slack.thread("C0FRONT", card) if "one contact now" in one["text"]]
    await desk.slack.press("U0ANNA", "C0FRONT", joined["ts"], "part_contacts")
    await desk.reads(card, "two contacts again")
    (theirs,) = desk.rows(identities, address="telegram:501")
    assert desk.rows(tickets)[0]["contact_id"] == theirs["contact_id"] != mine["contact_id"]


async def test_codes_are_not_mailed_without_end(desk: TelegramDesk) -> None:
    for _ in range(5):
        desk.telegram.write(MARIA, "/link qualcuno@cliente.example")
    await desk.hears(MARIA, "Riprovi più tardi")
    await desk.at_rest()
    assert len(desk.mail.to("qualcuno@cliente.example")) == 3
