"""A forum group of the Telegram stand-in, asked by the genuine library as deskd asks it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telegram import Bot
from telegram.constants import ReactionEmoji
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter

from connectors.standins.telegram import Limits, TelegramStandIn
from connectors.standins.telegram.topics import ALLOWED_REACTIONS

ANNA, BRUNO = 601, 602
TEAM = -1001000000001
ASKED = ["message", "message_reaction", "my_chat_member"]


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramStandIn]:
    stand_in = TelegramStandIn()
    stand_in.add_user(ANNA, "Anna")
    stand_in.add_user(BRUNO, "Bruno")
    stand_in.add_group(TEAM, "Front desk", [ANNA, BRUNO], forum=True)
    async with stand_in.running():
        yield stand_in


@pytest.fixture
async def bot(telegram: TelegramStandIn, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    async with Bot(telegram.token, base_url=f"{telegram.api}/bot") as made:
        yield made


async def topic(bot: Bot, name: str = "ACME-1001 · Stampante") -> int:
    return (await bot.create_forum_topic(TEAM, name)).message_thread_id


async def test_without_the_right_there_is_no_new_topic(telegram: TelegramStandIn, bot: Bot) -> None:
    mine = await topic(bot)
    theirs = telegram.open_topic(ANNA, TEAM, "Pause")
    for rights in (None, ["can_delete_messages"]):
        telegram.give_rights(ANNA, TEAM, rights)
        with pytest.raises(BadRequest, match="ot enough rights to create a topic"):
            await topic(bot)
        with pytest.raises(BadRequest, match="ot enough rights to close or open the topic"):
            await bot.close_forum_topic(TEAM, theirs)
    assert await bot.edit_forum_topic(TEAM, mine, name="ACME-1001 · Drucker")
    assert telegram.topics(TEAM) == {mine: "ACME-1001 · Drucker", theirs: "Pause"}


async def test_a_group_without_topics_says_so(telegram: TelegramStandIn, bot: Bot) -> None:
    telegram.add_group(-77, "Plain", [ANNA], rights=["can_manage_topics"])
    with pytest.raises(BadRequest, match="chat is not a forum"):
        await bot.create_forum_topic(-77, "ACME-1001")


async def test_a_deleted_topic_takes_nothing(telegram: TelegramStandIn, bot: Bot) -> None:
    thread = await topic(bot)
    card = await bot.send_message(TEAM, "the card", message_thread_id=thread)
    telegram.delete_topic(ANNA, TEAM, thread)
    with pytest.raises(BadRequest, match="essage thread not found"):
        await bot.send_message(TEAM, "more", message_thread_id=thread)
    with pytest.raises(BadRequest, match=r"(?i)topic_id_invalid"):
        await bot.reopen_forum_topic(TEAM, thread)
    with pytest.raises(BadRequest, match="essage to edit not found"):
        await bot.edit_message_text("the card", TEAM, card.message_id)
    assert telegram.topic(TEAM, thread) == []


async def test_in_a_closed_topic_write_those_who_may(telegram: TelegramStandIn, bot: Bot) -> None:
    thread = telegram.open_topic(ANNA, TEAM, "Pause")
    telegram.close_topic(ANNA, TEAM, thread)
    with pytest.raises(PermissionError):
        telegram.write(BRUNO, "ciao", TEAM, thread=thread)
    telegram.write(ANNA, "ciao", TEAM, thread=thread)
    await bot.send_message(TEAM, "an administrator", message_thread_id=thread)
    telegram.give_rights(ANNA, TEAM, [])
    with pytest.raises(BadRequest, match=r"(?i)topic_closed"):
        await bot.send_message(TEAM, "no more", message_thread_id=thread)
    telegram.give_rights(ANNA, TEAM, ["can_manage_topics"])
    await bot.reopen_forum_topic(TEAM, thread)
    telegram.write(BRUNO, "eccomi", TEAM, thread=thread)
    with pytest.raises(BadRequest, match=r"(?i)topic_not_modified"):
        await bot.reopen_forum_topic(TEAM, thread)


async def test_reactions_both_ways(telegram: TelegramStandIn, bot: Bot) -> None:
    thread = await topic(bot)
    message = telegram.write(ANNA, "Guardo subito", TEAM, thread=thread)["message_id"]
    telegram.react(BRUNO, message, "👀", TEAM)
    assert await bot.get_updates(allowed_updates=["message", "my_chat_member"])
    await bot.get_updates(offset=telegram.updates.last + 1, allowed_updates=ASKED)
    telegram.react(BRUNO, message, "👎", TEAM)
    telegram.react(BRUNO, message, "", TEAM)
    first, second = (update.message_reaction for update in await bot.get_updates(allowed_updates=ASKED))
    assert first
    assert second
    assert (first.old_reaction[0].emoji, first.new_reaction[0].emoji) == ("👀", "👎")  # type: ignore[attr-defined]
    assert (first.user.id if first.user else 0, first.message_id, second.new_reaction) == (BRUNO, message, ())
    await bot.set_message_reaction(TEAM, message, "✍")
    await bot.set_message_reaction(TEAM, message, "👍")
    assert telegram.reactions(TEAM, message) == ["👍"]
    await bot.set_message_reaction(TEAM, message, [])
    for reaction, refusal in ((["✅"], r"(?i)reaction_invalid"), ([], r"(?i)reaction_empty")):
        with pytest.raises(BadRequest, match=refusal):
            await bot.set_message_reaction(TEAM, message, reaction)
    with pytest.raises(BadRequest, match="essage to react not found"):
        await bot.set_message_reaction(TEAM, 9999, "👍")


async def test_only_an_administrator_hears_of_reactions(telegram: TelegramStandIn, bot: Bot) -> None:
    await bot.get_updates(allowed_updates=["message_reaction"])
    message = telegram.write(ANNA, "ciao", TEAM)["message_id"]
    telegram.give_rights(ANNA, TEAM, None)
    telegram.react(BRUNO, message, "👀", TEAM)
    assert await bot.get_updates() == ()


async def test_a_bot_that_was_put_out_is_told_so(telegram: TelegramStandIn, bot: Bot) -> None:
    thread = await topic(bot)
    telegram.put_out(ANNA, TEAM)
    with pytest.raises(Forbidden, match="kicked from the supergroup chat"):
        await bot.send_message(TEAM, "anybody?", message_thread_id=thread)
    with pytest.raises(Forbidden):
        await bot.get_chat_member(TEAM, telegram.world.bot.id)
    telegram.take_back(ANNA, TEAM)
    assert (await bot.get_chat_member(TEAM, telegram.world.bot.id)).status == "member"


async def test_faults_of_the_topics_methods(telegram: TelegramStandIn, bot: Bot) -> None:
    telegram.fail("createForumTopic", "lost answer", chat=TEAM)
    with pytest.raises(NetworkError):
        await topic(bot)
    assert list(telegram.topics(TEAM).values()) == ["ACME-1001 · Stampante"]
    telegram.fail("createForumTopic", "429", chat=TEAM, retry_after=7)
    with pytest.raises(RetryAfter):
        await topic(bot)
    telegram.fail("sendMessage", "403", chat=TEAM)
    with pytest.raises(Forbidden, match="supergroup"):
        await bot.send_message(TEAM, "x")


async def test_twenty_a_minute_in_a_group_topics_among_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    now = 1000.0
    telegram = TelegramStandIn(limits=Limits(group_per_minute=20), clock=lambda: now)
    telegram.add_user(ANNA, "Anna")
    telegram.add_group(TEAM, "Front desk", [ANNA], forum=True)
    async with telegram.running(), Bot(telegram.token, base_url=f"{telegram.api}/bot") as bot:
        thread = await topic(bot)
        for number in range(19):
            await bot.send_message(TEAM, str(number), message_thread_id=thread)
        with pytest.raises(RetryAfter):
            await bot.send_message(TEAM, "too many", message_thread_id=thread)
        await bot.edit_message_text("0, changed", TEAM, telegram.sent(TEAM)[1]["message_id"])
        now += 60
        await bot.send_message(TEAM, "a minute later", message_thread_id=thread)


def test_the_reactions_are_the_librarys_own() -> None:
    assert {emoji.replace("\ufe0f", "") for emoji in ReactionEmoji} == ALLOWED_REACTIONS
