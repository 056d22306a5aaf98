"""Keeps the roster as Slack has it: ids for names, and who is in the channel of a team with `members: channel`.

What was found once is remembered, so that a start while Slack is away knows everyone. What wasn't found is asked for again every minute, all of it
now and then, and at once when somebody joins or leaves a channel.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Final

from deskd import roster
from deskd.config import Settings
from deskd.errors import PermanentFailure, TemporaryFailure
from deskd.events import Events
from deskd.model import Position
from deskd.ports import Clock, Directory, Member
from deskd.store import Store, Work, positions, rule_sets

FIND_PEOPLE_WITHIN: Final = 10.0  # seconds, at the start
AGAIN: Final = 60.0
"""Seconds until what wasn't found is asked for again."""
SWEEP: Final = 900.0
"""Seconds until all is asked for again, whatever events said."""
_MEMBERS: Final = "members:"
"""How the place of a team's remembered members begins."""


class Rostering:
    """`written`: the settings as the file has them. `changed` is given those that hold now, each time they are others."""

    def __init__(
        self,
        written: Settings,
        store: Store,
        directories: Mapping[str, Directory],
        clock: Clock,
        events: Events,
        changed: Callable[[Settings], None],
    ) -> None:
        self._written = written
        self._store = store
        self._directories = directories
        self._clock = clock
        self._events = events
        self._changed = changed
        self._wanted = roster.asked_for(written)
        self._teams = roster.teams_of_channels(written)
        self._account = next(iter(written.slack_channels()), "")
        self._people: dict[str, dict[str, str]] = {}
        self._members: dict[str, Sequence[Member]] = {}
        self._missing = True
        self._now = written
        self._wake = asyncio.Event()
        self._stopping = False

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()

    def wake(self) -> None:
        """Somebody joined or left a channel."""
        self._wake.set()

    async def begin(self) -> Settings:
        """The settings with what is remembered and, if Slack answers soon, with what holds now."""
        if self._wanted or self._teams:
            await self._store.read(self._recall)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ask(), FIND_PEOPLE_WITHIN)
        self._now = roster.applied(self._written, roster.Found(self._people, self._members))
        return self._now

    async def run(self) -> None:
        """Until `stop`."""
        while self._wanted or self._teams:
            pause = AGAIN if self._missing else SWEEP
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), pause)
            if self._stopping:
                return
            self._wake.clear()
            await self._look()

    async def _look(self) -> None:
        await self._ask()
        now = roster.applied(self._written, roster.Found(self._people, self._members))
        if now != self._now:
            self._now = now
            self._changed(now)

    async def _ask(self) -> None:
        missing = False
        try:
            for account, wanted in self._wanted.items():
                found = await self._directories[account].resolve_people(wanted)
                self._people.setdefault(account, {}).update(found)
                missing = missing or len(found) < len(wanted)
            for team, channel in self._teams.items():
                known = self._members.get(team, ())
                self._members[team] = await self._directories[self._account].members(channel, known)
            await self._store.write(self._keep)
        except (TemporaryFailure, PermanentFailure) as failure:
            self._events.receiver_failed("roster", failure)
            missing = True
        self._missing = missing

    def _recall(self, work: Work) -> None:
        self._people = {account: rule_sets.people(work, account) for account in self._wanted}
        kept = positions.of(work, self._account)
        for team in self._teams:
            told = json.loads(kept.get(_MEMBERS + team, "[]"))
            self._members[team] = tuple(Member(**one) for one in told)

    def _keep(self, work: Work) -> None:
        now = self._clock.now()
        for account, found in self._people.items():
            rule_sets.keep_people(work, account, found, now)
        for team, members in self._members.items():
            told = json.dumps([asdict(one) for one in members])
            positions.keep(work, Position(self._account, _MEMBERS + team, told), now)
