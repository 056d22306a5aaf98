"""How a bot introduces itself: it learns its own name, and describes its commands in the desk's languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from telegram import BotCommand

from connectors.telegram.api import TelegramApi
from deskd.model import Position
from deskd.ports import Polling

BOT_NAME: Final = "bot"
"""The place among the account's positions that keeps the bot's own name: by it a group's members call it."""

Commands = Mapping[str, Sequence[tuple[str, str]]]
"""Language -> the commands and what they do."""


async def learn_name(api: TelegramApi, channel: str, polling: Polling | None) -> None:
    me = await api.call(api.bot.get_me, "getMe")
    if polling is not None and me.username:
        await polling.remember(Position(channel, BOT_NAME, me.username))


async def describe(api: TelegramApi, commands: Commands) -> None:
    for code, described in commands.items():
        listed = [BotCommand(name, text) for name, text in described]
        await api.call(
            lambda listed=listed, code=code: api.bot.set_my_commands(  # type: ignore[misc]
                listed, language_code=code or None
            ),
            "setMyCommands",
        )
