"""How events, interactions and commands reach the app: carried, waited for, retried, dropped, as Slack does it.

In: `send(kind, payload)`. Out: a task whose result is the app's answer (`Ack`), or None when the app never took it. A carrier
(socket_mode.py, http_events.py) makes one attempt; this module knows how often and when. Only events are retried; a click or a
command that nobody takes within three seconds is lost, and the person sees an error.
https://docs.slack.dev/apis/events-api/#retries
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from connectors.standins.changes import Changes
from connectors.standins.slack.state import Json

Kind = Literal["events_api", "interactive", "slash_commands"]


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is to be delivered."""

    kind: Kind
    payload: Json
    attempt: int = 0
    reason: str | None = None
    """Why the attempt before failed: `timeout`, `connection_failed`, `http_error`…"""


@dataclass(frozen=True, slots=True)
class Ack:
    """The app took it; `payload` is what it answered in the same breath (a view's errors, a command's text)."""

    payload: Json | None = None


class NotTaken(Exception):
    """One attempt failed; `reason` is Slack's word for why. After a `final` one Slack tries no more."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final


class Carrier(Protocol):
    """One way to the app."""

    async def carry(self, parcel: Parcel) -> Ack:
        """Make one attempt. Raises NotTaken."""


class Delivery:
    """Everything on its way to the app."""

    def __init__(self, carrier: Carrier, retry_delays: Sequence[float], changes: Changes) -> None:
        self.carrier = carrier
        self._changes = changes
        self.retry_delays = tuple(retry_delays)
        self.dropped: list[Parcel] = []
        self._doubled = 0
        self._held: list[tuple[Parcel, asyncio.Future[Ack | None]]] = []
        self._hold_until = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def duplicate(self, count: int) -> None:
        """Deliver each of the next `count` events twice."""
        self._doubled += count

    def reorder(self, count: int) -> None:
        """Hold back the next `count` events, then deliver them last first."""
        self._hold_until = count

    @property
    def under_way(self) -> int:
        """How many parcels the app has neither taken nor lost."""
        return len(self._tasks) + len(self._held)

    def send(self, kind: Kind, payload: Json) -> "asyncio.Future[Ack | None]":
        """Start a delivery."""
        result: asyncio.Future[Ack | None] = asyncio.get_running_loop().create_future()
        parcel = Parcel(kind, payload)
        if kind == "events_api" and self._hold_until:
            self._hold(parcel, result)
            return result
        self._start(parcel, result)
        if kind == "events_api" and self._doubled:
            self._doubled -= 1
            self._start(parcel, asyncio.get_running_loop().create_future())
        return result

    def _hold(self, parcel: Parcel, result: "asyncio.Future[Ack | None]") -> None:
        self._held.append((parcel, result))
        if len(self._held) >= self._hold_until:
            held, self._held, self._hold_until = self._held, [], 0
            for late in reversed(held):
                self._start(*late)

    def _start(self, parcel: Parcel, result: "asyncio.Future[Ack | None]") -> None:
        task = asyncio.create_task(self._deliver(parcel, result))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        self._changes.publish("delivery", under_way=self.under_way)

    async def _deliver(self, parcel: Parcel, result: "asyncio.Future[Ack | None]") -> None:
        delays = self.retry_delays if parcel.kind == "events_api" else ()
        for attempt, delay in enumerate((*delays, None)):
            try:
                ack = await self.carrier.carry(parcel)
            except NotTaken as failure:
                if delay is None or failure.final:
                    break
                await asyncio.sleep(delay)
                parcel = Parcel(parcel.kind, parcel.payload, attempt + 1, failure.reason)
            else:
                _settle(result, ack)
                return
        self.dropped.append(parcel)
        _settle(result, None)

    async def stop(self) -> None:
        """Give up everything under way."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _settle(result: "asyncio.Future[Ack | None]", ack: Ack | None) -> None:
    if not result.done():
        result.set_result(ack)
