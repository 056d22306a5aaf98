"""How updates come in: polling with its offset, a second poller, the webhook and its secret, a backlog, captured updates."""

from __future__ import annotations

import json
from pathlib import Path

import aiohttp
import pytest

from connectors.telegram.connector import TelegramConnector
from deskd.cli import reconcile_chats
from deskd.store import Store
from deskd.store.tables import inbox, positions
from tests.support.daemon import until
from tests.support.needs import corpus_folder
from tests.support.telegramdesk import LUCA, MARIA, PATIENCE, telegram_desk

CAPTURED = corpus_folder() / "telegram-teloxide" / "updates"


async def test_the_offset_is_kept_with_the_updates_and_confirms_them(tmp_path: Path, desk_url: str) -> None:
    async with telegram_desk(tmp_path, desk_url) as desk:
        first = desk.telegram.write(MARIA, "scritto prima che il desk ci fosse")
        await desk.start()
        await desk.card("prima che il desk")
        await desk.telegram.wait_for(lambda: not desk.telegram.waiting, PATIENCE)
        last = desk.telegram.updates.confirmed
        kept = {row["place"]: row["value"] for row in desk.rows(positions, account="telegram")}
        assert (kept["offset"], kept["bot"]) == (str(last + 1), "deskd_bot")
        await desk.stop()
        desk.telegram.write(MARIA, "scritto mentre era fermo")
        desk.telegram.update({"message": first})  # the same message under another number
        await desk.start()
        await desk.card("mentre era fermo")
        await desk.at_rest()
        assert [row["state"] for row in desk.rows(inbox, source="telegram")] == [
            "filed",
            "filed",
            "duplicate",
        ]


async def test_another_poller_is_told_of_in_health(tmp_path: Path, desk_url: str) -> None:
    async with telegram_desk(tmp_path, desk_url) as desk:
        desk.telegram.fail("getUpdates", "409", times=None)
        daemon = await desk.start()

        async def told() -> bool:
            return "another program" in str(daemon.connectors["telegram"].health().error)

        await until(told, PATIENCE)
        desk.telegram.heal()
        desk.telegram.write(MARIA, "eccomi")
        await desk.card("eccomi")
        assert daemon.connectors["telegram"].health().state == "ok"


async def test_a_server_that_only_knows_the_main_methods_is_enough(tmp_path: Path, desk_url: str) -> None:
    """Self-hosted Bot API servers differ: what merely tidies up must not stand before what is written."""
    async with telegram_desk(tmp_path, desk_url) as desk:
        for method in ("getWebhookInfo", "setMyCommands", "getMe"):
            desk.telegram.fail(method, "500", times=None)
        await desk.start()
        desk.telegram.write(MARIA, "eccomi")
        await desk.card("eccomi")


async def test_the_token_is_in_no_log_line(
    tmp_path: Path, desk_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with telegram_desk(tmp_path, desk_url) as desk:
        await desk.start()
        desk.telegram.fail("getUpdates", "500")
        desk.telegram.write(MARIA, "eccomi")
        card = await desk.card("eccomi")
        desk.telegram.outage()
        desk.slack.post("U0ANNA", "C0FRONT", "ciao", card)
        await desk.slack.wait_for(lambda: desk.slack.delivery.under_way == 0, PATIENCE)
        await desk.telegram.recover()
        await desk.hears(MARIA, "ciao")
        assert desk.telegram.token not in caplog.text


async def test_a_webhook_is_set_and_heard_with_its_secret_alone(
    tmp_path: Path, desk_url: str, unused_tcp_port: int
) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}/telegram"
    hook = {"webhook": {"url": url, "secret": "s3cret_word"}}
    async with telegram_desk(tmp_path, desk_url, settings=hook, http_port=unused_tcp_port) as desk:
        await desk.start()
        await desk.telegram.wait_for(lambda: desk.telegram.webhook.url == url, PATIENCE)
        desk.telegram.write(MARIA, "per webhook")
        await desk.card("per webhook")
        update = {"update_id": 7, "message": desk.telegram.chat_messages(MARIA)[0]}
        forged: list[dict[str, str]] = [{}, {"X-Telegram-Bot-Api-Secret-Token": "s3cret_wore"}]
        async with aiohttp.ClientSession() as session:
            for headers in forged:
                async with session.post(url, json=update, headers=headers) as response:
                    assert response.status == 403
        assert len(desk.rows(inbox, source="telegram")) == 1
        await desk.stop()
        desk.settings = {}
        await desk.start()  # back to long polling: the webhook is taken back, and what came meanwhile comes
        desk.telegram.write(MARIA, "di nuovo per polling")
        await desk.card("di nuovo per polling")
        assert desk.telegram.webhook.url == ""


async def test_a_backlog_is_worked_off_in_order(tmp_path: Path, desk_url: str) -> None:
    """Some hundreds here; `python -m tests.bench.telegram` measures 2,000."""
    many = 300
    async with telegram_desk(tmp_path, desk_url, settings={"flood": {"messages": 10, "per": "1h"}}) as desk:
        for number in range(many):
            desk.telegram.write(MARIA if number % 3 else LUCA, f"n. {number}")
        await desk.start()
        await desk.at_rest()
        for ticket in desk.tickets():
            numbers = [int(one["text"][3:]) for one in ticket["messages"]]
            assert numbers == sorted(numbers)
        assert sum(len(ticket["messages"]) for ticket in desk.tickets()) == many


async def test_doctor_and_reconcile_know_telegram(
    tmp_path: Path, desk_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile_chats, "AGAIN", 0.0)
    async with telegram_desk(tmp_path, desk_url) as desk:
        daemon = await desk.start()
        connector = daemon.connectors["telegram"]
        assert isinstance(connector, TelegramConnector)
        found = await connector.check()
        assert [one.state for one in found] == ["ok", "ok", "ok"]
        desk.telegram.write(MARIA, "Aiuto")
        card = await desk.card("Aiuto")
        desk.telegram.fail("sendMessage", "lost answer")
        await desk.reply(card, "Arrivo", "grey_question")
        await desk.at_rest()
        await desk.stop()
        desk.telegram.write(MARIA, "C'e nessuno?")
        store = Store.open(desk_url, write=False)
        try:
            waits, unsure = await reconcile_chats.compare_chats(daemon.settings, store)
        finally:
            store.close()
        assert (waits.where, waits.detail) == ("desk", "1 updates wait at Telegram, and are not fetched")
        assert (unsure.where, unsure.ticket, unsure.thread) == ("telegram", "ACME-1001", str(MARIA))


def captured() -> list[Path]:
    return sorted(CAPTURED.glob("*.json"))


@pytest.mark.needs("corpus")
async def test_captured_updates_end_as_a_message_or_a_stated_discard(tmp_path: Path, desk_url: str) -> None:
    async with telegram_desk(tmp_path, desk_url, settings={"flood": {"messages": 1000}}) as desk:
        for file in captured():
            found = json.loads(file.read_text())
            desk.telegram.update(found if "update_id" in found else {"message": found})
        await desk.start()
        await desk.at_rest()
        kept = desk.rows(inbox, source="telegram")
        assert len(kept) == len(captured())
        assert {row["state"] for row in kept} == {"filed", "discarded"}
        assert all(row["reason"] for row in kept if row["state"] == "discarded")
        assert sum(row["state"] == "filed" for row in kept) >= 5
