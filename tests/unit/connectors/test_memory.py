"""The connector in memory keeps the promises of the port, and fails as it is told."""

from __future__ import annotations

import pytest

from connectors.memory import MemoryConnector
from deskd.errors import PermanentFailure, StoreFull, TemporaryFailure, UnknownOutcome
from deskd.model import Delivery, Place, Post, RawMessage
from deskd.ports import Connector, HeldReply

MESSAGE = RawMessage("slack", "slack", "m:C1:1.2", b"{}")


def delivery(key: str) -> Delivery:
    return Delivery(1, "slack", key, Post(Place("C1"), "ciao"))


def test_it_is_a_connector() -> None:
    connector: Connector = MemoryConnector("slack")
    assert (connector.channel, connector.settlement, connector.health().state) == ("slack", "look_up", "ok")


async def test_the_source_is_told_only_what_was_kept() -> None:
    kept: list[RawMessage] = []
    full = True

    async def accept(message: RawMessage) -> None:
        if full:
            raise StoreFull("no room")
        kept.append(message)

    connector = MemoryConnector("slack")
    assert not await connector.received(MESSAGE), "not started"
    await connector.start(accept)
    assert not await connector.received(MESSAGE)
    assert connector.health().state == "degraded"
    full = False
    assert await connector.received(MESSAGE)
    await connector.stop_receiving()
    assert not await connector.received(MESSAGE)
    assert kept == [MESSAGE]
    await connector.stop()
    assert connector.health().state == "stopped"


async def test_deliveries_fail_as_told_and_can_be_looked_up() -> None:
    connector = MemoryConnector("slack")
    connector.fail_next(TemporaryFailure("away"), "lost_answer", PermanentFailure("no"))
    with pytest.raises(TemporaryFailure):
        await connector.deliver(delivery("a"))
    assert await connector.look_up(delivery("a")) is None
    with pytest.raises(UnknownOutcome):
        await connector.deliver(delivery("a"))
    assert await connector.look_up(delivery("a")) is not None
    with pytest.raises(PermanentFailure):
        await connector.deliver(delivery("b"))
    await connector.deliver(delivery("b"))
    assert [one.key for one in connector.delivered] == ["a", "b"]
    assert [one.key for one in connector.tried] == ["a", "a", "b", "b"]


async def test_a_recheck_brings_what_was_missed() -> None:
    kept: list[RawMessage] = []

    async def accept(message: RawMessage) -> None:
        kept.append(message)

    connector = MemoryConnector("slack")
    await connector.start(accept)
    connector.missed.append(MESSAGE)
    connector.away = TemporaryFailure("away")
    for question in (connector.recheck([]), connector.look_up(delivery("a"))):
        with pytest.raises(TemporaryFailure):
            await question
    connector.away = None
    held = HeldReply("C1", "1.2", "1.1", "ciao")
    await connector.recheck([held])
    assert (kept, connector.rechecked, connector.missed) == ([MESSAGE], [held], [])
