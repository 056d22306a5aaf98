"""The clocks of many open tickets: what reckoning all of them anew costs after other policies, what a tick costs, how late what is due is done.

The desk's clock is the bench's own: it is set to shortly before the first warnings and goes on from there at the pace of time.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from time import monotonic, perf_counter, process_time

from sqlalchemy import select, update

from deskd.clock import slaclock
from deskd.clock.timekeeper import Timekeeper, next_at
from deskd.config import Settings, load_config
from deskd.events import Events
from deskd.store import Store, Work, clocked, tables
from deskd.store.times import moment
from deskd.store.work import Statement
from tests.bench.figures import Figure, percentile, rate
from tests.bench.rulesets import write_rules
from tests.bench.run import Run
from tests.bench.running import configuration
from tests.bench.seeding import analyze, seed

POLICIES = """
calendars:
  office: {timezone: Europe/Rome, open: {mon-sun: ["00:00-24:00"]}, closed: ["2027-03-19"]}
sla:
  standard: {calendar: office, first_response: 50h, resolution: 200h, warn: 90%}
"""
FIRST = datetime(2027, 4, 5, tzinfo=UTC)  # a Monday
APART = timedelta(seconds=0.2)
WARNS = timedelta(hours=45)  # after a ticket's opening
LIVED = 30.0  # seconds in which warnings come, five a second
IDLE_TICKS = 200
TICK_MS, LATE_S, ALL_S = 50.0, 2.0, 60.0


class GoingClock:
    """Shows `at` when it is set, and goes on from there."""

    def __init__(self, at: datetime) -> None:
        self.set(at)

    def set(self, at: datetime) -> None:
        self._at, self._since = at, monotonic()

    def now(self) -> datetime:
        return self._at + timedelta(seconds=monotonic() - self._since)

    def monotonic(self) -> float:
        return monotonic()


class Timed(Timekeeper):
    """Keeps how long each unit of work took, in seconds, and how many deadlines it had."""

    units: list[tuple[float, int]]

    def act_on_due(self, work: Work, now: datetime) -> int:
        began = perf_counter()
        done = super().act_on_due(work, now)
        self.units.append((perf_counter() - began, done))
        return done


async def clocks(run: Run) -> list[Figure]:
    database, folder = run.sqlite(), run.desk_folder()
    file = configuration(folder, database, write_rules(folder / "rules", run.rules))
    file.write_text(file.read_text() + POLICIES)
    settings = load_config(file, {})
    seed(database, run.tickets)
    store = Store.open(database)
    try:
        store.write_now(_open)
        analyze(database)
        clock = GoingClock(FIRST + WARNS - timedelta(hours=1))
        keeper = Timed(settings, store, clock, Events(), "bench")
        keeper.units = []
        return [
            await _all_anew(run, store, settings, keeper, clock),
            await _idle(run, store, keeper),
            *await _warnings(run, store, keeper, clock),
        ]
    finally:
        store.close()


def _open(work: Work) -> None:
    """The seeded tickets are in work, each opened a little after the other."""
    gap = APART // timedelta(microseconds=1)
    first = int(FIRST.timestamp()) * 1_000_000
    ticket, segment, inbox = tables.tickets, tables.clock_segments, tables.inbox
    stands = {
        "status": "open",
        "resolved_at": None,
        "closed_at": None,
        "created_at": first + ticket.c.id * gap,
    }
    work.run(Statement(update(ticket).values(**stands)))
    began = first + segment.c.ticket_id * gap
    work.run(Statement(update(segment).values(status="open", since=began, until=None)))
    work.run(Statement(update(inbox).values(received_at=first + inbox.c.ticket_id * gap)))


async def _all_anew(run: Run, store: Store, settings: Settings, keeper: Timed, clock: GoingClock) -> Figure:
    """As at a start with other policies: every ticket is marked, then looked at, a few a transaction, and others write in between."""
    began, cpu = perf_counter(), process_time()
    await store.write(lambda work: clocked.look_at_all(work, slaclock.mark_of(settings)))
    marked = perf_counter() - began
    while await store.write(lambda work: keeper.act_on_due(work, clock.now())):
        pass
    took, cpu = perf_counter() - began, process_time() - cpu
    longest = max(seconds for seconds, _ in keeper.units)
    return Figure(
        f"clocks of {run.tickets:,} open tickets, all anew",
        f"{took:.1f} s ({rate(run.tickets / took)}, {cpu / run.tickets * 1e6:,.0f} µs CPU a ticket)",
        f"marked in {marked * 1e3:,.0f} ms; {longest * 1e3:,.0f} ms the longest unit of work",
        None,
        f"{ALL_S:.0f} s for 100,000",
        took / run.tickets * 100_000 <= ALL_S,
    )


async def _idle(run: Run, store: Store, keeper: Timed) -> Figure:
    """A tick that finds nothing to do, and where it stands next."""
    stands = [perf_counter()]
    for _ in range(IDLE_TICKS):
        assert not await store.write(lambda work: keeper.act_on_due(work, FIRST))
        await store.read(next_at)
        stands.append(perf_counter())
    took = [(after - before) * 1e3 for before, after in pairwise(stands)]
    return Figure(
        f"a tick with nothing due, {run.tickets:,} clocks",
        f"p50 {median(took):.1f} ms, p99 {percentile(took, 0.99):.1f} ms",
        "",
        None,
        f"{TICK_MS:.0f} ms",
        median(took) < TICK_MS,
    )


async def _warnings(run: Run, store: Store, keeper: Timed, clock: GoingClock) -> list[Figure]:
    """The daemon's own job, while warnings come due."""
    keeper.units = []
    clock.set(FIRST + WARNS)
    await keeper.start()
    await asyncio.sleep(max(5.0, LIVED * run.scale))
    keeper.stop()
    took = [seconds * 1e3 for seconds, done in keeper.units if done]
    late = [(at - since - WARNS).total_seconds() for since, at in store.read_now(_warned)]
    if not late or not took:
        raise RuntimeError("no warning came")
    return [
        Figure(
            f"a tick with a warning due, {run.tickets:,} clocks",
            f"p50 {median(took):.1f} ms, p99 {percentile(took, 0.99):.1f} ms",
            f"{len(took)} of them",
            None,
            f"{TICK_MS:.0f} ms",
            median(took) < TICK_MS,
        ),
        Figure(
            "how late a warning is",
            f"p50 {median(late) * 1e3:.0f} ms, the worst {max(late) * 1e3:.0f} ms",
            f"{len(late)} of them, {1 / APART.total_seconds():.0f} a second",
            None,
            f"{LATE_S:.0f} s",
            max(late) <= LATE_S,
        ),
    ]


def _warned(work: Work) -> list[tuple[datetime, datetime]]:
    """Since when each clock ran that warned, and when it did."""
    events, tickets = tables.events, tables.tickets
    built = select(tickets.c.created_at, events.c.at).join_from(events, tickets)
    rows = work.rows(Statement(built.where(events.c.type == "sla_warned")))
    return [(moment(row["created_at"]), moment(row["at"])) for row in rows]
