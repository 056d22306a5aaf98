"""Two daemons on one PostgreSQL database, each with half of the mails, beside one."""

import asyncio

from tests.bench.client import Job
from tests.bench.figures import Figure, rate
from tests.bench.rulesets import write_rules
from tests.bench.run import Run
from tests.bench.running import outside, running
from tests.bench.smtp import SLACKS_PACE, SUSTAINED, sent
from tests.bench.watching import Watch, until

CONNECTIONS = 10  # to each


async def two_daemons(run: Run, one: float) -> Figure:
    """`one`: what one daemon reached, mails a second."""
    database = run.postgres()
    rules = write_rules(run.desk_folder() / "rules", run.rules)
    async with (
        outside(SLACKS_PACE) as out,
        running(run.desk_folder(), database, rules, out) as first,
        running(run.desk_folder(), database, rules, out) as second,
    ):
        watch = Watch(database)
        ports = (first.port, second.port)
        await asyncio.gather(*[sent(Job(port, 200, 4, run.label())) for port in ports])
        await until(lambda: watch.waiting() == 0)
        after, cpu = watch.newest(), first.cpu() + second.cpu()
        half = run.mails(SUSTAINED) // 2
        told = await asyncio.gather(*[sent(Job(port, half, CONNECTIONS, run.label())) for port in ports])
        seconds = await until(lambda: watch.waiting() == 0) - min(each.began for each in told)
        done, cpu = watch.ended(after), first.cpu() + second.cpu() - cpu
        watch.close()
    reached = done / seconds
    share = reached / one
    return Figure(
        "PostgreSQL: two daemons",
        f"{rate(reached)} ({cpu / done * 1e6:,.0f} µs CPU a mail)",
        f"one daemon {rate(one)}",
        share,
        "160 %",
        share >= 1.6,
    )
