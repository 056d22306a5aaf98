"""Delivery to a webhook: one update a post, in order, with the secret in its header, again and again until it is taken.

https://core.telegram.org/bots/api#setwebhook
"""

import asyncio
import contextlib
from collections.abc import Sequence

import aiohttp

from connectors.standins.changes import Changes
from connectors.standins.telegram.updates import Updates
from connectors.standins.telegram.world import Json

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Webhook:
    """`retry_delays`: seconds before each further try; the last one is repeated."""

    def __init__(self, updates: Updates, changes: Changes, retry_delays: Sequence[float]) -> None:
        self._updates = updates
        self._changes = changes
        self._delays = retry_delays
        self._task: asyncio.Task[None] | None = None
        self.url = ""
        self.secret = ""
        self.last_error = ""
        self.last_error_at = 0
        self.posts: list[tuple[int, int]] = []
        """(update_id, the status answered; 0: none)."""

    def set(self, url: str, secret: str) -> None:
        self.clear()
        self.url, self.secret = url, secret
        self._task = asyncio.get_running_loop().create_task(self._deliver())

    def clear(self) -> None:
        self.url = self.secret = ""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def stop(self) -> None:
        task = self._task
        self.clear()
        if task is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _deliver(self) -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
            failed = 0
            while True:
                if not self._updates.waiting:
                    await self._updates.news()
                    continue
                update = self._updates.waiting[0]
                status = await self._post(session, update)
                self.posts.append((update["update_id"], status))
                if 200 <= status < 300:
                    failed = 0
                    self.last_error = ""
                    self._updates.confirm(update["update_id"])
                    continue
                self.last_error = (
                    f"Wrong response from the webhook: {status}" if status else "Connection refused"
                )
                self._changes.publish("webhook", status=status)
                await asyncio.sleep(self._delays[min(failed, len(self._delays) - 1)])
                failed += 1

    async def _post(self, session: aiohttp.ClientSession, update: Json) -> int:
        headers = {SECRET_HEADER: self.secret} if self.secret else {}
        try:
            async with session.post(self.url, json=update, headers=headers) as response:
                await response.read()
                return response.status
        except (aiohttp.ClientError, OSError, TimeoutError):
            return 0
