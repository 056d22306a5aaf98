"""How quickly what customers write in Telegram shows: a backlog after an outage, and a steady pace of 20 a second, from the update to its queued Slack post."""

import asyncio
import hashlib
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from connectors.standins.telegram import TelegramStandIn
from deskd.model import RawMessage
from deskd.store import Store, Work, inbox, schema
from tests.bench.figures import Figure, percentile, rate
from tests.bench.rulesets import write_rules
from tests.bench.run import Run
from tests.bench.running import Outside, Running, outside, running
from tests.bench.watching import Watch, until

BACKLOG = 2_000
PER_SECOND = 20
SECONDS = 20
PEOPLE = range(700, 740)
AT_ONCE = 100  # updates of one answer of getUpdates
UNSEEN = 50  # rows back: of several writers one may commit a lower number later
LOOK_EVERY = 0.002  # seconds; what is measured is told no finer
CHANNEL = """
  telegram:
    type: telegram
    api: {api}
    token: "{token}"
    team: front
    rating: false
    flood: {{messages: 10000}}
"""


async def telegram(run: Run) -> list[Figure]:
    figures = await _on(run, run.sqlite(), "Telegram", _kept_alone(run))
    if run.cluster is not None:
        figures += await _on(run, run.postgres(), "Telegram on PostgreSQL", None)
    return figures


async def _on(run: Run, database: str, name: str, alone: float | None) -> list[Figure]:
    bot = TelegramStandIn()
    for user in PEOPLE:
        bot.add_user(user, f"Cliente {user}")
    folder = run.desk_folder()
    rules = write_rules(run.desk_folder() / "rules", run.rules)
    async with outside() as out, bot.running():
        channel = CHANNEL.format(api=bot.api, token=bot.token)
        backlog = await _backlog(run, bot, (folder, database, rules, out, channel), name, alone)
        async with running(folder, database, rules, out, channel) as daemon:
            latency = await _latency(run, bot, daemon, database, name)
    return [backlog, latency]


async def _backlog(
    run: Run,
    bot: TelegramStandIn,
    desk: tuple[Path, str, Path, Outside, str],
    name: str,
    alone: float | None,
) -> Figure:
    """From the moment a daemon is ready until all that waited at Telegram is filed."""
    count = run.mails(BACKLOG)
    wrote = [bot.write(PEOPLE[number % len(PEOPLE)], f"in attesa {number}") for number in range(count)]
    async with running(*desk) as daemon:
        began, cpu = time.monotonic(), daemon.cpu()
        watch = Watch(desk[1])
        await until(lambda: not bot.waiting and not watch.waiting())
        took = time.monotonic() - began
        each = (daemon.cpu() - cpu) / count
        _check_order(watch.customers_texts(), len(wrote))
        watch.close()
    return Figure(
        f"{name}: {count:,} updates after an outage, all filed",
        f"{took:.1f} s ({each * 1000:.1f} ms CPU an update)",
        "" if alone is None else f"kept alone {rate(alone)}",
        None if alone is None else count / took / alone,
        "30 s",
        took < 30,
    )


def _check_order(told: Iterable[tuple[int, str]], count: int) -> None:
    """Raises `RuntimeError` where a ticket has them in another order than they were written in, or one is missing."""
    numbers = defaultdict[int, list[int]](list)
    for ticket, text in told:
        numbers[ticket].append(int(text.rpartition(" ")[2]))
    if sum(map(len, numbers.values())) != count or any(each != sorted(each) for each in numbers.values()):
        raise RuntimeError("updates were lost, doubled or filed out of their order")


async def _latency(run: Run, bot: TelegramStandIn, daemon: Running, database: str, name: str) -> Figure:
    """Seconds from each update's being there until a reader of the database sees its post queued."""
    watch, cpu = Watch(database), daemon.cpu()
    wrote: dict[str, float] = {}
    queued: dict[str, float] = {}
    before = last = int(watch.value("SELECT coalesce(max(id), 0) FROM outbox"))
    count = run.mails(PER_SECOND * SECONDS)
    began = time.monotonic()
    while len(queued) < count:
        if len(wrote) < count and time.monotonic() >= began + len(wrote) / PER_SECOND:
            text = f"{run.label()}: non funziona"
            wrote[text] = time.monotonic()
            bot.write(PEOPLE[len(wrote) % len(PEOPLE)], text)
        for outbox_id, text in watch.posts(max(before, last - UNSEEN)):
            last = max(last, outbox_id)
            queued.setdefault(text, time.monotonic())
        if time.monotonic() > began + 10 * SECONDS + 60:
            raise TimeoutError("not all updates were shown")
        await asyncio.sleep(LOOK_EVERY)
    watch.close()
    took = [queued[text] - at for text, at in wrote.items()]
    half, nearly_all = statistics.median(took), percentile(took, 0.99)
    each = (daemon.cpu() - cpu) / count
    return Figure(
        f"{name}: update to queued post, {PER_SECOND} a second",
        f"p50 {half * 1000:.0f} ms, p99 {nearly_all * 1000:.0f} ms",
        f"{count} of them, {each * 1000:.1f} ms CPU each",
        None,
        "p50 100 ms",
        half < 0.1,
    )


def _kept_alone(run: Run) -> float:
    """Updates a second that the inbox takes, a getUpdates' worth a commit, with nothing else to do."""
    count, now = run.mails(BACKLOG), datetime.now(UTC)
    raws = [_update(number) for number in range(count)]
    store = Store.open(run.sqlite())
    try:
        schema.prepare(store, upgrade=False)
        began = time.monotonic()
        for at in range(0, count, AT_ONCE):
            store.write_now(lambda work, at=at: _keep(work, raws[at : at + AT_ONCE], now))  # type: ignore[misc]
        return count / (time.monotonic() - began)
    finally:
        store.close()


def _keep(work: Work, raws: list[RawMessage], now: datetime) -> None:
    for raw in raws:
        inbox.accept(work, raw, hashlib.sha256(raw.payload).hexdigest(), "telegram:700", now)


def _update(number: int) -> RawMessage:
    message = {"message_id": number, "chat": {"id": 700, "type": "private"}, "text": f"in attesa {number}"}
    payload = json.dumps({"update_id": number, "message": message}).encode()
    return RawMessage("telegram", "telegram", str(number), payload)
