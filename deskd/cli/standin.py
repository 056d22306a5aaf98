"""What a command is, where no daemon runs: the desk's store and pipeline, without connectors. It sends nothing; what it queues, a daemon sends later."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from time import monotonic
from typing import Final

import structlog

from deskd import roster
from deskd.config import Settings
from deskd.errors import Problem
from deskd.events import Events
from deskd.parsing import ParsingProcess
from deskd.pipeline import Pipeline
from deskd.ports import Clock
from deskd.rules import load_rules
from deskd.store import Store, Work, leases, rule_sets

RENEW: Final = leases.SECONDS / 4


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return monotonic()


class StandIn:
    """A `deskd.operating.Desk`. Between `begin` and `end` it is a worker like a daemon, on PostgreSQL beside others."""

    def __init__(self, settings: Settings, store: Store, parsing: ParsingProcess | None = None) -> None:
        self.settings = settings
        self.store = store
        self.clock: Clock = SystemClock()
        self.events = Events(_errors_only())
        self._worker = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        ruleset = load_rules(settings.desk.rules, settings)
        people = roster.people(settings)
        self.pipeline = Pipeline(
            settings, store, ruleset, self.clock, self.events, self._worker, people, parsing=parsing
        )

    async def begin(self) -> None:
        """Take over what dead workers left, as a daemon does at its start."""
        alone, ruleset = self.store.dialect == "sqlite", self.pipeline.ruleset

        def unit(work: Work) -> None:
            rule_sets.keep(work, ruleset.hash, json.dumps(dict(ruleset.source)), self.clock.now())
            if alone:
                leases.forget_all(work)
            leases.alive(work, self._worker)
            leases.take_over(work)

        await self.store.write(unit)

    async def end(self) -> None:
        self.pipeline.close()
        await self.store.write(lambda work: leases.release_all(work, self._worker))

    @contextlib.asynccontextmanager
    async def alive(self) -> AsyncIterator[None]:
        """While it works, its lease is renewed: what it claimed stays its own."""
        await self._renew()
        renewing = asyncio.create_task(self._renew_on())
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    async def _renew_on(self) -> None:
        while True:
            await asyncio.sleep(RENEW)
            await self._renew()

    async def _renew(self) -> None:
        await self.store.write(lambda work: leases.alive(work, self._worker))

    async def reload(self) -> Sequence[Problem]:
        """Nothing runs that could go on with old rules."""
        return ()


def _errors_only() -> structlog.typing.FilteringBoundLogger:
    """The log of a command: on stderr, and only what went wrong in deskd itself."""
    logger: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        processors=[
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
    )
    return logger
