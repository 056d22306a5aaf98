"""How long things take when the desk isn't busy: from 250 to a queued card at a steady pace, and from an agent's reply in Slack to the customer's mail server."""

import asyncio
import statistics
import time

from connectors.standins.changes import Change
from connectors.standins.slack import SlackStandIn
from tests.bench import client
from tests.bench.client import Job, Sent
from tests.bench.figures import Figure, percentile
from tests.bench.rulesets import write_rules
from tests.bench.run import Run
from tests.bench.running import Outside, Running, outside, running
from tests.bench.watching import Watch, until

PER_SECOND = 20
SECONDS = 40
REPLIES = 60
LOOK_EVERY = 0.002  # seconds; what is measured is told no finer


async def latency(run: Run) -> list[Figure]:
    database = run.sqlite()
    rules = write_rules(run.desk_folder() / "rules", run.rules)
    async with outside() as out, running(run.desk_folder(), database, rules, out) as daemon:
        watch = Watch(database)
        client.result(await _sent(Job(daemon.port, 50, 4, run.label())))
        await until(lambda: watch.waiting() == 0)
        to_card = await _to_card(run, daemon, watch)
        answered = await _to_mail(run.mails(REPLIES), out)
        watch.close()
    return [
        _told("250 to queued card, 20 mails a second", to_card, p99=0.3),
        _told("reply in Slack to mail at the server, undo 0s", answered, p50=0.15),
    ]


def _told(what: str, seconds: list[float], p50: float | None = None, p99: float | None = None) -> Figure:
    half, nearly_all = statistics.median(seconds), percentile(seconds, 0.99)
    aim = f"p50 {p50 * 1000:.0f} ms" if p50 else f"p99 {p99 * 1000:.0f} ms" if p99 else ""
    reached = half < p50 if p50 else nearly_all < p99 if p99 else None
    return Figure(
        what,
        f"p50 {half * 1000:.0f} ms, p99 {nearly_all * 1000:.0f} ms",
        f"{len(seconds)} of them",
        None,
        aim,
        reached,
    )


async def _sent(job: Job) -> client.Process:
    return await asyncio.to_thread(client.start, job)


async def _to_card(run: Run, daemon: Running, watch: Watch) -> list[float]:
    """Seconds from each mail's 250 until a reader of the database sees its card or post queued; negative ones (seen before the client had its 250) count as 0."""
    queued: dict[str, float] = {}
    last = int(watch.value("SELECT coalesce(max(id), 0) FROM outbox"))
    process = await _sent(
        Job(daemon.port, run.mails(PER_SECOND * SECONDS), 4, run.label(), per_second=PER_SECOND)
    )
    while process.poll() is None or watch.waiting():
        for outbox_id, rfc_id in watch.cards(last):
            last = outbox_id
            queued.setdefault(rfc_id, time.time())
        await asyncio.sleep(LOOK_EVERY)
    sent: Sent = client.result(process)
    return [max(0.0, queued[rfc_id] - at) for rfc_id, at in sent.kept.items() if rfc_id in queued]


async def _to_mail(count: int, out: Outside) -> list[float]:
    """An agent answers tickets, one after the other. Seconds until each answer has arrived."""
    arrived: dict[int, float] = {}

    def note(change: Change) -> None:
        if change.kind == "mail":
            arrived[len(out.mail.mails)] = time.monotonic()

    unsubscribe = out.mail.subscribe(note)
    took = []
    for number, card in enumerate(_cards(out.slack)[:count]):
        have = len(out.mail.mails)
        began = time.monotonic()
        out.slack.post(
            "U0ANNA", "C0FRONT", f"Hello, we have looked into it: it is done. ({number})", thread_ts=card
        )
        await out.mail.wait_for(lambda have=have: len(out.mail.mails) > have)  # type: ignore[misc]
        took.append(arrived[have + 1] - began)
    unsubscribe()
    return took


def _cards(slack: SlackStandIn) -> list[str]:
    """Their ts: the messages of the channel that begin a thread."""
    return [
        message["ts"]
        for message in slack.channel_messages("C0FRONT")
        if message.get("thread_ts", message["ts"]) == message["ts"]
    ]
