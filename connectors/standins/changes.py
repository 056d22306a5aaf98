"""What changed in a stand-in, told to whoever waits: tests wait on a condition, the demo's page follows a queue.

In: `publish`, called in the event loop's thread after each change. Out: every subscriber's callback is called, every queue gets
the change, every waiter looks again. It never sleeps and never polls.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Change:
    """One change: its number (from 1, no gaps), its kind (`message`, `reaction`, `mail`…) and its data (JSON-able)."""

    number: int
    kind: str
    data: Mapping[str, object]


class Changes:
    """The changes of one stand-in."""

    def __init__(self) -> None:
        self._count = 0
        self._waiting: set[asyncio.Event] = set()
        self._subscribers: list[Callable[[Change], None]] = []

    def publish(self, kind: str, /, **data: object) -> None:
        """Tell everyone, at once; to be called after the change has been made."""
        self._count += 1
        change = Change(self._count, kind, data)
        for subscriber in tuple(self._subscribers):
            subscriber(change)
        for event in self._waiting:
            event.set()

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call `callback` with each later change; the returned function ends that."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    @contextlib.contextmanager
    def listening(self) -> Iterator["asyncio.Queue[Change]"]:
        """A queue of every change from now on: `with changes.listening() as queue:`, then look at the state, then follow the queue."""
        queue: asyncio.Queue[Change] = asyncio.Queue()
        unsubscribe = self.subscribe(queue.put_nowait)
        try:
            yield queue
        finally:
            unsubscribe()

    async def wait_for(self, predicate: Callable[[], T], timeout: float = 10.0) -> T:
        """The first true value that `predicate` gives, asked now and after each change.

        Raises TimeoutError when `timeout` seconds pass without one.
        """
        changed = asyncio.Event()
        self._waiting.add(changed)
        try:
            async with asyncio.timeout(timeout):
                while not (value := predicate()):
                    await changed.wait()
                    changed.clear()
                return value
        except TimeoutError:
            raise TimeoutError(f"nothing came true within {timeout:g} s: {predicate!r}") from None
        finally:
            self._waiting.discard(changed)
