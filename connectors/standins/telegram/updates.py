"""Updates on their way to the bot, with getUpdates' true offset semantics: an update goes on coming until a later call's offset confirms it.

https://core.telegram.org/bots/api#getupdates: an offset above an update's id confirms it and all before; a negative one keeps only so many from the
end; there is one poller, and a second one has the first answered with 409; with a webhook there is none.
"""

import asyncio
import itertools

from connectors.standins.changes import Changes
from connectors.standins.telegram.world import ApiError, Json

NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
OTHER_POLLER = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)
WEBHOOK_ACTIVE = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


class Updates:
    """The queue. `first`: the id of the first update."""

    def __init__(self, changes: Changes, first: int = 100_000_001) -> None:
        self._changes = changes
        self._ids = itertools.count(first)
        self._news = asyncio.Event()
        self._poller: asyncio.Event | None = None
        self.allowed: list[str] = []
        self.waiting: list[Json] = []
        self.confirmed = 0  # the highest update id that was confirmed
        self.last = first - 1  # the newest update's id

    def add(self, kind: str, body: Json) -> int | None:
        """A new update; its id, or None where the bot didn't ask for this kind."""
        wanted = kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT
        if not wanted:
            return None
        return self.add_raw({kind: body})

    def add_raw(self, update: Json) -> int:
        number = self.last = next(self._ids)
        self.waiting.append({"update_id": number, **{k: v for k, v in update.items() if k != "update_id"}})
        self._news.set()
        self._changes.publish("update", update_id=number)
        return number

    def go_on_after(self, last: int) -> None:
        """Give out no id up to this one: it is from an earlier life of the bot."""
        self.last = max(self.last, last)
        self._ids = itertools.count(self.last + 1)

    def confirm(self, up_to: int) -> None:
        """Updates up to this id are the bot's now."""
        left = [update for update in self.waiting if update["update_id"] > up_to]
        if len(left) != len(self.waiting):
            self.confirmed = max(self.confirmed, up_to)
            self.waiting = left
            self._changes.publish("confirmed", up_to=up_to)

    async def news(self) -> None:
        """Returns when an update has come since the last look."""
        await self._news.wait()
        self._news.clear()

    async def poll(self, args: Json) -> list[Json]:
        """What getUpdates answers. Raises 409 where another call comes meanwhile."""
        if self._poller is not None:
            self._poller.set()
        mine = self._poller = asyncio.Event()
        try:
            if isinstance(args.get("allowed_updates"), list):
                self.allowed = list(args["allowed_updates"])
            self._take_offset(int(args.get("offset") or 0))
            if not self.waiting and (timeout := float(args.get("timeout") or 0)) > 0:
                await self._wait(mine, min(timeout, 50.0))
            if mine.is_set():
                raise ApiError(409, OTHER_POLLER)
            return list(self.waiting[: max(1, min(int(args.get("limit") or 100), 100))])
        finally:
            if self._poller is mine:
                self._poller = None

    def _take_offset(self, offset: int) -> None:
        if offset > 0:
            self.confirm(offset - 1)
        elif offset < 0 and len(self.waiting) > -offset:
            self.confirm(self.waiting[offset - 1]["update_id"])

    async def _wait(self, replaced: asyncio.Event, seconds: float) -> None:
        self._news.clear()
        either = [asyncio.ensure_future(self._news.wait()), asyncio.ensure_future(replaced.wait())]
        try:
            await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in either:
                task.cancel()
