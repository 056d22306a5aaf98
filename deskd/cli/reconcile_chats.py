"""What `deskd reconcile` can say of Telegram, which shows a bot nothing of its chats' past: what waits there, tickets that have no topic, and replies of which nobody knows whether
they arrived."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from connectors.telegram.connector import TelegramConnector
    from deskd.config import Settings
    from deskd.reconcile import Difference
    from deskd.store import Store, Work

AGAIN: Final = 3.0  # seconds, in which a running daemon fetches what waits


async def compare_chats(settings: Settings, store: Store, since: datetime | None = None) -> list[Difference]:
    from connectors.telegram.connector import TelegramConnector
    from deskd.clock.system import SystemClock
    from deskd.store import chats

    found: list[Difference] = []
    for key, channel in settings.telegram_channels().items():
        connector = TelegramConnector(key, channel, SystemClock())
        try:
            found += await _waiting(key, connector)
        finally:
            await connector.stop()
        found += store.read_now(lambda work, key=key: list(_unseen(work, key, since)))  # type: ignore[misc]
        for reply in store.read_now(lambda work, key=key: chats.unsure(work, key)):  # type: ignore[misc]
            found.append(
                _missing(
                    "telegram", reply.ref, key, reply.chat, f"nobody knows whether it arrived: {reply.text}"
                )
            )
    return found


def _unseen(work: Work, key: str, since: datetime | None) -> Iterator[Difference]:
    """Tickets that have no topic. What stands in a topic no bot can read."""
    from deskd.reconcile import without_card
    from deskd.store import reconciling

    return without_card(
        reconciling.threads(work, key, since), reconciling.posts(work, key, since), "telegram"
    )


async def _waiting(key: str, connector: TelegramConnector) -> list[Difference]:
    """Asked twice: what a daemon is just fetching is no difference."""
    if await connector.waiting() == 0:
        return []
    await asyncio.sleep(AGAIN)
    count = await connector.waiting()
    if count == 0:
        return []
    return [_missing("desk", None, key, None, f"{count} updates wait at Telegram, and are not fetched")]


def _missing(where: str, ticket: str | None, key: str, chat: str | None, detail: str) -> Difference:
    from deskd.reconcile import Difference

    return Difference("missing", "desk" if where == "desk" else "telegram", ticket, key, chat, None, detail)
