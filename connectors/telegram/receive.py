"""Updates in: by long polling, one daemon at a time, or over a webhook. Kept first; only then is Telegram told.

Polling keeps rows and offset in one commit, and the next question confirms them: what was kept never comes again, what was not comes again.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from connectors.telegram.api import MOST_UPDATES, TelegramApi
from connectors.telegram.outcome import Elsewhere
from deskd.errors import DeskdError, TemporaryFailure
from deskd.model import Position, RawMessage
from deskd.ports import Accept, Polling

log = logging.getLogger(__name__)

SOURCE: Final = "telegram"
OFFSET: Final = "offset"
RENEW: Final = 2.0  # seconds; a lease holds for eight
SHORTEST, LONGEST = 0.5, 30.0  # seconds between tries while something is wrong
SECRET_HEADER: Final = "x-telegram-bot-api-secret-token"  # noqa: S105 - its name

Told = Callable[[str], None]
"""What is wrong, for `health`; "" when nothing is."""
Heard = Callable[[Mapping[str, Any]], Awaitable[None]]
"""Takes a look at an update before it is kept, perhaps more than once."""


class Poller:
    """The loop of one account. `told` is called with trouble; `freed` when something else takes the updates, to take a webhook back that is
    in the way: before that, nothing but getUpdates itself is asked for."""

    def __init__(
        self,
        channel: str,
        api: TelegramApi,
        polling: Polling,
        told: Told,
        freed: Callable[[], Awaitable[None]],
        heard: Heard,
    ) -> None:
        self._channel = channel
        self._api = api
        self._polling = polling
        self._told = told
        self._freed = freed
        self._heard = heard
        self.caught_up = False
        """Whether all that had waited at Telegram since before the start is kept."""

    async def run(self) -> None:
        """Ask while the account is this daemon's; until it is cancelled."""
        asking: asyncio.Task[None] | None = None
        try:
            while True:
                ours = await self._ours(asking is not None)
                if ours and (asking is None or asking.done()):
                    asking = asyncio.create_task(self._ask())
                elif not ours:
                    await _ended(asking)
                    asking = None
                    self._told("")
                await asyncio.sleep(RENEW)
        finally:
            await _ended(asking)
            with contextlib.suppress(DeskdError):
                await self._polling.let_go(self._channel)

    async def _ours(self, now: bool) -> bool:
        try:
            return await self._polling.may_ask(self._channel)
        except (
            TemporaryFailure
        ):  # the database is away: nobody else can take the account, and nothing can be kept
            return now

    async def _ask(self) -> None:
        pause = SHORTEST
        while True:
            try:
                await self._asked_once()
                pause = SHORTEST
                self._told("")
                continue
            except Elsewhere as conflict:
                self._told(f"another program, or a webhook, takes this bot's updates: {conflict}")
                with contextlib.suppress(DeskdError):
                    await self._freed()
            except TemporaryFailure as failure:
                self._told(str(failure))
            except DeskdError as failure:
                self._told(str(failure))
            except Exception as failure:
                log.exception("updates of %s could not be fetched", self._channel)
                self._told(f"{type(failure).__name__}: {failure}")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST)

    async def _asked_once(self) -> None:
        kept = (await self._polling.positions(self._channel)).get(OFFSET)
        offset = int(kept) if kept is not None else None
        while True:
            updates = await self._api.updates(offset)
            if updates:
                offset = max(update["update_id"] for update in updates) + 1
                for update in updates:
                    await self._heard(update)
                raws = [raw_of(self._channel, update) for update in updates]
                await self._polling.accept(raws, Position(self._channel, OFFSET, str(offset)))
            self.caught_up = self.caught_up or len(updates) < MOST_UPDATES
            self._told("")


class Hook:
    """The page that Telegram posts updates to."""

    def __init__(self, channel: str, secret: str, heard: Heard) -> None:
        self._channel = channel
        self._secret = secret.encode()
        self._heard = heard
        self._accept: Accept | None = None

    def open(self, accept: Accept) -> None:
        self._accept = accept

    def close(self) -> None:
        self._accept = None

    def known(self, headers: Mapping[str, str]) -> bool:
        """Whether it is Telegram that calls. Header names in lower case."""
        return hmac.compare_digest(headers.get(SECRET_HEADER, "").encode("utf-8", "replace"), self._secret)

    async def answer(self, headers: Mapping[str, str], body: bytes) -> int:
        """The status to answer with: 200 once the update is kept, 403 to strangers; at 503 it comes again."""
        if not self.known(headers):
            return 403
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            return 400
        if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
            return 400
        if self._accept is None:
            return 503
        try:
            await self._heard(update)
            await self._accept(raw_of(self._channel, update))
        except TemporaryFailure as failure:
            log.warning("an update of Telegram was not kept and will come again: %s", failure)
            return 503
        return 200


def raw_of(channel: str, update: Mapping[str, Any]) -> RawMessage:
    # ASCII: a lone surrogate in a text is valid JSON and no UTF-8
    payload = json.dumps(update, separators=(",", ":")).encode("ascii")
    return RawMessage(channel, SOURCE, str(update["update_id"]), payload)


async def _ended(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
