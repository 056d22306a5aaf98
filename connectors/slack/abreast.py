"""Keeps an account abreast of its workspace: reads back what was missed, at the start and after each time away, and remembers up to when nothing is.

`heard_up_to` moves on only while nothing is missing: a daemon that dies while it reads back begins again where it was.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from connectors.slack.catchup import CatchUp
from deskd.errors import DeskdError, TemporaryFailure

log = logging.getLogger(__name__)

REMEMBER_EVERY: Final = 15.0  # seconds
LOOK_EVERY: Final = 900.0
"""Seconds after which it is looked even though no line broke: over HTTP nobody says that Slack could not reach us."""
DOUBT_AFTER: Final = 400.0
AGAIN_AFTER: Final = 5.0
AT_MOST: Final = 120.0


class Abreast:
    """For one account, in a running loop. `looks`: at the start and now and then, for no line tells when it is time to."""

    def __init__(self, catch_up: CatchUp, *, looks: bool) -> None:
        self._catch_up = catch_up
        self._looks = looks
        self._away = asyncio.Event()
        self._there = asyncio.Event()
        self._remembered = 0.0
        self._doubt: asyncio.TimerHandle | None = None
        if looks:
            self._away.set()

    def is_away(self) -> None:
        """From now on something may be missed."""
        self._there.clear()

    def was_away(self) -> None:
        """Something may have been missed up to now."""
        self._there.clear()
        self._away.set()

    def may_have_been_away(self) -> None:
        """Slack repeats itself: some of what it said may not have come through. It is looked when it has stopped trying."""
        if self._doubt is None:
            self._doubt = asyncio.get_running_loop().call_later(DOUBT_AFTER, self._look)

    def _look(self) -> None:
        self._doubt = None
        self.was_away()

    async def until_there(self, seconds: float) -> bool:
        """Whether nothing is missing, within so many seconds."""
        try:
            await asyncio.wait_for(self._there.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def run(self) -> None:
        """For ever; ends by being cancelled."""
        try:
            await self._run()
        finally:
            if self._doubt is not None:
                self._doubt.cancel()

    async def _run(self) -> None:
        while True:
            try:
                await asyncio.wait_for(self._away.wait(), LOOK_EVERY if self._looks else None)
            except TimeoutError:
                self._there.clear()
            self._away.clear()
            wait = AGAIN_AFTER
            while not await self._read_back():
                await asyncio.sleep(wait)
                wait = min(wait * 2, AT_MOST)
            if not self._away.is_set():
                self._there.set()

    async def _read_back(self) -> bool:
        try:
            found = await self._catch_up.run()
        except DeskdError as error:
            log.warning("what was missed of Slack can't be read back yet: %s", error)
            return False
        log.info("read back from Slack: %d events that may have been missed", found)
        return True

    async def remember(self) -> None:
        """Keep up to when nothing is missing, now and then. For ever; ends by being cancelled."""
        while True:
            await asyncio.sleep(REMEMBER_EVERY)
            await self.remember_now()

    async def remember_now(self) -> None:
        if not self._there.is_set() or self._catch_up.newest == self._remembered:
            return
        newest = self._catch_up.newest
        try:
            await self._catch_up.remember()
        except TemporaryFailure as error:  # the database is away: next time
            log.debug("how far Slack was heard was not kept: %s", error)
        else:
            self._remembered = newest
