"""What agents press, take back and look at in a topic, where Telegram has neither forms nor deletions nor long buttons."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connectors.standins.smtp import send_mail
from connectors.standins.telegram import buttons
from deskd.clock.system import SystemClock
from deskd.store.tables import outbox
from deskd.store.times import micros
from tests.support.daemon import until
from tests.support.topicdesk import ANNA, FRONT, MARIA, PATIENCE, STRANGER, TopicDesk, said, topic_desk

LONG = f"{'lungo-indirizzo.' * 4}x@cliente.example"
MAIL = (
    f"From: Luca Neri <luca@cliente.example>\r\nTo: support@acme.example\r\nCc: Ada <{LONG}>\r\nSubject: Fattura 118\r\n"
    "Message-ID: <a1@cliente.example>\r\n\r\nIl totale non torna.\r\n\r\nOn Mon, 2 Nov 2026, Acme wrote:\r\n> La fattura di ottobre\r\n"
)


@pytest.fixture
async def desk(tmp_path: Path, desk_url: str) -> AsyncIterator[TopicDesk]:
    async with topic_desk(tmp_path, desk_url) as made:
        await made.start()
        yield made


async def mailed(desk: TopicDesk) -> int:
    await send_mail(
        "127.0.0.1", desk.smtp_port(), MAIL.encode(), "luca@cliente.example", "support@acme.example"
    )
    return await desk.topic("Il totale non torna.")


async def test_a_person_with_a_long_address_is_let_in(desk: TopicDesk) -> None:
    topic = await mailed(desk)
    proposed = await desk.reads(topic, LONG)
    await desk.press(proposed, "kept")
    await desk.reply(topic, "La correggo")
    (mail,) = await desk.mail.wait_for(lambda: desk.mail.to(LONG), PATIENCE)
    assert b"La correggo" in mail.content


async def test_what_was_left_out_of_a_mail_is_shown_whole(desk: TopicDesk) -> None:
    topic = await mailed(desk)
    shown = await desk.reads(topic, "Il totale non torna.")
    assert "La fattura di ottobre" not in said(shown)
    await desk.press(shown, "show_all")
    await desk.reads(topic, "La fattura di ottobre")


async def test_a_note_that_was_meant_for_the_customer_is_sent_after_all(desk: TopicDesk) -> None:
    desk.telegram.write(MARIA, "Non va")
    topic = await desk.topic("Non va")
    note = desk.write(topic, "@anna la richiami tu")
    offered = await desk.telegram.wait_for(
        lambda: [one for one in desk.telegram.topic(FRONT, topic) if "send_note" in str(buttons(one))],
        PATIENCE,
    )
    assert desk.telegram.reactions(FRONT, note) == ["🙊"]
    await desk.press(offered[0], "send_note")
    await desk.hears(MARIA, "la richiami tu")


async def test_a_stranger_s_press_does_nothing_and_ends(desk: TopicDesk) -> None:
    desk.telegram.write(MARIA, "Non va")
    topic = await desk.topic("Non va")
    await desk.press(desk.card(topic), "claim", user=STRANGER)
    await desk.at_rest()
    assert desk.tickets()[0]["assignee"] is None


async def test_a_held_reply_is_stopped_by_a_thumb_down_and_changed_by_an_edit(
    tmp_path: Path, desk_url: str
) -> None:
    async with topic_desk(tmp_path, desk_url, settings={"undo": "1h"}) as desk:
        await desk.start()
        desk.telegram.write(MARIA, "Non va")
        topic = await desk.topic("Non va")
        stopped = await desk.reply(topic, "Mai detto", mark="✍")
        desk.telegram.react(ANNA, stopped, "👎", FRONT)
        await desk.telegram.wait_for(lambda: desk.telegram.reactions(FRONT, stopped) == [], PATIENCE)
        kept = await desk.reply(topic, "Resta dentro?", mark="✍")
        desk.telegram.edit(ANNA, kept, "note: resta dentro", FRONT)
        await desk.marked(kept, "🙊")
        last = await desk.reply(topic, "Ecco la risposta", mark="✍")
        desk.telegram.edit(ANNA, last, "Ecco la risposta giusta", FRONT)

        async def changed() -> bool:
            return bool(desk.tickets()[0]["messages"][-1]["text"] == "Ecco la risposta giusta")

        await until(changed, PATIENCE)
        told = [one["direction"] for one in desk.tickets()[0]["messages"]]
        assert told == ["in", "out", "note", "out"]
        assert desk.telegram.sent(MARIA) == []


async def test_a_note_on_any_part_of_an_album_keeps_all_of_it_inside(tmp_path: Path, desk_url: str) -> None:
    async with topic_desk(tmp_path, desk_url, settings={"undo": "1h"}) as desk:
        await desk.start()
        desk.telegram.write(MARIA, "Non va")
        topic = await desk.topic("Non va")
        first, second = (
            desk.telegram.send_file(
                ANNA, "photo", b"\xff\xd8" + caption.encode(), FRONT, caption=caption, album="7", thread=topic
            )["message_id"]
            for caption in ("", "note: il suo contratto")
        )
        await desk.marked(second, "🙊")
        await desk.marked(first, "🙊")
        await desk.at_rest()
        assert [one["direction"] for one in desk.tickets()[0]["messages"]] == ["in", "note", "note"]
        assert desk.telegram.sent(MARIA) == []


async def test_a_reply_waits_while_nobody_hears_whether_it_is_stopped(tmp_path: Path, desk_url: str) -> None:
    async with topic_desk(tmp_path, desk_url, settings={"undo": "1h"}) as desk:
        daemon = await desk.start()
        desk.telegram.write(MARIA, "Non va")
        topic = await desk.topic("Non va")
        stopped = await desk.reply(topic, "Mai detto", mark="✍")
        (held,) = desk.rows(outbox, kind="telegram")
        for method in ("getUpdates", "getWebhookInfo"):
            desk.telegram.fail(method, "500", times=None)
        desk.telegram.write(STRANGER, "ciao a tutti", FRONT)  # ends the question that is under way

        async def is_deaf() -> bool:
            return held["message_id"] in daemon.outbox.unsure

        await until(is_deaf, PATIENCE)
        desk.telegram.react(ANNA, stopped, "👎", FRONT)
        due = {"not_before": micros(SystemClock().now())}
        await daemon.store.write(lambda work: work.update(outbox, held["id"], **due))
        daemon.outbox.wake()

        async def is_kept_back() -> bool:
            return desk.rows(outbox, id=held["id"])[0]["error"] is not None

        await until(is_kept_back, PATIENCE)
        desk.telegram.heal()
        await desk.telegram.wait_for(lambda: desk.telegram.reactions(FRONT, stopped) == [], PATIENCE)
        await desk.at_rest()
        assert desk.telegram.sent(MARIA) == []
