"""Stage outbox: sends what the desk queued, through the account's connector, once.

Rows of one conversation go in order; each attempt is counted in a commit before it is made, and its outcome kept in one after it. What becomes of a
row then is this table:

    receipt            sent; the desk is told (✅), a card's thread and a post's ts are remembered
    TemporaryFailure   waits and is tried again, and its conversation with it
    Throttled          the same, but counts as no attempt
    PermanentFailure   failed; the desk is told (⚠️)
    UnknownOutcome     settled by the channel's way: look_up, resend once, or ask an agent (❔)
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from deskd import sending
from deskd.config import Settings
from deskd.crash import crash_point
from deskd.errors import (
    DeskdError,
    PermanentFailure,
    TemporaryFailure,
    ThreadGone,
    Throttled,
    UnknownOutcome,
    Unsupported,
)
from deskd.events import Events
from deskd.lanes import Lanes
from deskd.model import Delivery, PostCard, Receipt
from deskd.ports import Clock, Connector
from deskd.store import Store, Work, outbox
from deskd.store.outbox import OutboxRow

AT_ONCE = 32  # deliveries under way, over all accounts
MOST_OF_ONE = 20  # of one account: while it gives no answers, the others have room
SETTLED_AT_ONCE = 8  # unknown outcomes being settled
SHORTEST, LONGEST = (
    1.0,
    30.0,
)  # seconds between two attempts, at first and while the other side may come back any moment
RARELY = 300.0  # seconds, once it has been away for long
SOON = timedelta(seconds=1)  # an unknown outcome is looked at when the other side had time to show it


@dataclass(frozen=True, slots=True)
class _Taken:
    unsettled: list[OutboxRow]
    claimed: list[tuple[OutboxRow, Delivery]]
    next_due: datetime | None  # of what isn't due yet


class Outbox:
    """`connectors` by account. `unsure`: messages whose held replies stay until it is known what became of them while nobody listened."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        connectors: Mapping[str, Connector],
        clock: Clock,
        events: Events,
        worker: str,
    ) -> None:
        self.settings = settings
        self._store = store
        self._connectors = connectors
        self._clock = clock
        self._events = events
        self._worker = worker
        self._wake = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self._lanes = Lanes()
        self._settling = 0
        self._busy: Counter[str] = Counter()  # deliveries under way, by account
        self.unsure: set[int] = set()
        self._stopping = False

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        """Send until `stop`; then what is under way comes to its end."""
        while not self._stopping:
            self._wake.clear()
            try:
                pause = await self._send_what_is_due()
            except TemporaryFailure as failure:
                self._events.store_trouble(failure)
                pause = 1.0
            except Exception as failure:  # ours: said loudly, and the rows that are well go on
                self._events.task_failed("outbox", failure)
                pause = 1.0
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), pause)
        await self.rest()

    async def rest(self) -> None:
        """Wait until nothing is under way."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()

    # ── sending ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _send_what_is_due(self) -> float:
        """Begin to send and settle what may be now, as far as there is room; seconds until there is more to do."""
        room = AT_ONCE - len(self._under_way)
        if room <= 0:
            return 60.0
        crash_point("before_outbox_claim")
        taken = await self._store.write(lambda work: self._take(work, room))
        if taken.claimed:
            crash_point("after_outbox_claim")
        for row in taken.unsettled:
            self._settling += 1
            self._begin(self._settle(row))
        for row, delivery in taken.claimed:
            self._lanes.began(row.lane)
            self._busy[row.channel] += 1
            self._begin(self._deliver(row, delivery))
        if taken.next_due is None:
            return 60.0
        return min(60.0, max(0.02, (taken.next_due - self._clock.now()).total_seconds()))

    def _take(self, work: Work, room: int) -> _Taken:
        """One unit of work for all that a look at the outbox needs. What isn't settled comes first: there is little of it, and it must not wait behind a queue."""
        now = self._clock.now()
        unsettled = outbox.unsettled(work, now, min(room, max(0, SETTLED_AT_ONCE - self._settling)))
        claimed = sending.claim(
            work,
            self.settings,
            self._worker,
            now,
            room - len(unsettled),
            self.unsure,
            self._lanes.quotas(now),
            {account: MOST_OF_ONE - self._busy[account] for account in self._connectors},
        )
        if claimed:
            crash_point("in_outbox_claim")
        return _Taken(unsettled, claimed, outbox.next_due(work, now, self._lanes.resting(now)))

    def _begin(self, work: object) -> None:
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]
        self._under_way.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._wake.set()
        if not task.cancelled() and (failure := task.exception()) is not None:
            self._events.task_failed("outbox", failure)

    async def _deliver(self, row: OutboxRow, delivery: Delivery) -> None:
        try:
            await self._try(row, delivery)
        finally:
            self._lanes.ended(row.lane)
            self._busy[row.channel] -= 1

    async def _try(self, row: OutboxRow, delivery: Delivery) -> None:
        crash_point("before_send")
        try:
            receipt = await self._handed_over(row, delivery)
        except Throttled as failure:
            await self._throttled(row, failure)
        except ThreadGone as failure:
            await self._thread_gone(row, delivery, failure)
        except TemporaryFailure as failure:
            await self._again(row, failure)
        except PermanentFailure as failure:
            await self._failed(row, failure)
        except UnknownOutcome as failure:
            self._events.not_delivered(row, "unknown", failure)
            error = str(failure)
            await self._keep(lambda work: sending.unknown(work, row, error, self._clock.now() + SOON))
        except Exception as failure:  # nobody foresaw it, so nobody knows whether it was sent
            self._events.task_failed("deliver", failure)
            error = f"{type(failure).__name__}: {failure}"
            await self._keep(lambda work: sending.unknown(work, row, error, self._clock.now() + SOON))
        else:
            crash_point("after_send")
            await self._keep(lambda work: self._sent(work, row, receipt))
            self._events.delivered(row)
            crash_point("after_sent")

    async def _handed_over(self, row: OutboxRow, delivery: Delivery) -> Receipt:
        """Where a part of it has gone before the rest failed, that part is kept first: it must not go again. So is a card's first step, before the second."""
        connector = self._connector(row)
        try:
            receipt = await connector.deliver(delivery)
            if isinstance(delivery.content, PostCard) and receipt.thread and not receipt.external_id:
                thread = receipt.thread
                await self._keep(lambda work: outbox.headed(work, row, thread))
                crash_point("after_topic")
                receipt = await connector.deliver(_within(delivery, delivery.content, thread))
            return receipt
        except DeskdError as failure:
            if failure.done > row.payload.get("done", 0):
                done, gone = failure.done, failure.receipt
                await self._keep(lambda work: sending.went(work, row, done, gone, self._clock.now()))
            raise

    def _sent(self, work: Work, row: OutboxRow, receipt: Receipt) -> sending.Failure:
        failure = sending.sent(work, self.settings, row, receipt, self._clock.now())
        crash_point("in_sent")
        return failure

    async def _throttled(self, row: OutboxRow, failure: Throttled) -> None:
        """Nothing was tried: the row keeps its place, and its lane rests."""
        now = self._clock.now()
        wait = failure.retry_after or timedelta(seconds=SHORTEST)
        self._lanes.throttled(row.lane, now + wait)
        self._events.not_delivered(row, "throttled", failure, wait.total_seconds())
        await self._keep(lambda work: outbox.put_back(work, row, str(failure), now, counted=False))

    async def _again(self, row: OutboxRow, failure: TemporaryFailure) -> None:
        if sending.too_old(row, self._clock.now()):
            await self._failed(
                row, PermanentFailure(f"given up after {sending.KEEP_TRYING.days} days: {failure}")
            )
            return
        wait = failure.retry_after or timedelta(seconds=backoff(row.attempts))
        self._events.not_delivered(row, "again", failure, wait.total_seconds())
        until = self._clock.now() + wait
        await self._keep(lambda work: sending.again(work, row, str(failure), until))

    async def _thread_gone(self, row: OutboxRow, delivery: Delivery, failure: ThreadGone) -> None:
        """All that waits for this thread goes into a new one; what is of no thread of a ticket's, an answer to one agent, has nowhere to go."""
        if row.anchor_id is None:
            await self._failed(row, PermanentFailure(str(failure)))
            return
        thread = getattr(getattr(delivery.content, "place", None), "thread", None)
        self._events.not_delivered(row, "again", failure, SOON.total_seconds())
        await self._keep(
            lambda work: sending.thread_gone(work, row, thread, str(failure), self._clock.now(), SOON)
        )

    async def _failed(self, row: OutboxRow, failure: PermanentFailure) -> None:
        self._events.not_delivered(row, "failed", failure)
        told = not isinstance(failure, Unsupported)
        await self._keep(
            lambda work: sending.failed(work, self.settings, row, str(failure), self._clock.now(), told=told)
        )

    # ── unknown outcomes ─────────────────────────────────────────────────────────────────────────────────────────────

    async def _settle(self, row: OutboxRow) -> None:
        try:
            await self._settle_one(row)
        finally:
            self._settling -= 1

    async def _settle_one(self, row: OutboxRow) -> None:
        connector = self._connectors.get(row.channel)
        if connector is None:
            return  # it is looked at again, and settled once its channel is configured
        if connector.settlement == "look_up":
            await self._look_up(row, connector)
        elif connector.settlement == "resend" and not row.payload.get("resent"):
            await self._keep(lambda work: sending.resend(work, self.settings, row, self._clock.now()))
        else:
            error = row.error or "no answer came"
            again = timedelta(seconds=backoff(row.attempts))
            await self._keep(
                lambda work: sending.ask(work, self.settings, row, error, self._clock.now(), again)
            )

    async def _look_up(self, row: OutboxRow, connector: Connector) -> None:
        delivery = await self._store.write(
            lambda work: sending.pack_again(work, self.settings, row, self._clock.now())
        )
        if delivery is None:
            await self._keep(lambda work: sending.send_again(work, row, self._clock.now()))
            return
        crash_point("before_look_up")
        try:
            receipt = await connector.look_up(delivery)
        except TemporaryFailure as failure:
            wait = failure.retry_after or timedelta(seconds=5)
            until, error = self._clock.now() + wait, str(failure)
            await self._keep(lambda work: sending.look_later(work, row, error, until))
            return
        crash_point("after_look_up")
        if receipt is None:
            await self._keep(lambda work: sending.send_again(work, row, self._clock.now()))
        else:
            await self._keep(lambda work: self._sent(work, row, receipt))

    # ── the rest ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _connector(self, row: OutboxRow) -> Connector:
        found = self._connectors.get(row.channel)
        if found is None:
            raise TemporaryFailure(f"no channel {row.channel!r} is configured any more", timedelta(minutes=5))
        return found

    async def _keep(self, unit: Callable[[Work], sending.Failure]) -> None:
        """Keep an outcome, however long the database is away: until it is kept, nobody must send the row again."""
        wait = 0.1
        while True:
            try:
                if (failed_on := await self._store.write(unit)) is not None:
                    self._events.task_failed("outbox", failed_on)
                return
            except TemporaryFailure as failure:
                self._events.store_trouble(failure)
                await asyncio.sleep(wait)
                wait = min(wait * 2, 5.0)


def _within(delivery: Delivery, card: PostCard, thread: str) -> Delivery:
    """A card's second step: into the thread that the first has made."""
    return replace(delivery, content=replace(card, place=replace(card.place, thread=thread)))


def backoff(attempts: int) -> float:
    """Seconds until the next attempt, after `attempts` earlier ones."""
    if attempts > 200:
        return RARELY
    return float(min(LONGEST, SHORTEST * 2 ** min(attempts, 10)))
