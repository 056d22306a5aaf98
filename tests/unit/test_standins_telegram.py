"""The Telegram stand-in, asked by the genuine library as deskd asks it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    MessageEntity,
    Update,
)
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, NetworkError, RetryAfter

from connectors.standins.telegram import Limits, TelegramStandIn, buttons

MARIA = 501


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramStandIn]:
    stand_in = TelegramStandIn(retry_delays=(0.01,))
    stand_in.add_user(MARIA, "Maria", "Rossi", "maria", "it")
    async with stand_in.running():
        yield stand_in


@pytest.fixture
async def bot(telegram: TelegramStandIn, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # the library's coming ways
    made = Bot(telegram.token, base_url=f"{telegram.api}/bot", base_file_url=f"{telegram.api}/file/bot")
    async with made:
        yield made


def texts(updates: tuple[Update, ...]) -> list[str | None]:
    return [update.message.text for update in updates if update.message]


async def test_updates_come_again_until_an_offset_confirms_them(telegram: TelegramStandIn, bot: Bot) -> None:
    for number in range(3):
        telegram.write(MARIA, f"message {number}")
    first = await bot.get_updates()
    again = await bot.get_updates(limit=2)
    assert texts(first) == ["message 0", "message 1", "message 2"]
    assert texts(again) == ["message 0", "message 1"]
    assert texts(await bot.get_updates(offset=first[1].update_id + 1)) == ["message 2"]
    assert texts(await bot.get_updates()) == ["message 2"]
    telegram.write(MARIA, "message 3")
    assert texts(await bot.get_updates(offset=-1)) == ["message 3"]
    assert await bot.get_updates(offset=first[2].update_id + 2) == ()
    assert telegram.waiting == []


async def test_a_long_poll_ends_with_the_first_update(telegram: TelegramStandIn, bot: Bot) -> None:
    polling = asyncio.create_task(bot.get_updates(timeout=40))
    await telegram.wait_for(lambda: telegram.calls_of("getUpdates"))
    telegram.write(MARIA, "Buongiorno")
    assert texts(await polling) == ["Buongiorno"]


async def test_a_second_poller_ends_the_first_with_409(telegram: TelegramStandIn, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=40))
    await telegram.wait_for(lambda: telegram.calls_of("getUpdates"))
    # a bot asks one at a time, so that the second one is another's
    async with Bot(telegram.token, base_url=f"{telegram.api}/bot") as other:
        second = asyncio.create_task(other.get_updates(timeout=40))
        with pytest.raises(Conflict, match="terminated by other getUpdates"):
            await first
        telegram.write(MARIA, "Buongiorno")
        assert texts(await second) == ["Buongiorno"]


async def test_a_webhook_gets_its_updates_again_until_they_are_taken(
    telegram: TelegramStandIn, bot: Bot
) -> None:
    got: list[tuple[str, int]] = []
    refuse = [503, 403]

    async def taken(request: web.Request) -> web.Response:
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        got.append((secret, (await request.json())["update_id"]))
        return web.Response(status=refuse.pop() if refuse else 200)

    app = web.Application()
    app.router.add_post("/telegram", taken)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    telegram.write(MARIA, "one")
    telegram.write(MARIA, "two")
    await bot.set_webhook(f"http://127.0.0.1:{port}/telegram", secret_token="s3cret")
    try:
        await telegram.wait_for(lambda: not telegram.waiting)
        first = got[0][1]
        assert got == [("s3cret", first)] * 3 + [("s3cret", first + 1)]
        with pytest.raises(Conflict, match="webhook is active"):
            await bot.get_updates()
        assert (await bot.get_webhook_info()).pending_update_count == 0
        await bot.delete_webhook()
        assert await bot.get_updates() == ()
    finally:
        await runner.cleanup()


async def test_entities_are_counted_in_utf_16(telegram: TelegramStandIn, bot: Bot) -> None:
    telegram.write(MARIA, "ciao")
    text = "👍 bold"
    await bot.send_message(MARIA, text, entities=[MessageEntity("bold", 3, 4)])
    with pytest.raises(BadRequest, match="in the middle of"):
        await bot.send_message(MARIA, text, entities=[MessageEntity("bold", 1, 3)])
    with pytest.raises(BadRequest, match="outside"):
        await bot.send_message(MARIA, text, entities=[MessageEntity("bold", 3, 9)])
    with pytest.raises(BadRequest, match="too long"):
        await bot.send_message(MARIA, "x" * 4097)
    with pytest.raises(BadRequest, match="empty"):
        await bot.send_message(MARIA, "  ")
    (sent,) = telegram.sent(MARIA)
    assert sent["entities"] == [{"type": "bold", "offset": 3, "length": 4}]


async def test_files_go_both_ways(telegram: TelegramStandIn, bot: Bot) -> None:
    telegram.send_file(
        MARIA, "document", b"a bill", name="fattura.pdf", type="application/pdf", caption="eccola"
    )
    telegram.album(MARIA, [("photo", "", b"one"), ("photo", "", b"two")], caption="due foto")
    telegram.send_file(MARIA, "video", b"", name="long.mp4", size=21 * 2**20)
    document, one, two, video = (update.message for update in await bot.get_updates())
    assert document
    assert one
    assert two
    assert video
    assert document.document
    assert video.video
    file = await bot.get_file(document.document.file_id)
    assert bytes(await file.download_as_bytearray()) == b"a bill"
    assert one.media_group_id == two.media_group_id
    assert (one.caption, two.caption) == ("due foto", None)
    with pytest.raises(BadRequest, match="is too big"):
        await bot.get_file(video.video.file_id)
    await bot.send_photo(MARIA, b"a photo", caption="ecco")
    await bot.send_document(MARIA, b"a paper", filename="nota.txt")
    await bot.send_media_group(MARIA, [InputMediaPhoto(b"1"), InputMediaPhoto(b"2")])
    photo, paper, *group = telegram.sent(MARIA)
    assert telegram.file(photo["photo"][-1]["file_id"]).data == b"a photo"
    assert photo["caption"] == "ecco"
    assert paper["document"]["file_name"] == "nota.txt"
    assert len({message["media_group_id"] for message in group}) == 1


async def test_a_press_waits_for_the_bots_answer(telegram: TelegramStandIn, bot: Bot) -> None:
    telegram.write(MARIA, "/start")
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("5", callback_data="rate:5")]])
    sent = await bot.send_message(MARIA, "How was it?", reply_markup=keyboard)
    pressing = asyncio.create_task(telegram.press(MARIA, sent.message_id, "rate:5"))
    await telegram.wait_for(lambda: len(telegram.waiting) == 2)
    query = (await bot.get_updates())[-1].callback_query
    assert query
    assert query.data == "rate:5"
    await bot.answer_callback_query(query.id, text="Thank you")
    assert await pressing == {"text": "Thank you"}
    await bot.edit_message_text("Thank you!", MARIA, sent.message_id)
    (message,) = telegram.sent(MARIA)
    assert message["text"] == "Thank you!"
    assert buttons(message) == []
    with pytest.raises(LookupError):
        await telegram.press(MARIA, sent.message_id, "rate:5")


async def test_faults_are_telegrams_own(telegram: TelegramStandIn, bot: Bot) -> None:
    telegram.write(MARIA, "ciao")
    telegram.fail("sendMessage", "429", chat=MARIA, retry_after=3)
    with pytest.raises(RetryAfter) as slow:
        await bot.send_message(MARIA, "too fast")
    assert slow.value._retry_after.total_seconds() == 3
    telegram.fail("sendMessage", "lost answer")
    with pytest.raises(NetworkError):
        await bot.send_message(MARIA, "arrived")
    telegram.fail("sendMessage", "reset")
    with pytest.raises(NetworkError):
        await bot.send_message(MARIA, "never arrived")
    telegram.fail("sendMessage", "400:the answer")
    with pytest.raises(BadRequest, match=r"[Tt]he answer"):
        await bot.send_message(MARIA, "no")
    telegram.block(MARIA)
    with pytest.raises(Forbidden, match="blocked by the user"):
        await bot.send_message(MARIA, "hello?")
    assert [message["text"] for message in telegram.sent(MARIA)] == ["arrived"]
    telegram.outage()
    with pytest.raises(NetworkError):
        await bot.get_me()
    await telegram.recover()
    assert (await bot.get_me()).username == "deskd_bot"


async def test_a_group_that_became_a_supergroup_says_where_it_went(
    telegram: TelegramStandIn, bot: Bot
) -> None:
    telegram.add_group(-77, "Clients", [MARIA], type="group")
    telegram.write(MARIA, "nobody hears this", -77)
    telegram.write(MARIA, "@deskd_bot aiuto", -77)
    new = telegram.upgrade(-77)
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(-77, "hello")
    assert moved.value.new_chat_id == new
    updates = await bot.get_updates()
    assert [u.message.migrate_to_chat_id for u in updates if u.message] == [None, new, None]


async def test_topics_of_a_forum(telegram: TelegramStandIn, bot: Bot) -> None:
    telegram.add_group(-1001, "Team", [MARIA], forum=True)
    topic = await bot.create_forum_topic(-1001, "ACME-1")
    await bot.send_message(-1001, "the card", message_thread_id=topic.message_thread_id)
    telegram.write(MARIA, "an answer", -1001, thread=topic.message_thread_id)
    assert [m.get("text") for m in telegram.topic(-1001, topic.message_thread_id)] == [
        None,
        "the card",
        "an answer",
    ]
    await bot.set_message_reaction(-1001, 3, reaction="👌")
    assert telegram.reactions(-1001, 3) == ["👌"]
    with pytest.raises(BadRequest, match="thread not found"):
        await bot.send_message(-1001, "lost", message_thread_id=99)


async def test_limits_are_kept_where_a_test_asks_for_them() -> None:
    telegram = TelegramStandIn(limits=Limits(chat_per_second=1, chat_burst=2))
    telegram.add_user(MARIA, "Maria")
    async with telegram.running(), aiohttp.ClientSession() as session:
        telegram.write(MARIA, "ciao")
        answers = []
        for _ in range(3):
            url = f"{telegram.api}/bot{telegram.token}/sendMessage"
            async with session.post(url, json={"chat_id": MARIA, "text": "x"}) as response:
                answers.append(response.status)
    assert answers == [200, 200, 429]
