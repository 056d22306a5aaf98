"""The marks on what agents wrote. A bot has one reaction a message, of Telegram's own short list: https://core.telegram.org/bots/api#reactiontypeemoji"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connectors.telegram.api import TelegramApi
from deskd.errors import PermanentFailure, Unsupported
from deskd.model import React, Receipt

SHOWN: Final[Mapping[str, str]] = {
    "hourglass_flowing_sand": "✍",
    "white_check_mark": "👍",
    "warning": "💔",
    "grey_question": "🤔",
    "lock": "🙊",
    "ok_hand": "👌",
    "eyes": "👀",
}
"""What the desk says -> as what Telegram lets a bot show it; for all else there is no reaction."""
_REMEMBERED: Final = 2_000  # messages
_DONE_ALREADY = ("message to react not found", "reaction_empty", "message_not_modified", "message_id_invalid")


class Reactions:
    """Puts them there and takes them off for one bot. It remembers what it put where: a new mark takes the place of the old, which then needs no taking off."""

    def __init__(self, api: TelegramApi) -> None:
        self._api = api
        self._standing: dict[tuple[str, str], str] = {}

    async def react(self, content: React) -> Receipt:
        emoji = SHOWN.get(content.emoji)
        message = (content.place.thread or "").partition(",")[0]  # of a post in several messages, the first
        place = (content.place.channel, message)
        stands = self._standing.get(place)
        wanted = emoji if content.add else ""
        if emoji is None or stands == wanted or (not content.add and stands not in (None, emoji)):
            return Receipt(message)
        await self._set(int(place[0]), int(message), wanted or "")
        self._standing.pop(place, None)
        self._standing[place] = wanted or ""
        while len(self._standing) > _REMEMBERED:
            del self._standing[next(iter(self._standing))]
        return Receipt(message)

    async def _set(self, chat: int, message: int, emoji: str) -> None:
        bot = self._api.bot
        try:
            await self._api.call(
                lambda: bot.set_message_reaction(chat, message, reaction=emoji or []), "a reaction"
            )
        except PermanentFailure as error:
            said = str(error).lower()
            if "reaction_invalid" in said:
                raise Unsupported(f"{error}: the group doesn't allow {emoji}") from error
            if not any(known in said for known in _DONE_ALREADY):
                raise
