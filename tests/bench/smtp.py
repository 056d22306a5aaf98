"""SMTP: how fast mails are accepted beside a server that does nothing, how long the desk then takes to catch up, and how fast both go together."""

import asyncio
from dataclasses import dataclass

from tests.bench import client
from tests.bench.client import Job, Sent
from tests.bench.empty_server import empty_server
from tests.bench.figures import Figure, rate
from tests.bench.rulesets import write_rules
from tests.bench.run import Run
from tests.bench.running import Running, outside, running
from tests.bench.watching import Watch, until

CONNECTIONS = {1: 1000, 16: 2500, 64: 3000}
SUSTAINED, SUSTAINED_OVER = 4000, 20
SLACKS_PACE = 1.0  # posts a second and channel: so cards queue, as they do in Slack itself


async def sent(job: Job) -> Sent:
    return await asyncio.to_thread(lambda: client.result(client.start(job)))


@dataclass(slots=True)
class Accepted:
    """Sums over the rounds."""

    mails: int = 0
    seconds: float = 0.0
    drain: float = 0.0
    cpu: float = 0.0

    def add(self, told: Sent, cpu: float = 0.0, drained: float = 0.0) -> None:
        self.mails += len(told.kept)
        self.seconds += told.seconds
        self.cpu += cpu
        self.drain += max(0.0, drained - told.ended) if drained else 0.0

    @property
    def rate(self) -> float:
        return self.mails / self.seconds


async def acceptance(run: Run) -> list[Figure]:
    """The desk and the empty server take turns, so that a busy moment of the machine meets both."""
    rules = write_rules(run.desk_folder() / "rules", run.rules)
    figures = []
    database = run.sqlite()
    async with outside(SLACKS_PACE) as out, running(run.desk_folder(), database, rules, out) as daemon:
        watch = Watch(database)
        for connections, count in CONNECTIONS.items():
            ours, theirs = Accepted(), Accepted()
            for _ in range(run.rounds):
                with empty_server() as port:
                    theirs.add(await sent(Job(port, run.mails(count), connections, run.label())))
                await _accept(
                    daemon, watch, Job(daemon.port, run.mails(count), connections, run.label()), ours
                )
            figures += _accepted(connections, ours, theirs)
        watch.close()
    return figures


async def _accept(daemon: Running, watch: Watch, job: Job, into: Accepted) -> None:
    before = daemon.cpu()
    told = await sent(job)
    drained = await until(lambda: watch.waiting() == 0)
    into.add(told, daemon.cpu() - before, drained)


def _accepted(connections: int, ours: Accepted, theirs: Accepted) -> list[Figure]:
    plural = "s" * (connections > 1)
    share = ours.rate / theirs.rate
    aim = ("80 %", share >= 0.8) if connections == 64 else ("", None)
    drain = f"{ours.drain / ours.mails * 1000:.2f} s for 1,000 mails, {ours.cpu / ours.mails * 1e6:,.0f} µs CPU a mail in all"
    return [
        Figure(
            f"accepted over SMTP, {connections} connection{plural}",
            rate(ours.rate),
            f"empty aiosmtpd {rate(theirs.rate)}",
            share,
            *aim,
        ),
        Figure("— then the backlog drained", drain),
    ]


async def sustained(
    run: Run, database: str, what: str = "SMTP to queued card, 20 connections", aim: float | None = 250
) -> tuple[Figure, float]:
    """From the first connection until the last mail of the set is filed, its card queued. Also the rate, a second."""
    rules = write_rules(run.desk_folder() / "rules", run.rules)
    async with outside(SLACKS_PACE) as out, running(run.desk_folder(), database, rules, out) as daemon:
        watch = Watch(database)
        await sent(Job(daemon.port, 200, 4, run.label()))  # the first mails make statements and caches
        await until(lambda: watch.waiting() == 0)
        used, after = daemon.cpu(), watch.newest()
        told = await sent(Job(daemon.port, run.mails(SUSTAINED), SUSTAINED_OVER, run.label()))
        seconds = await until(lambda: watch.waiting() == 0) - told.began
        done, used = watch.ended(after), daemon.cpu() - used
        watch.close()
    reached = done / seconds
    return (
        Figure(
            what,
            f"{rate(reached)} ({used / done * 1e6:,.0f} µs CPU a mail)",
            f"accepted at {rate(told.rate)}",
            None,
            rate(aim) if aim else "",
            reached >= aim if aim else None,
        ),
        reached,
    )
