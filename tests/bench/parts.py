"""The parts of a run, in the order in which they are measured."""

import time
from collections.abc import Awaitable, Callable

from tests.bench import ingesting, latency, machine, memory, smtp, stages
from tests.bench.asking_rules import asking
from tests.bench.clocks import clocks
from tests.bench.figures import Figure, rate
from tests.bench.run import Run
from tests.bench.seeding import analyze, seed
from tests.bench.telegram import telegram
from tests.bench.two import two_daemons

LIMIT_SECONDS = 2.0


async def _limits(run: Run) -> list[Figure]:
    return machine.limits(
        run.folder, max(0.2, LIMIT_SECONDS * run.scale), run.postgres() if run.cluster else None
    )


async def _sustained(run: Run) -> list[Figure]:
    return [(await smtp.sustained(run, run.sqlite()))[0]]


async def _many(run: Run) -> list[Figure]:
    """The same mails into an empty desk and into one that has many tickets."""
    full = run.sqlite()
    began = time.monotonic()
    seed(full, run.tickets)
    analyze(full)
    seeded = time.monotonic() - began
    first, without = await smtp.sustained(run, run.sqlite(), "SMTP to queued card, empty desk", None)
    second, having = await smtp.sustained(
        run, full, f"SMTP to queued card, {run.tickets:,} tickets there", None
    )
    share = having / without
    third = Figure(
        f"— beside the empty desk (seeded at {rate(run.tickets / seeded)})",
        "",
        "",
        share,
        "90 %",
        share >= 0.9,
    )
    return [first, second, third]


async def _postgres(run: Run) -> list[Figure]:
    if run.cluster is None:
        return []
    figure, one = await smtp.sustained(
        run, run.postgres(), "PostgreSQL: SMTP to queued card, 20 connections", None
    )
    return [figure, await two_daemons(run, one)]


PARTS: dict[str, Callable[[Run], Awaitable[list[Figure]]]] = {
    "limits": _limits,
    "accept": smtp.acceptance,
    "sustained": _sustained,
    "ingest": ingesting.ingest,
    "latency": latency.latency,
    "telegram": telegram,
    "memory": memory.memory,
    "many": _many,
    "rules": asking,
    "clocks": clocks,
    "postgres": _postgres,
    "stages": stages.stages,
}
