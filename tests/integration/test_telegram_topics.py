"""A desk without Slack: its agents work in the topics of Telegram groups. A whole daemon, the genuine library, the stand-in."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from connectors.standins.telegram import Limits, TelegramStandIn, buttons
from deskd.cli import app
from deskd.cli.reconcile_chats import compare_chats
from deskd.clock.system import SystemClock
from deskd.store import Store
from deskd.store.tables import outbox
from tests.support.daemon import until
from tests.support.forking import Forked
from tests.support.topicdesk import (
    ANNA,
    BRUNO,
    CARLA,
    FRONT,
    MARIA,
    PATIENCE,
    STRANGER,
    TECH,
    TopicDesk,
    said,
    topic_desk,
)


class AheadClock(SystemClock):
    """The system's, and as far ahead of it as a test wants."""

    ahead = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.ahead


@pytest.fixture
async def desk(tmp_path: Path, desk_url: str) -> AsyncIterator[TopicDesk]:
    async with topic_desk(tmp_path, desk_url) as made:
        await made.start()
        yield made


# ── a ticket is a topic ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_customer_of_the_bots_is_answered_out_of_a_topic(desk: TopicDesk) -> None:
    desk.telegram.write(MARIA, "La stampante non stampa più")
    topic = await desk.topic("La stampante non stampa")
    assert desk.telegram.topics(FRONT) == {topic: "ACME-1001 · La stampante non stampa più"}
    card = desk.card(topic)
    assert "Maria Rossi <telegram:501>" in card["text"]
    await desk.reply(topic, "Buongiorno, la spenga.")
    await desk.hears(MARIA, "Buongiorno, la spenga.")
    desk.telegram.write(MARIA, "Fatto, grazie")
    await desk.reads(topic, "Maria Rossi\nFatto, grazie")
    (ticket,) = desk.tickets()
    assert [one["direction"] for one in ticket["messages"]] == ["in", "out", "in"]
    assert ticket["status"] == "open"


async def test_a_mail_is_answered_out_of_a_topic(desk: TopicDesk) -> None:
    await desk.customer_mails("Fattura 118", "Il totale non torna.")
    topic = await desk.topic("Il totale non torna.")
    bold = [{"type": "bold", "offset": 3, "length": 8}]
    await desk.reply(topic, "La correggo subito", user=BRUNO, entities=bold)
    (mail,) = await desk.mail.wait_for(lambda: desk.mail.to("luca@cliente.example"), PATIENCE)
    assert b"La correggo subito" in mail.content
    assert b"Re: Fattura 118" in mail.content
    assert "Fattura 118" in desk.telegram.topics(FRONT)[topic]


async def test_notes_and_what_strangers_write_never_leave_the_group(desk: TopicDesk) -> None:
    desk.telegram.write(MARIA, "Non va")
    topic = await desk.topic("Non va")
    await desk.reply(topic, "note: è la terza volta", mark="🙊")
    desk.write(topic, "Io non sono del team", user=STRANGER)
    await desk.reply(topic, "Ci penso io")
    await desk.hears(MARIA, "Ci penso io")
    await desk.at_rest()
    heard = [said(one) for one in desk.telegram.sent(MARIA)]
    assert not [one for one in heard if "terza volta" in one or "non sono del team" in one]


async def test_an_answer_to_a_colleagues_message_stays_inside_until_it_is_sent(desk: TopicDesk) -> None:
    desk.telegram.write(MARIA, "Non va")
    topic = await desk.topic("Non va")
    note = await desk.reply(topic, "note: non paga mai", user=BRUNO, mark="🙊")
    await desk.reply(topic, "Ha ragione lui", mark="🙊", reply_to=note)
    await desk.press(await desk.reads(topic, "🔒"), "send_note")
    await desk.hears(MARIA, "Ha ragione lui")
    customers = next(one for one in desk.telegram.topic(FRONT, topic) if "Non va" in said(one))
    await desk.reply(topic, "Mi scusi", reply_to=customers["message_id"])
    await desk.hears(MARIA, "Mi scusi")


async def test_what_is_written_anonymously_is_said_to_be_nobodys(desk: TopicDesk) -> None:
    desk.telegram.write(MARIA, "Non va")
    topic = await desk.topic("Non va")
    desk.telegram.hide(ANNA, FRONT)
    desk.write(topic, "Ci penso io")
    answer = await desk.reads(topic, "anonymously")
    assert not [one for one in answer.get("entities", ()) if one["type"] == "text_mention"]
    await desk.at_rest()
    assert not [one for one in desk.telegram.sent(MARIA) if "Ci penso io" in said(one)]


async def test_commands_act_and_wrong_ones_are_answered(desk: TopicDesk) -> None:
    desk.telegram.write(MARIA, "Non va")
    topic = await desk.topic("Non va")
    await desk.reply(topic, "!priority high", mark="👌")
    await desk.telegram.wait_for(lambda: "🟠 high" in desk.card(topic)["text"], PATIENCE)
    desk.write(topic, "!priority purple")
    answer = await desk.reads(topic, "purple")
    assert [one["user"]["id"] for one in answer["entities"] if one["type"] == "text_mention"] == [ANNA]
    await desk.reply(topic, "!resolve Sistemato", mark="👍")
    await desk.hears(MARIA, "Sistemato")
    await desk.at_rest()
    assert desk.tickets()[0]["status"] == "resolved"
    assert "priority" not in " ".join(said(one) for one in desk.telegram.sent(MARIA))


async def test_claimed_by_button_and_by_reaction(desk: TopicDesk) -> None:
    desk.telegram.write(MARIA, "Non va")
    first = await desk.topic("Non va")
    await desk.press(desk.card(first), "claim", user=BRUNO)
    await desk.telegram.wait_for(lambda: "Bruno Sá" in desk.card(first)["text"], PATIENCE)
    await desk.customer_mails("Fattura", "Il totale non torna.")
    second = await desk.topic("Il totale non torna.")
    desk.telegram.react(ANNA, desk.card(second)["message_id"], "👀", FRONT)
    await desk.telegram.wait_for(lambda: "Anna Rossi" in desk.card(second)["text"], PATIENCE)
    await desk.at_rest()
    assert [ticket["assignee"] for ticket in desk.tickets()] == ["bruno", "anna"]


# ── escalation ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_escalated_to_a_team_of_the_same_group_the_ticket_stays_in_its_topic(desk: TopicDesk) -> None:
    desk.telegram.write(MARIA, "Non va")
    topic = await desk.topic("Non va")
    desk.write(topic, "!escalate billing il totale non torna")
    await desk.telegram.wait_for(lambda: "billing" in desk.card(topic)["text"], PATIENCE)
    await desk.reads(topic, "il totale non torna")
    await desk.at_rest()
    assert len(desk.telegram.topics(FRONT)) == 1
    assert desk.telegram.topics(TECH) == {}
    assert desk.tickets()[0]["team"] == "billing"


async def test_escalated_to_another_group_both_topics_stay_in_step(desk: TopicDesk) -> None:
    desk.telegram.write(MARIA, "Non va")
    topic = await desk.topic("Non va")
    desk.write(topic, "!escalate tech serve un tecnico")
    theirs = await desk.topic("serve un tecnico", TECH)
    answer = desk.write(theirs, "Sono Carla, la richiamo", user=CARLA, group=TECH)
    await desk.marked(answer, "👍", TECH)
    await desk.hears(MARIA, "Sono Carla, la richiamo")
    await desk.reads(topic, "Sono Carla, la richiamo")
    desk.telegram.write(MARIA, "Grazie Carla")
    await desk.reads(theirs, "Grazie Carla", TECH)
    await desk.reads(topic, "Grazie Carla")
    await desk.at_rest()
    assert desk.tickets()[0]["team"] == "tech"


# ── files and edits ──────────────────────────────────────────────────────────────────────────────────────────────────


async def test_files_go_both_ways_and_an_album_is_one_message(desk: TopicDesk) -> None:
    files = [("photo", "", b"\xff\xd8 first"), ("photo", "", b"\xff\xd8 second")]
    desk.telegram.album(MARIA, files, caption="Ecco due foto")
    topic = await desk.topic("Ecco due foto")

    def shown() -> list[bytes]:
        found = [one for one in desk.telegram.topic(FRONT, topic) if "photo" in one]
        return [desk.telegram.file(one["photo"][0]["file_id"]).data for one in found]

    await desk.telegram.wait_for(lambda: len(shown()) == 2, PATIENCE)
    assert sorted(shown()) == [b"\xff\xd8 first", b"\xff\xd8 second"]
    sent = desk.telegram.send_file(
        ANNA, "document", b"%PDF", FRONT, name="guida.pdf", caption="La guida", thread=topic
    )
    await desk.marked(sent["message_id"], "👍")
    guide = await desk.hears(MARIA, "La guida")
    assert desk.telegram.file(guide["document"]["file_id"]).data == b"%PDF"
    (ticket,) = desk.tickets()
    assert [len(one["attachments"]) for one in ticket["messages"]] == [2, 1]


async def test_an_agents_album_is_one_reply(desk: TopicDesk) -> None:
    await desk.customer_mails("Manuale", "Me lo mandate?")
    topic = await desk.topic("Me lo mandate?")
    files = [("photo", "uno.jpg", b"\xff\xd8 one"), ("photo", "due.jpg", b"\xff\xd8 two")]
    first, *_ = desk.telegram.album(ANNA, files, FRONT, caption="Eccolo", thread=topic)
    await desk.marked(first["message_id"], "👍")
    (mail,) = await desk.mail.wait_for(lambda: desk.mail.to("luca@cliente.example"), PATIENCE)
    assert mail.content.count(b"image/jpeg") == 2
    await desk.at_rest()
    assert len(desk.mail.to("luca@cliente.example")) == 1


async def test_an_album_with_a_note_stays_inside_with_all_its_files(desk: TopicDesk) -> None:
    desk.telegram.write(MARIA, "Non va")
    topic = await desk.topic("Non va")
    files = [("photo", "uno.jpg", b"\xff\xd8 one"), ("photo", "due.jpg", b"\xff\xd8 two")]
    for caption in ("note: per noi", "!priority high"):
        desk.telegram.album(ANNA, files, FRONT, caption=caption, thread=topic)
    await desk.reply(topic, "Eccomi")
    await desk.at_rest()
    assert [said(one) for one in desk.telegram.sent(MARIA)] == ["Eccomi"]


async def test_a_held_reply_is_edited_or_stopped(tmp_path: Path, desk_url: str) -> None:
    clock = AheadClock()
    async with topic_desk(tmp_path, desk_url, settings={"undo": "1h"}, clock=clock) as desk:
        daemon = await desk.start()
        desk.telegram.write(MARIA, "Non va")
        topic = await desk.topic("Non va")
        stopped = await desk.reply(topic, "Non lo dica a nessuno", mark="✍")
        edited = await desk.reply(topic, "Arivo", mark="✍")
        desk.telegram.react(ANNA, stopped, "👎", FRONT)
        desk.telegram.edit(ANNA, edited, "Arrivo", FRONT)
        wanted = [("Non lo dica a nessuno", "cancelled"), ("Arrivo", "held")]
        await until(lambda: replies(desk) == wanted, PATIENCE)
        clock.ahead = timedelta(hours=2)
        daemon.outbox.wake()
        await desk.hears(MARIA, "Arrivo")
        await desk.marked(edited, "👍")
        await desk.at_rest()
        assert [said(one) for one in desk.telegram.sent(MARIA)] == ["Arrivo"]


async def test_a_reply_stopped_while_the_daemon_was_away_doesnt_go(tmp_path: Path, desk_url: str) -> None:
    clock = AheadClock()
    async with topic_desk(tmp_path, desk_url, settings={"undo": "1h"}, clock=clock) as desk:
        await desk.start()
        desk.telegram.write(MARIA, "Non va")
        topic = await desk.topic("Non va")
        stopped = await desk.reply(topic, "Non lo dica a nessuno", mark="✍")
        await desk.stop()
        desk.telegram.react(ANNA, stopped, "👎", FRONT)
        clock.ahead = timedelta(hours=2)
        await desk.start()
        await until(lambda: replies(desk) == [("Non lo dica a nessuno", "cancelled")], PATIENCE)
        await desk.at_rest()
        assert desk.telegram.sent(MARIA) == []


def replies(desk: TopicDesk) -> list[tuple[str, str]]:
    (ticket,) = desk.tickets()
    return [(one["text"], one["delivery"]) for one in ticket["messages"] if one["direction"] == "out"]


async def test_a_customers_edit_is_shown(desk: TopicDesk) -> None:
    message = desk.telegram.write(MARIA, "Fattura 118")
    topic = await desk.topic("Fattura 118")
    desk.telegram.edit(MARIA, message["message_id"], "Fattura 119")
    await desk.reads(topic, "Fattura 119")


async def test_doctor_says_of_each_group_what_is_wrong_and_what_to_write(
    tmp_path: Path, sqlite_url: str
) -> None:
    new = -1001000000003
    async with topic_desk(tmp_path, sqlite_url) as desk:
        desk.telegram.give_rights(CARLA, TECH, None)
        desk.telegram.add_group(new, "Back office", [BRUNO], forum=True)
        desk.telegram.write(BRUNO, "ciao", new)
        asked = ["doctor", "-c", str(desk.config()), "--json"]
        done = await asyncio.to_thread(CliRunner().invoke, app, asked)
        found = [json.loads(line) for line in done.stdout.splitlines()]
        about = {
            word: one for one in found for word in ("Front", "Tech", "Back") if f"{word} " in one["text"]
        }
        assert done.exit_code == 1
        assert {word: one["state"] for word, one in about.items()} == {
            "Front": "ok",
            "Tech": "wrong",
            "Back": "warning",
        }
        assert f"`telegram: {new}`" in about["Back"]["remedy"]
        assert "Bruno Sá (602)" in about["Back"]["text"]
        assert desk.telegram.waiting
        assert desk.telegram.sent(FRONT) == []


# ── what goes wrong ──────────────────────────────────────────────────────────────────────────────────────────────────


async def test_killed_between_topic_and_card_there_is_one_topic(tmp_path: Path, desk_url: str) -> None:
    async with topic_desk(tmp_path, desk_url) as desk:
        desk.telegram.write(MARIA, "Non va")
        killed = Forked(
            ("run", "-c", desk.config()), tmp_path / "log", {**os.environ, "DESKD_CRASH": "after_topic"}
        )
        assert await killed.wait() == -signal.SIGKILL, (tmp_path / "log").read_text()
        assert list(desk.telegram.topics(FRONT).values()) == ["ACME-1001 · Non va"]
        await desk.start()
        topic = await desk.topic("Maria Rossi\nNon va")
        await desk.at_rest()
        assert list(desk.telegram.topics(FRONT)) == [topic]
        assert len([one for one in desk.telegram.topic(FRONT, topic) if buttons(one)]) == 1


@pytest.mark.parametrize("how", ["500", "lost answer"])
async def test_what_is_written_in_a_topic_whose_card_waits_counts(desk: TopicDesk, how: str) -> None:
    desk.telegram.fail("sendMessage", how, chat=FRONT, times=None)
    desk.telegram.write(MARIA, "Non va")
    (topic,) = await desk.telegram.wait_for(lambda: list(desk.telegram.topics(FRONT)), PATIENCE)

    async def waits() -> bool:
        return [row["error"] is not None and row["state"] for row in desk.rows(outbox, kind="card")] == [
            "queued"
        ]

    await until(waits, PATIENCE)
    await desk.reply(topic, "Eccomi", user=BRUNO)
    await desk.hears(MARIA, "Eccomi")
    desk.telegram.heal()
    await desk.reads(topic, "Non va")
    assert list(desk.telegram.topics(FRONT)) == [topic]


async def test_lost_answers_lose_no_words(desk: TopicDesk) -> None:
    desk.telegram.fail("createForumTopic", "lost answer", chat=FRONT)
    desk.telegram.write(MARIA, "Non va")
    topic = await desk.topic("Maria Rossi\nNon va")
    assert len(desk.telegram.topics(FRONT)) == 2, "one of them empty"
    desk.telegram.fail("sendMessage", "lost answer", chat=FRONT)
    desk.telegram.write(MARIA, "Ancora")
    await desk.reads(topic, "already")
    await desk.at_rest()
    told = [one for one in desk.texts(topic) if "Ancora" in one]
    assert len(told) == 2
    assert "already" in told[1]


async def test_a_lost_answer_to_a_customers_reply_is_asked_about_in_the_topic(desk: TopicDesk) -> None:
    desk.telegram.write(MARIA, "Non va")
    topic = await desk.topic("Non va")
    desk.telegram.fail("sendMessage", "lost answer", chat=MARIA)
    lost = await desk.reply(topic, "Arrivo", mark="🤔")
    question = await desk.reads(topic, "Nobody can tell")
    await desk.press(question, "it_arrived")
    await desk.marked(lost, "👍")
    await desk.at_rest()
    assert len(desk.telegram.sent(MARIA)) == 1


async def test_a_topic_that_was_deleted_is_made_anew_and_nothing_is_lost(desk: TopicDesk) -> None:
    desk.telegram.write(MARIA, "Non va")
    first = await desk.topic("Non va")
    await desk.at_rest()
    desk.telegram.delete_topic(ANNA, FRONT, first)
    desk.telegram.write(MARIA, "C'è qualcuno?")
    second = await desk.topic("C'è qualcuno?")
    assert second != first
    assert buttons(desk.card(second))
    await desk.reply(second, "Eccomi")
    await desk.hears(MARIA, "Eccomi")
    await desk.at_rest()
    assert list(desk.telegram.topics(FRONT)) == [second]


async def test_an_answer_to_one_agent_ends_with_its_topic(desk: TopicDesk) -> None:
    desk.telegram.write(MARIA, "Non va")
    topic = await desk.topic("Non va")
    await desk.at_rest()
    desk.telegram.fail("sendMessage", "500", chat=FRONT, times=None)
    desk.write(topic, "!priority purple")

    async def tried() -> bool:
        return [row["attempts"] > 0 for row in desk.rows(outbox, kind="ephemeral")] == [True]

    async def failed() -> bool:
        return [row["state"] for row in desk.rows(outbox, kind="ephemeral")] == ["failed"]

    await until(tried, PATIENCE)
    desk.telegram.delete_topic(ANNA, FRONT, topic)
    desk.telegram.heal()
    await until(failed, PATIENCE)


async def test_a_topic_that_was_closed_is_opened_when_there_is_something_new(desk: TopicDesk) -> None:
    desk.telegram.write(MARIA, "Non va")
    topic = await desk.topic("Non va")
    await desk.at_rest()
    desk.telegram.close_topic(ANNA, FRONT, topic)
    await desk.at_rest()
    with pytest.raises(PermissionError):
        desk.write(topic, "Chiuso per me", user=BRUNO)
    desk.telegram.write(MARIA, "Ancora no")
    await desk.reads(topic, "Ancora no")
    await desk.reply(topic, "Guardo", user=BRUNO)
    await desk.hears(MARIA, "Guardo")


async def test_while_the_bot_is_put_out_words_wait_and_health_says_why(
    desk: TopicDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.telegram.groups.SETTING_RETRY", timedelta(seconds=1))
    assert desk.daemon is not None
    health = desk.daemon.connectors["telegram"].health
    desk.telegram.put_out(ANNA, FRONT)
    desk.telegram.write(MARIA, "Non va")

    async def told() -> bool:
        return str(FRONT) in str(health().error)

    await until(told, PATIENCE)
    assert health().state == "degraded"
    desk.telegram.take_back(ANNA, FRONT)
    desk.telegram.give_rights(ANNA, FRONT, ["can_manage_topics"])
    await desk.topic("Non va")
    await desk.at_rest()
    assert health().state == "ok"


async def test_reconcile_names_a_ticket_that_has_no_topic(desk: TopicDesk) -> None:
    assert desk.daemon is not None
    desk.telegram.fail("createForumTopic", "400:TOPIC_TITLE_EMPTY", chat=FRONT)
    desk.telegram.write(MARIA, "Non va")

    async def failed() -> bool:
        return [row["state"] for row in desk.rows(outbox, kind="card")] == ["failed"]

    await until(failed, PATIENCE)
    store = Store.open(desk.database, write=False)
    try:
        (missing,) = await compare_chats(desk.daemon.settings, store)
    finally:
        store.close()
    assert (missing.ticket, missing.where, missing.channel) == ("ACME-1001", "telegram", str(FRONT))


async def test_the_limits_of_a_group_are_kept(tmp_path: Path, desk_url: str) -> None:
    """Telegram's own, and ours: nothing is lost to a 429, and words go before cards that are drawn anew."""
    telegram = TelegramStandIn(limits=Limits(group_per_minute=20))
    async with topic_desk(tmp_path, desk_url, telegram=telegram) as desk:
        await desk.start()
        desk.telegram.fail("createForumTopic", "429", chat=FRONT, retry_after=1)
        desk.telegram.write(MARIA, "Messaggio 0")
        topic = await desk.topic("Messaggio 0")
        for number in range(1, 6):
            desk.telegram.write(MARIA, f"Messaggio {number}")
            await asyncio.sleep(0)
        await desk.reads(topic, "Messaggio 5")
        refused = [one.outcome for one in telegram.calls if one.outcome.startswith("Too Many Requests")]
        assert len(refused) == 1, "the one that was ordered"
        written = [one.partition("\n")[2] for one in desk.texts(topic) if one.startswith("Maria Rossi\n")]
        assert written == [f"Messaggio {number}" for number in range(6)]
