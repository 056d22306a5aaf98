"""What the page shows, told anew whenever it changed: parts by name, each sent whole, and only to whom it is news.

In: `touch(part)` after a change. Out: each listener gets the newest value of each part that it hasn't seen; a slow one skips what lies between.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

GATHER = 0.04  # seconds: changes that come together are shown together

Part = Callable[[], Awaitable[Any]]


class Listener:
    """One open page: the parts that it has still to be told, as JSON."""

    def __init__(self) -> None:
        self._news: dict[str, str] = {}
        self._there = asyncio.Event()
        self.ended = False

    def tell(self, part: str, value: str) -> None:
        self._news[part] = value
        self._there.set()

    def end(self) -> None:
        self.ended = True
        self._there.set()

    async def news(self) -> dict[str, str]:
        """What is new; waits for it. Empty when there will be nothing more."""
        await self._there.wait()
        self._there.clear()
        news, self._news = self._news, {}
        return news


class Live:
    """The parts of the page, by name, and who listens. While `still` is held, no part is asked for."""

    def __init__(self, parts: Mapping[str, Part], still: asyncio.Lock) -> None:
        self._parts = parts
        self._still = still
        self._last: dict[str, str] = {}
        self._dirty = set(parts)
        self._changed = asyncio.Event()
        self._changed.set()
        self._listeners: set[Listener] = set()

    def touch(self, part: str) -> None:
        """This part may have changed."""
        self._dirty.add(part)
        self._changed.set()

    async def run(self) -> None:
        """Tell the listeners what changes, until cancelled."""
        while True:
            await self._changed.wait()
            await asyncio.sleep(GATHER)
            self._changed.clear()
            dirty, self._dirty = self._dirty, set()
            for part in sorted(dirty):
                async with self._still:
                    value = json.dumps(await self._parts[part](), ensure_ascii=False)
                if value != self._last.get(part):
                    self._last[part] = value
                    for listener in self._listeners:
                        listener.tell(part, value)

    @contextlib.contextmanager
    def listening(self) -> Iterator[Listener]:
        """A listener, told of every part as it stands to begin with."""
        listener = Listener()
        for part, value in self._last.items():
            listener.tell(part, value)
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def end(self) -> None:
        """Let every listener go."""
        for listener in self._listeners:
            listener.end()
