"""What was missed while nobody listened for longer than Slack repeats events (about six minutes): read back, and made into the events it would have been.

In: where the desk listens, and up to when all had come in. Out: the missed events, through the inbox, which knows those it has. A channel's history tells
for each thread when it was last answered (`latest_reply`), so threads are only read where something is new in them, or where something was
written shortly before and may have been changed or deleted since. What Slack doesn't keep (a pressed button, a reaction taken back) stays missed.
https://docs.slack.dev/reference/methods/conversations.history
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from connectors.slack import missed
from connectors.slack.api import Method, SlackApi
from connectors.slack.outcome import refusal
from connectors.slack.places import Places
from connectors.slack.receive import Intake
from deskd.errors import PermanentFailure, TemporaryFailure, Throttled
from deskd.model import Position
from deskd.ports import Clock, Followed, Following, Polling

log = logging.getLogger(__name__)

Json = dict[str, Any]

PLACE: Final = "events"
"""The position's: up to when, by Slack's clock, everything has come in."""
OVERLAP: Final = 600.0
"""Seconds before it that are read once more: what came late may have been refused, and Slack's patience ends after six minutes."""
WINDOW: Final = 7 * 86_400.0
"""Threads begun so long before are found in their channel's history; older ones are read one by one."""
MOST_OLDER: Final = 100
AT_FULL_SPEED: Final = 20
PAUSE: Final = 1.2
"""Seconds between two questions after the first few: Slack takes some fifty a minute."""
_PAGE: Final = 200
_AT_ONCE: Final = 100
_CLOSED_TO_US: Final = frozenset(
    "missing_scope channel_not_found not_in_channel is_archived no_permission ekm_access_denied team_access_not_granted"
    " thread_not_found".split()
)


@dataclass
class _Channel:
    """One of them, and what is known of its threads (by their roots' ts)."""

    id: str
    customers: bool
    threads: dict[str, Followed] = field(default_factory=dict)
    whole: Followed | None = None  # a direct exchange, whose roots belong together

    @property
    def written(self) -> frozenset[str]:
        return self.whole.written if self.whole else frozenset()


class CatchUp:
    """For one account. `customers`: the channels in which customers write, as configured; `pause` waits for so many seconds."""

    def __init__(
        self,
        account: str,
        api: SlackApi,
        places: Places,
        intake: Intake,
        customers: Sequence[str],
        polling: Polling,
        following: Following,
        clock: Clock,
        pause: Callable[[float], Awaitable[None]],
    ) -> None:
        self._account = account
        self._api = api
        self._places = places
        self._intake = intake
        self._customers = customers
        self._polling = polling
        self._following = following
        self._clock = clock
        self._pause = pause
        self._asked = 0

    @property
    def newest(self) -> float:
        """When the newest event that came in happened, by Slack's clock."""
        return self._intake.newest

    async def remember(self) -> None:
        """Everything has come in up to the newest event that did. Only true while nothing is missed. Raises `TemporaryFailure`."""
        if newest := self.newest:
            await self._polling.remember(Position(self._account, PLACE, f"{newest:.6f}"))

    async def run(self) -> int:
        """How many events were read back; those that had come in count too. Raises `TemporaryFailure` when it must be tried again."""
        known = (await self._polling.positions(self._account)).get(PLACE)
        if known is None:  # the first start: there is nothing to go back to
            now = self._clock.now().timestamp()
            await self._polling.remember(Position(self._account, PLACE, f"{now:.6f}"))
            return 0
        self._asked = 0
        since = float(known) - OVERLAP
        found, later = 0, list[tuple[_Channel, str]]()
        async for channel in self._channels(since):
            async with self._if_open_to_us(channel):
                events, perhaps = await self._missed_in(channel, since)
                found += await self._keep(events)
                later += [(channel, thread) for thread in perhaps]
        for channel, thread in later:
            async with self._if_open_to_us(channel):
                found += await self._keep(await self._missed_under(channel, thread, since))
        return found

    @contextlib.asynccontextmanager
    async def _if_open_to_us(self, channel: _Channel) -> AsyncIterator[None]:
        """What can't be read for good, for want of a scope or of an invitation, keeps nothing else."""
        try:
            yield
        except (PermanentFailure, TemporaryFailure) as error:
            if refusal(error) not in _CLOSED_TO_US and not isinstance(error, PermanentFailure):
                raise
            log.warning("what was missed in the Slack channel %s can't be read: %s", channel.id, error)

    # ── where ────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _channels(self, since: float) -> AsyncIterator[_Channel]:
        """Customers' first: they wait for an answer."""
        found: dict[str, _Channel] = {}
        for reference in self._customers:
            channel = await self._places.channel(reference)
            found[channel] = _Channel(channel, customers=True)
        for one in await self._following.followed(self._account, datetime.fromtimestamp(since, UTC)):
            channel = await self._places.channel(one.channel)
            known = found.setdefault(channel, _Channel(channel, one.customers))
            if one.thread is None:
                known.whole = one
            else:
                known.threads[one.thread] = one
        for channel in await self._directs():
            found.setdefault(channel, _Channel(channel, customers=True))
        for each in sorted(found.values(), key=lambda each: not each.customers):
            yield each

    async def _directs(self) -> list[str]:
        """Whoever may have written to the bot. An app without im:read only knows those who did before."""
        try:
            method = self._api.client.users_conversations
            return [str(one["id"]) async for one in self._all(method, "channels", types="im", limit=_PAGE)]
        except (PermanentFailure, TemporaryFailure) as error:
            if refusal(error) not in _CLOSED_TO_US and not isinstance(error, PermanentFailure):
                raise
            log.warning("Slack doesn't say who writes to the bot directly: %s", error)
            return []

    # ── what ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _missed_in(self, channel: _Channel, since: float) -> tuple[list[Json], list[str]]:
        """What is surely new, and the threads in which something may have been changed."""
        oldest = min([since, *map(float, channel.threads), *map(float, channel.written)])
        oldest = max(oldest, since - WINDOW)
        roots = {
            str(one.get("ts")): one
            async for one in self._all(
                self._api.client.conversations_history,
                "messages",
                channel=channel.id,
                oldest=f"{oldest:.6f}",
                inclusive=True,
                limit=_PAGE,
            )
        }
        events: list[Json] = []
        for ts, root in roots.items():
            if channel.customers:
                events += missed.written(channel.id, root, since)
            elif ts in channel.threads:
                events += missed.reactions(channel.id, root)
        gone = [ts for ts in channel.written - roots.keys() if float(ts) >= oldest]
        events += [missed.deletion(channel.id, ts, None) for ts in gone]
        for thread in _answered_since(channel, roots, since):
            events += await self._missed_under(channel, thread, since)
        return sorted(events, key=missed.order), _perhaps_changed(channel, roots, since, oldest)

    async def _missed_under(self, channel: _Channel, thread: str, since: float) -> list[Json]:
        """The whole thread is read, so that what isn't there any more is known to be gone."""
        followed = channel.threads.get(thread)
        written = followed.written if followed else frozenset()
        seen: dict[str, Json] = {}
        try:
            async for message in self._all(
                self._api.client.conversations_replies,
                "messages",
                channel=channel.id,
                ts=thread,
                limit=_PAGE,
            ):
                seen[str(message.get("ts"))] = message
        except PermanentFailure as error:
            if refusal(error) != "thread_not_found":
                raise
            return [missed.deletion(channel.id, ts, thread) for ts in sorted(written)]
        events: list[Json] = []
        for ts, message in seen.items():
            if ts != thread:
                events += missed.written(channel.id, {"thread_ts": thread, **message}, since)
                events += [] if channel.customers else missed.reactions(channel.id, message)
        if thread in seen:
            gone = [ts for ts in written if missed.is_gone(seen.get(ts))]
            events += [missed.deletion(channel.id, ts, thread) for ts in sorted(gone)]
        return sorted(events, key=missed.order)

    async def _keep(self, events: Sequence[Json]) -> int:
        raws = [raw for raw in map(self._intake.raw, events) if raw is not None]
        for at in range(0, len(raws), _AT_ONCE):
            await self._polling.accept(raws[at : at + _AT_ONCE])
        return len(raws)

    # ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _all(self, method: Method, key: str, **arguments: Any) -> AsyncIterator[Json]:
        """The objects under `key`, page after page, at the pace that Slack bears."""
        while True:
            answer = await self._call(method, arguments)
            for one in answer.get(key) or ():
                if isinstance(one, dict):
                    yield one
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
            arguments = {**arguments, "cursor": cursor}

    async def _call(self, method: Method, arguments: Mapping[str, Any]) -> Json:
        while True:
            self._asked += 1
            if self._asked > AT_FULL_SPEED:
                await self._pause(PAUSE)
            try:
                return await self._api.call(method, **arguments)
            except Throttled as slower:
                wait = slower.retry_after.total_seconds() if slower.retry_after else 30.0
                await self._pause(wait)


def _answered_since(channel: _Channel, roots: Mapping[str, Json], since: float) -> list[str]:
    """For customers all threads of their channel count, for agents those of tickets."""
    return [
        ts
        for ts, root in roots.items()
        if (channel.customers or ts in channel.threads) and float(root.get("latest_reply") or 0) >= since
    ]


def _perhaps_changed(channel: _Channel, roots: Mapping[str, Json], since: float, oldest: float) -> list[str]:
    """Where somebody wrote shortly before, and older threads, of which the history tells nothing: the newest of those."""
    read = set(_answered_since(channel, roots, since))
    lively = [ts for ts, one in channel.threads.items() if one.written and ts not in read]
    older = sorted((ts for ts in channel.threads if float(ts) < oldest), reverse=True)
    return list(dict.fromkeys([*lively, *older[:MOST_OLDER]]))
