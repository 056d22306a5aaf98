"""The way of a message, as one page of code: accept, claim, understand, file; and what happens when a step fails.

`accept` keeps the raw bytes durably; the source is told only when it has returned. `run` then takes rows from the inbox, oldest first. A row that
fails for a passing reason waits and comes again; one that can't be read, or that failed or killed the process too often, is quarantined with a placeholder
ticket. None of that holds up the next row (invariant I9).
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from deskd import acting, chatting, filing, typed
from deskd.config import Settings
from deskd.crash import crash_point
from deskd.errors import MalformedMessage, TemporaryFailure
from deskd.events import Events
from deskd.filed import Filed
from deskd.model import Gesture, Position, RawMessage
from deskd.parse.chat import from_customer
from deskd.parse.slack import parse_slack
from deskd.parse.telegram import chat_of, parse_telegram
from deskd.parse.telegram_team import in_group
from deskd.parsing import ParsingProcess
from deskd.ports import Authenticator, Clock
from deskd.rules import RuleSet
from deskd.store import Store, Work, inbox, positions
from deskd.store.inbox import InboxRow
from deskd.understanding import Ahead, Reader

T = TypeVar("T")

BATCH = 64  # rows under way at the most
PATIENCE = 0.02  # seconds for which the parse of a mail waits while mail is arriving
MOST_IN_HAND = 48_000_000  # bytes of raw messages under way at the most
MANY = 24  # mails at once that are worth being read in a process of their own
MAX_ATTEMPTS = 3  # of a row that stopped the process, or on which deskd itself failed
LONGEST_WAIT = timedelta(seconds=30)

NOTHING_AHEAD: Ahead = {}

Kept = Callable[[InboxRow, Filed], None]


class Pipeline:
    """`worker` names this process in claims. `people` maps Slack ids to roster keys; `ruleset` is replaced as a whole on reload."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        ruleset: RuleSet,
        clock: Clock,
        events: Events,
        worker: str,
        people: Mapping[str, str],
        authenticators: Mapping[str, Authenticator] | None = None,
        parsing: ParsingProcess | None = None,
    ) -> None:
        self.settings = settings
        self.store = store
        self.ruleset = ruleset
        self.candidate: Callable[[], RuleSet | None] = lambda: None
        self.called: Callable[[str, str], Awaitable[str]] = _nobody_knows
        self.people = people
        self.clock = clock
        self._events = events
        self._worker = worker
        self._reader = Reader(settings, authenticators, parsing)
        self._wake = asyncio.Event()
        self._in_order = asyncio.Lock()
        self._arriving = 0  # messages being kept just now
        self._reading = asyncio.Lock()
        self._under_way: dict[asyncio.Task[None], InboxRow] = {}
        self._in_hand = 0
        self._stopping = False

    # ── accept ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def accept(self, raw: RawMessage) -> None:
        """Keep a raw message. Raises `StoreFull` or `StoreAway`; it is kept durably if, and only if, this returns."""
        await self.accept_all([raw])

    async def accept_all(self, raws: Sequence[RawMessage], position: Position | None = None) -> None:
        """Keep raw messages and, in the same commit, up to where their account has been read. Raises `StoreFull` or `StoreAway`; they are kept durably
        if, and only if, this returns."""
        self.store.check_room()
        keyed = [(raw, hashlib.sha256(raw.payload).hexdigest(), order_key(raw)) for raw in raws]
        ordered = any(order for _, _, order in keyed)
        payload = raws[0].payload if raws else b""
        crash_point("before_accept", payload)

        def unit(work: Work) -> list[int | None]:
            now = self.clock.now()
            kept = [inbox.accept(work, raw, sha256, order, now) for raw, sha256, order in keyed]
            if position is not None:
                positions.keep(work, position, now)
            crash_point("in_accept", payload)
            return kept

        # An agent's edit must not overtake the message it edits: what has an order is kept in the order in which it came.
        self._arriving += len(raws)
        try:
            async with self._in_order if ordered else contextlib.nullcontext():
                row_ids = await self.store.write(unit)
        finally:
            self._arriving -= len(raws)
        crash_point("after_accept", payload)
        for raw, row_id in zip(raws, row_ids, strict=True):
            self._events.accepted(raw, row_id)

    # ── work ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        """Work off the inbox until `stop`; what is under way then comes to its end. Rows don't wait for one another: one may take long."""
        while not self._stopping:
            self._wake.clear()
            pause: float | None = None
            try:
                if len(self._under_way) <= BATCH // 2 and not await self._begin():
                    pause = await self._pause()
            except TemporaryFailure as failure:
                self._events.store_trouble(failure)
                pause = 1.0
            except Exception as failure:  # ours: said loudly, and the rows that are well go on
                self._events.task_failed("pipeline", failure)
                pause = 1.0
            if pause is not None or len(self._under_way) > BATCH // 2:
                await _until(self._wake.wait(), pause or 60.0)
        if self._under_way:
            await asyncio.wait(self._under_way)

    async def _begin(self) -> int:
        """Take what waits, as far as there is room, and begin to work on it. How many rows were taken."""
        rows = await self._claim(BATCH - len(self._under_way))
        ahead = self._read_ahead(rows)
        for row in rows:
            self._in_hand += len(row.payload)
            task = asyncio.create_task(self._work_on(row, ahead))
            self._under_way[task] = row
            task.add_done_callback(self._ended)
        return len(rows)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._in_hand -= len(self._under_way.pop(task).payload)
        self._wake.set()
        if not task.cancelled() and (failure := task.exception()) is not None:
            self._events.task_failed("pipeline", failure)

    async def _claim(self, most: int) -> list[InboxRow]:
        room, idle = MOST_IN_HAND - self._in_hand, not self._under_way
        again = all(row.attempts == 1 for row in self._under_way.values())
        crash_point("before_claim")
        rows = await self.store.write(
            lambda work: inbox.claim(work, self._worker, self.clock.now(), most, room, idle=idle, again=again)
        )
        if rows:
            crash_point("after_claim")
        return rows

    async def work_off(self) -> int:
        """Take what waits, up to a batch, and bring each row to its end, for those who wait for that. How many rows were taken."""
        rows = await self._claim(BATCH)
        await asyncio.gather(*[self._work_on(row) for row in rows])
        return len(rows)

    async def work_on(self, row_ids: Sequence[int]) -> int:
        """Bring these rows to their end, as far as they wait and may be worked on now; for commands, which wait for theirs. How many were taken."""
        rows = await self.store.write(
            lambda work: inbox.claim_these(work, self._worker, self.clock.now(), row_ids)
        )
        ahead = self._read_ahead(rows)
        await asyncio.gather(*[self._work_on(row, ahead) for row in rows])
        return len(rows)

    def _read_ahead(self, rows: Sequence[InboxRow]) -> Ahead:
        mails = [row for row in rows if row.source not in ("slack", "telegram")]
        return self._reader.read_ahead(mails, self._give_way) if len(mails) >= MANY else {}

    async def _pause(self) -> float:
        """Seconds until a row that waits for its next try is due; a minute at the most, for rows another daemon left behind."""
        due = await self.store.read(inbox.next_due)
        return 60.0 if due is None else min(60.0, max(0.05, (due - self.clock.now()).total_seconds()))

    async def _work_on(self, row: InboxRow, ahead: Ahead = NOTHING_AHEAD) -> None:
        try:
            await self._bring_to_end(row, ahead)
        except (
            Exception
        ) as failure:  # not even quarantine would take it: it waits, and is heard of again and again
            self._events.failed(row, failure)
            await self._put_back(row, f"{type(failure).__name__}: {failure}", LONGEST_WAIT)

    async def _bring_to_end(self, row: InboxRow, ahead: Ahead) -> None:
        try:
            if row.attempts > MAX_ATTEMPTS:
                raise MalformedMessage(f"it stopped the daemon, or deskd failed on it, {MAX_ATTEMPTS} times")
            filed = await self._stage(row, ahead)
        except MalformedMessage as malformed:
            filed = await self._quarantine(row, str(malformed))
        except TemporaryFailure as failure:
            await self._put_back(row, str(failure), failure.retry_after, counted=False)
            return
        except (
            Exception
        ) as failure:  # ours: nothing was changed; said loudly, tried again, and quarantined in the end
            self._events.failed(row, failure)
            if row.attempts >= MAX_ATTEMPTS:
                filed = await self._quarantine(
                    row, f"deskd failed on it: {type(failure).__name__}: {failure}"
                )
            else:
                await self._put_back(row, f"{type(failure).__name__}: {failure}", None)
                return
        crash_point("after_file", row.payload)
        self._events.ended(row, filed)

    async def _stage(self, row: InboxRow, ahead: Ahead) -> Filed:
        gesture = self._gesture(row)
        if row.source == "telegram" and gesture is None:
            update = parse_telegram(row.payload)
            return await self._keep_filed(
                row,
                lambda work: chatting.act(
                    work, self.settings, self.ruleset, row, update, self.clock.now(), self.candidate()
                ),
            )
        if gesture is None:
            if row.id not in ahead:
                await self._give_way(1)
            found = await self._reader.understand(row, ahead)
            if found.asked:
                await self.store.write(lambda work: inbox.keep_auth(work, row.id, found.auth))
        elif self._wrote_as_customer(row, gesture):
            found = self._reader.understand_customer(gesture, await self.called(row.channel, gesture.user))
        else:
            return await self._keep_filed(
                row,
                lambda work: acting.act(
                    work, self.settings, self.people, row, gesture, self.clock.now(), self.ruleset
                ),
            )
        return await self._keep_filed(
            row,
            lambda work: filing.file(
                work, self.settings, self.ruleset, row, found, self.clock.now(), self.candidate()
            ),
        )

    def _gesture(self, row: InboxRow) -> Gesture | None:
        """What somebody did in Slack, or in a team's Telegram group; None for all that is a customer's by its source."""
        if row.source == "slack":
            return parse_slack(row.payload)
        groups = self.settings.groups_of(row.channel) if row.source == "telegram" else ()
        found = in_group(row.payload, groups, typed.names(self.settings)) if groups else None
        if found is not None and self.settings.account_at(found.channel) != row.channel:
            reason = "in a group of the desk's own, where another bot works"
            return replace(found, kind="other", reason=reason)
        return found

    async def _give_way(self, mails: int) -> None:
        """Before so many are parsed: those who bring new mail come first; but the desk goes on, however much pours in."""
        await asyncio.sleep(0)
        if not self._arriving:
            return
        time = asyncio.get_running_loop().time
        async with self._reading:
            patience = time() + PATIENCE * mails
            # Looked at now and then, on purpose: told of each moment without a mail under way, parses would slip in between any two.
            while self._arriving and time() < patience:  # noqa: ASYNC110
                await asyncio.sleep(0.001)

    def _wrote_as_customer(self, row: InboxRow, gesture: Gesture) -> bool:
        channel = self.settings.slack_channels().get(row.channel)
        return channel is not None and from_customer(gesture, channel.customers, tuple(self.people))

    async def _keep_filed(self, row: InboxRow, unit: Callable[[Work], Filed]) -> Filed:
        crash_point("before_file", row.payload)
        return await self.store.write(self._acting(row, unit))

    def _acting(self, row: InboxRow, unit: Callable[[Work], Filed]) -> Callable[[Work], Filed]:
        """The unit, but only while the row is still this worker's: one that was taken for dead lost its rows to another."""

        def guarded(work: Work) -> Filed:
            if not inbox.still_ours(work, row.id, self._worker):
                return Filed("working", None, "another worker has it now")
            filed = unit(work)
            if row.ticket_id is not None:
                filing.replace_placeholder(work, self.settings, row.ticket_id, filed, self.clock.now())
            crash_point("in_file", row.payload)
            return filed

        return guarded

    async def _quarantine(self, row: InboxRow, reason: str) -> Filed:
        now = self.clock.now()
        return await self._keep(
            lambda work: (
                filing.quarantine(work, self.settings, row, reason, now)
                if inbox.still_ours(work, row.id, self._worker)
                else Filed("working", None, "another worker has it now")
            )
        )

    async def _put_back(
        self, row: InboxRow, reason: str, wait: timedelta | None, *, counted: bool = True
    ) -> None:
        pause = wait or min(timedelta(seconds=2.0 ** min(row.attempts, 10)), LONGEST_WAIT)
        await self._keep(
            lambda work: inbox.put_back(
                work, row.id, self._worker, reason, self.clock.now() + pause, counted=counted
            )
        )

    async def _keep(self, unit: Callable[[Work], T]) -> T:
        """Keep what became of a row, however long the database is away: it is this worker's until then."""
        wait = 0.1
        while True:
            try:
                return await self.store.write(unit)
            except TemporaryFailure as failure:
                self._events.store_trouble(failure)
                await asyncio.sleep(wait)
                wait = min(wait * 2, 5.0)

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()

    def close(self) -> None:
        self._reader.close()


async def _nobody_knows(account: str, user: str) -> str:
    """The name of a person of an account's; empty where it can't be told now."""
    return ""


def order_key(raw: RawMessage) -> str | None:
    """Rows of one key are worked on in order: an agent's message before its edit. Mails may come in any order, and do."""
    if raw.source == "telegram":
        chat = chat_of(raw.payload)
        return f"{raw.channel}:{chat}"[:300] if chat else None
    if raw.source != "slack":
        return None
    try:
        body = json.loads(raw.payload)
        event = body.get("event") or body
        item = event.get("item") or event.get("container") or {}
        channel = event.get("channel") or item.get("channel") or item.get("channel_id") or ""
        return f"{raw.channel}:{channel.get('id', '') if isinstance(channel, dict) else channel}"[:300]
    except (ValueError, AttributeError):
        return f"{raw.channel}:"


async def _until(waiting: Awaitable[object], seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(waiting, seconds)
