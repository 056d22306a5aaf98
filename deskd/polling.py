"""Where accounts that ask for their messages keep how far they got, and by which of several daemons one asks (`deskd.ports.Polling`)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from deskd.model import Position, RawMessage
from deskd.pipeline import Pipeline
from deskd.ports import Clock
from deskd.store import Store, leases, positions, reconciling


class StoredPolling:
    """`worker` names this daemon in leases. `pipeline` tells where messages go: it is built later than the connectors."""

    def __init__(self, store: Store, clock: Clock, worker: str, pipeline: Callable[[], Pipeline]) -> None:
        self._store = store
        self._clock = clock
        self._worker = worker
        self._pipeline = pipeline

    async def accept(self, raws: Sequence[RawMessage], position: Position | None = None) -> None:
        await self._pipeline().accept_all(raws, position)

    async def positions(self, account: str) -> Mapping[str, str]:
        return await self._store.read(lambda work: positions.of(work, account))

    async def remember(self, position: Position) -> None:
        await self._store.write(lambda work: positions.keep(work, position, self._clock.now()))

    async def taken(self, account: str, source: str, external_ids: Sequence[str]) -> Collection[str]:
        return await self._store.read(
            lambda work: reconciling.received(work, account, external_ids, source=source)
        )

    async def may_ask(self, account: str) -> bool:
        if self._store.dialect == "sqlite":  # there is one daemon: its lock says so
            return True
        return await self._store.write(lambda work: leases.take(work, f"account:{account}", self._worker))

    async def let_go(self, account: str) -> None:
        await self._store.write(lambda work: leases.release(work, f"account:{account}", self._worker))
