"""How waiters, callbacks and queues hear of what changed in a stand-in."""

import asyncio

import pytest

from connectors.standins.changes import Change, Changes


async def test_a_condition_is_asked_at_once_and_after_each_change() -> None:
    changes, seen = Changes(), list[int]()
    assert await changes.wait_for(lambda: "there already") == "there already"
    waiting = asyncio.create_task(changes.wait_for(lambda: len(seen) == 2 and seen))
    for number in (1, 2):
        seen.append(number)
        changes.publish("mail", number=number)
    assert await waiting == [1, 2]


async def test_waiting_ends() -> None:
    with pytest.raises(TimeoutError, match=r"nothing came true within 0\.01 s"):
        await Changes().wait_for(lambda: None, timeout=0.01)


async def test_callbacks_and_queues_hear_until_they_stop() -> None:
    changes, heard = Changes(), list[Change]()
    stop = changes.subscribe(heard.append)
    with changes.listening() as queue:
        changes.publish("mail", number=1)
        changes.publish("mail", number=2)
        assert [(queue.get_nowait().number, queue.get_nowait().data)] == [(1, {"number": 2})]
    stop()
    changes.publish("mail", number=3)
    assert ([change.number for change in heard], queue.empty()) == ([1, 2], True)
