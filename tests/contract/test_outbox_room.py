"""The outbox has only so much under way at once, whatever waits: what is to be sent, and what is to be settled."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from connectors.memory import MemoryConnector
from deskd.events import Events
from deskd.model import Delivery, Receipt
from deskd.outbox import AT_ONCE, MOST_OF_ONE, SETTLED_AT_ONCE, Outbox
from deskd.store import Store, outbox
from deskd.store.times import micros
from tests.support.desk import NOW, SETTINGS
from tests.support.store import open_ticket, post, queue
from tests.support.world import StillClock


class Slow(MemoryConnector):
    """Answers when it is allowed to, and counts what asks it meanwhile."""

    def __init__(self) -> None:
        super().__init__("slack")
        self.go = asyncio.Event()
        self.asked = self.most = self.settled = 0

    async def deliver(self, delivery: Delivery) -> Receipt:
        await self._answer()
        return Receipt(str(delivery.id))

    async def look_up(self, delivery: Delivery) -> Receipt | None:
        self.settled += 1
        await self._answer()
        return Receipt(str(delivery.id))

    async def _answer(self) -> None:
        self.asked += 1
        self.most = max(self.most, self.asked)
        await self.go.wait()
        self.asked -= 1


@pytest.mark.parametrize("lost", [0, 3, SETTLED_AT_ONCE * 2])
async def test_no_more_is_under_way_than_there_is_room_for(store: Store, lost: int) -> None:
    ticket = store.write_now(open_ticket)
    marks = [post(str(number), f"c{number}") for number in range(AT_ONCE + lost + 20)]
    waiting = store.write_now(lambda work: queue(work, ticket, *marks))

    def lose(work: object) -> None:
        for row_id in waiting[:lost]:
            outbox.begin(work, outbox.load(work, row_id), "gone", NOW)  # type: ignore[arg-type]
            outbox.end(work, row_id, "sending", "unknown", not_before=micros(NOW))  # type: ignore[arg-type]

    store.write_now(lose)
    slow = Slow()
    sender = Outbox(SETTINGS, store, {"slack": slow}, StillClock(), Events(), "w1")
    running = asyncio.create_task(sender.run())
    room = min(lost, SETTLED_AT_ONCE) + MOST_OF_ONE
    async with asyncio.timeout(60):
        while slow.asked < room:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert slow.settled == min(lost, SETTLED_AT_ONCE), "what nobody knows isn't kept waiting by a queue"
    assert slow.most == room < AT_ONCE
    slow.go.set()
    async with asyncio.timeout(60):
        while await store.read(outbox.lanes) or slow.settled < lost:
            sender.wake()
            await asyncio.sleep(0.01)
    sender.stop()
    await running
    assert slow.most == room


async def test_an_account_that_gives_no_answer_leaves_room_to_the_others(store: Store) -> None:
    ticket = store.write_now(open_ticket)
    marks = [post(str(number), f"c{number}") for number in range(AT_ONCE * 2)]
    store.write_now(lambda work: queue(work, ticket, *marks))
    other = replace(post("x", "elsewhere"), channel="other")
    store.write_now(lambda work: queue(work, ticket, other))
    slow, quick = Slow(), MemoryConnector("other")
    sender = Outbox(SETTINGS, store, {"slack": slow, "other": quick}, StillClock(), Events(), "w1")
    running = asyncio.create_task(sender.run())
    async with asyncio.timeout(60):
        while not quick.delivered:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert slow.most <= MOST_OF_ONE
    slow.go.set()
    sender.stop()
    await running
