"""Which topics people have closed: who may not manage topics can't answer in one, and Telegram doesn't refuse an administrator's post there, so that a bot has to know."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from deskd.model import Position
from deskd.ports import Polling

PLACE: Final = "closed topics"
"""The place among the account's positions that keeps them, as GROUP:TOPIC in a JSON list."""
_MOST: Final = 2_000  # of them


class ClosedTopics:
    """Of one account; kept with its positions, for any of several daemons may hear of a topic, and any may post in it."""

    def __init__(self, account: str, polling: Polling | None) -> None:
        self._account = account
        self._polling = polling

    async def heard(self, update: Mapping[str, Any]) -> None:
        """Look whether somebody closed or opened a topic. Raises `StoreAway`, `StoreFull`."""
        message = update.get("message")
        if not isinstance(message, dict) or not isinstance(message.get("chat"), dict):
            return
        group, topic = str(message["chat"].get("id")), str(message.get("message_thread_id"))
        if "forum_topic_closed" in message:
            await self._keep(group, topic, closed=True)
        elif "forum_topic_reopened" in message:
            await self._keep(group, topic, closed=False)

    async def holds(self, group: str, topic: str) -> bool:
        return f"{group}:{topic}" in await self._known()

    async def opened(self, group: str, topic: str) -> None:
        """By the bot, of which Telegram tells it nothing."""
        await self._keep(group, topic, closed=False)

    async def _keep(self, group: str, topic: str, *, closed: bool) -> None:
        known = await self._known()
        found = [one for one in known if one != f"{group}:{topic}"] + [f"{group}:{topic}"] * closed
        if self._polling is not None and found != known:
            await self._polling.remember(Position(self._account, PLACE, json.dumps(found[-_MOST:])))

    async def _known(self) -> list[str]:
        if self._polling is None:
            return []
        kept = (await self._polling.positions(self._account)).get(PLACE)
        return [str(one) for one in json.loads(kept)] if kept else []
