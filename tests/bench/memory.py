"""How long the daemon takes until it is ready, how much memory it needs at rest, and how much while big mails come in over many connections."""

import asyncio
import contextlib
import statistics

from tests.bench.client import Job
from tests.bench.figures import Figure
from tests.bench.rulesets import write_rules
from tests.bench.run import Run
from tests.bench.running import Running, outside, running
from tests.bench.smtp import sent
from tests.bench.watching import Watch, until

STARTS = 5
MB = 2**20
BIG, CONNECTIONS, EACH = 24_900_000, 16, 2
LOOK_EVERY = 0.02


async def memory(run: Run) -> list[Figure]:
    database = run.sqlite()
    folder, rules = run.desk_folder(), write_rules(run.desk_folder() / "rules", run.rules)
    starts, rest = [], 0
    async with outside() as out:
        async with running(folder, database, rules, out):
            pass  # the schema is made, files are in the cache
        for _ in range(STARTS):
            async with running(folder, database, rules, out) as daemon:
                starts.append(daemon.start)
                await asyncio.sleep(1)
                rest = max(rest, daemon.memory())
        async with running(folder, database, rules, out) as daemon:
            peak = await _peak(run, database, daemon)
    start = statistics.median(starts)
    return [
        Figure(
            "start-up, process start to ready",
            f"{start:.2f} s",
            f"median of {STARTS}, {run.rules} rules",
            None,
            "1.5 s",
            start < 1.5,
        ),
        Figure("memory at rest", f"{rest / MB:.0f} MB", "", None, "150 MB", rest <= 150 * MB),
        Figure(
            "memory while 25 MB mails come over 16 connections",
            f"{peak / MB:.0f} MB",
            f"{CONNECTIONS * EACH} mails",
            None,
            "300 MB",
            peak <= 300 * MB,
        ),
    ]


async def _peak(run: Run, database: str, daemon: Running) -> int:
    """The most that the daemon and its process for big mails had together, until all of them were filed."""
    most = 0

    async def look() -> None:
        nonlocal most
        while True:
            most = max(most, daemon.memory())
            await asyncio.sleep(LOOK_EVERY)

    looking = asyncio.ensure_future(look())
    watch = Watch(database)
    await sent(Job(daemon.port, CONNECTIONS * EACH, CONNECTIONS, run.label(), size=BIG))
    await until(lambda: watch.waiting() == 0)
    watch.close()
    looking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await looking
    return most
