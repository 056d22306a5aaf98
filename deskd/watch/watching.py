"""Looks after the running daemon: gathers how each part stands, for `/health`, the metrics and the alerts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from deskd import __version__
from deskd.errors import DeskdError
from deskd.ports import Clock, ConnectorHealth
from deskd.store import Store
from deskd.store.figures import Figures, figures, touch
from deskd.watch.health import Findings, Room, RulesFound

ANSWER_WITHIN: Final = 6.0  # seconds for the database; it waits 5 for a lock itself
LATE: Final = timedelta(minutes=15)
"""What should have gone out so long ago is stuck."""
PROBE_AGAIN: Final = 1.0  # seconds for which the answer to a write counts


class Part(Protocol):
    """Whatever can say how it stands: a connector, a listener."""

    def health(self) -> ConnectorHealth: ...


class Watch:
    """One look is `findings`. `connectors` and `listeners` are looked up by name at each look; `dead` names parts that ended."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        connectors: Mapping[str, Part],
        listeners: Callable[[], Mapping[str, Part]],
        rules: Callable[[], RulesFound],
        dead: Callable[[], Sequence[str]],
    ) -> None:
        self._store = store
        self._clock = clock
        self._connectors = connectors
        self._listeners = listeners
        self._rules = rules
        self._dead = dead
        self._since: datetime = clock.now()
        self._probed: tuple[float, str | None] | None = None
        self._probing = asyncio.Lock()

    async def findings(self, probe_every: float = PROBE_AGAIN) -> Findings:
        """How all stands now; whether the database can be written, as of `probe_every` seconds ago at the most.

        Never raises: what can't be found out is itself a finding.
        """
        now = self._clock.now()
        numbers, unreadable = await self._numbers(now)
        unwritable = unreadable or await self._unwritable(probe_every)
        return Findings(
            now=now,
            version=__version__,
            since=self._since,
            rules=self._rules(),
            connectors={name: _health(part) for name, part in self._connectors.items()},
            listeners={name: _health(part) for name, part in self._listeners().items()},
            figures=numbers,
            store_error=unwritable,
            room=self._room(),
            dead=tuple(self._dead()),
        )

    async def _numbers(self, now: datetime) -> tuple[Figures | None, str | None]:
        found: list[Figures] = []

        async def read() -> None:
            found.append(await self._store.read(lambda work: figures(work, now - LATE)))

        trouble = await _trouble_with(read)
        return (found[0] if found else None), trouble

    def _room(self) -> Room | None:
        try:
            room = self._store.room()
        except OSError:  # the folder is gone: reading and writing tell of that
            return None
        return None if room is None else Room(*room)

    async def _unwritable(self, every: float) -> str | None:
        """Why nothing can be written, by trying; many who ask at once share one try."""
        async with self._probing:
            at = self._clock.monotonic()
            if self._probed is None or at - self._probed[0] > every:
                # A try may wait behind others that wait for the same thing; what those met is then the reason.
                self._probed = (at, await _trouble_with(self._write, lambda: self._store.trouble))
            return self._probed[1]

    async def _write(self) -> None:
        self._store.check_room()
        now = self._clock.now()
        await self._store.write(lambda work: touch(work, now))


async def _trouble_with(
    ask: Callable[[], Awaitable[None]], known: Callable[[], Exception | None] = lambda: None
) -> str | None:
    """What the database answers instead of doing as asked, or None. `known`: the reason, where no answer comes in time."""
    try:
        await asyncio.wait_for(ask(), ANSWER_WITHIN)
    except TimeoutError:
        met = known()
        if isinstance(met, DeskdError):
            return str(met)
        return f"the database has not answered for {ANSWER_WITHIN:.0f} s"
    except DeskdError as failure:
        return str(failure)
    except Exception as failure:  # health is told, whatever is broken
        return f"the database fails: {type(failure).__name__}"
    return None


def _health(part: Part) -> ConnectorHealth:
    try:
        return part.health()
    except Exception as failure:
        return ConnectorHealth("failing", None, f"{type(failure).__name__}: {failure}")
