"""A mailbox that the daemon reads: its thread, its health, and its right to be the one of several daemons that reads it.

The thread connects, logs in and stays: it waits for new mail by IDLE, and looks by itself every `poll`. A connection that breaks is made anew, later each
time; after a refused login it is tried rarely, for a person must mend that, and many tries lock accounts.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import ssl
import threading
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, TypeVar

from connectors.imap import holdings
from connectors.imap.check import examine
from connectors.imap.faults import LoginRefused
from connectors.imap.session import Session, Timeouts
from connectors.imap.visit import SOURCE, Memory, Visit
from connectors.oauth import TokenRefused, TokenSource
from deskd.config.channels import ImapAccount
from deskd.errors import StoreAway, StoreFull, TemporaryFailure
from deskd.model import Position, RawMessage
from deskd.ports import Clock, ConnectorHealth, Finding, HeldMail, Polling

T = TypeVar("T")

log = logging.getLogger("deskd.imap")


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds."""

    renew: float = 2.0  # between two words that this daemon still reads the mailbox
    sweep: float = 600.0  # between two looks at the whole folder
    idle: float = 300.0  # one IDLE at the most: servers and routers forget longer ones
    retry: float = 1.0  # until a broken connection is made anew, the first time
    retry_most: float = 60.0
    refused: float = 60.0  # after a refused login, the first time
    refused_most: float = 900.0
    steady: float = 30.0  # a connection that lasted so long broke by chance
    stop: float = 2.0  # for the thread to end, and for the lease to be given back


class ImapMailbox:
    """`name` is support-mail.imap. `tell` gives an alert to the admins; `tls` overrides the system's certificates."""

    def __init__(
        self,
        channel: str,
        account: ImapAccount,
        clock: Clock,
        polling: Polling,
        tell: Callable[[str, str], None] = lambda key, text: None,
        *,
        tokens: TokenSource | None = None,
        pace: Pace | None = None,
        timeouts: Timeouts | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.name = f"{channel}.imap"
        self.channel = channel
        self._account = account
        self._clock = clock
        self._polling = polling
        self._tell = tell
        self._tokens = tokens
        self._pace = pace or Pace()
        self._timeouts = timeouts or Timeouts()
        self._tls = tls
        self._health = ConnectorHealth("ok")
        self._holding: asyncio.Task[None] | None = None
        self._thread: threading.Thread | None = None
        self._ending = threading.Event()
        self._woken = threading.Event()
        self._session: Session | None = None
        self._memory = Memory()
        self._looked = False  # in this visit

    # ── in the daemon's loop ─────────────────────────────────────────────────────────────────────────────────────────

    async def start(self) -> None:
        """Begin to read, as soon as no other daemon does. Returns at once: trouble with the server is health."""
        self._holding = asyncio.create_task(self._hold(), name=f"deskd-{self.name}")

    async def stop(self) -> None:
        """Whatever is being fetched comes again, from where it was left. May be called before `start`, and twice."""
        if self._holding is not None:
            self._holding.cancel()
            await asyncio.gather(self._holding, return_exceptions=True)
            self._holding = None
            await self._end_thread()
            with contextlib.suppress(TemporaryFailure, TimeoutError):  # it runs out by itself
                await asyncio.wait_for(self._polling.let_go(self.channel), self._pace.stop)
        self._health = replace(self._health, state="stopped")

    def try_again(self) -> None:
        """An operator's word that something was mended: don't wait for the next try."""
        self._woken.set()

    def health(self) -> ConnectorHealth:
        return self._health

    async def check(self) -> list[Finding]:
        """Log in once and look; nothing is fetched or changed."""
        token: str | None = None
        found: list[Finding] = []
        if self._tokens is not None:
            try:
                token = await self._tokens.access()
            except TemporaryFailure as failure:
                remedy = (
                    getattr(failure, "remedy", "")
                    or "check token_url, and the network between here and there"
                )
                return [Finding(self.name, "wrong", str(failure), remedy)]
            found = self._clock_findings(self._tokens.clock_off)
        look = asyncio.to_thread(examine, self.name, self._account, self._timeouts, self._tls, token)
        return [*found, *await look]

    def _clock_findings(self, off: timedelta | None) -> list[Finding]:
        if off is None:
            return []
        way = "behind" if off > timedelta(0) else "ahead of"
        text = f"this machine's clock is {abs(off).total_seconds():.0f} s {way} the token provider's"
        return [
            Finding(
                self.name,
                "warning",
                text,
                "set the clock (timedatectl): tokens seem to end too early or too late",
            )
        ]

    async def compared(self, since: date | None) -> tuple[str, list[HeldMail]]:
        """What the ids of this folder's deliveries begin with, and what the mailbox holds. Raises `TemporaryFailure`."""
        token = await self._tokens.access() if self._tokens is not None else None
        known = await self._polling.positions(self.channel)

        def look() -> tuple[str, list[HeldMail]]:
            with contextlib.closing(Session.connect(self._account, self._timeouts, self._tls)) as session:
                session.log_in(self._account, token)
                return holdings.prefix(session, self._account), holdings.held(
                    session, self._account, known, since
                )

        return await asyncio.to_thread(look)

    async def take(
        self,
        mails: Sequence[HeldMail],
        keeping: Callable[[], AbstractContextManager[Callable[[list[RawMessage]], None]]],
    ) -> None:
        """Fetch these, and give them to what `keeping` opens, which returns when the desk has them; both are called in a thread.

        Raises `TemporaryFailure`, and what they raise.
        """
        token = await self._tokens.access() if self._tokens is not None else None

        def fetch() -> None:
            with contextlib.closing(Session.connect(self._account, self._timeouts, self._tls)) as session:
                session.log_in(self._account, token)
                with keeping() as keep:
                    for raws in holdings.fetched(session, self.channel, self._account, mails):
                        keep(raws)
                        holdings.finished(session, self._account, raws)

        await asyncio.to_thread(fetch)

    async def _hold(self) -> None:
        """Have the thread run while the mailbox is this daemon's to read."""
        while True:
            try:
                ours = await self._polling.may_ask(self.channel)
            except (
                TemporaryFailure
            ):  # the database is away: nobody else can take the mailbox, and nothing can be kept
                ours = self._thread is not None
            if ours and self._thread is None:
                self._begin_thread()
            elif not ours and self._thread is not None:
                await self._end_thread()
            await asyncio.sleep(self._pace.renew)

    def _begin_thread(self) -> None:
        self._ending.clear()
        desk = _DeskFromThread(asyncio.get_running_loop(), self.channel, self._polling, self._tell)
        self._thread = threading.Thread(
            target=self._run, args=(desk,), name=f"deskd-{self.name}", daemon=True
        )
        self._thread.start()

    async def _end_thread(self) -> None:
        """The thread may hang in a call that no one can interrupt: then it is left to find out by itself."""
        thread, self._thread = self._thread, None
        self._ending.set()
        self._woken.set()
        if self._session is not None:
            self._session.hang_up()
        if thread is not None:
            await asyncio.to_thread(thread.join, self._pace.stop)

    @property
    def _over(self) -> bool:
        """For the thread: whether it is to end, or was left behind in a call that took too long, and has a successor."""
        return self._ending.is_set() or threading.current_thread() is not self._thread

    # ── in its thread ────────────────────────────────────────────────────────────────────────────────────────────────

    def _run(self, desk: _DeskFromThread) -> None:
        pause = _Pauses(self._pace)
        while not self._over:
            began = self._clock.monotonic()
            try:
                self._visit(desk, pause)
            except Exception as failure:
                if not self._over:  # else it is the end that broke it
                    steady = self._looked and self._clock.monotonic() - began > self._pace.steady
                    self._wait(self._pause_after(failure, pause, steady))

    def _pause_after(self, failure: Exception, pause: _Pauses, steady: bool) -> float:
        """Tell of it, and say how many seconds to wait before the next try. `steady`: until now all had been well for a while."""
        match failure:
            case LoginRefused():
                self._fails(failure, lasting=True)
                return pause.after_refusal()
            case StoreFull() | StoreAway():
                self._fails(failure, state="degraded", what="mails stay in the mailbox")
            case TemporaryFailure() if steady:
                log.info("%s: %s; connecting again", self.name, failure)
                return 0.0
            case TemporaryFailure():
                self._fails(failure)
            case _:
                log.error("%s failed", self.name, exc_info=failure)
                self._fails(failure, what=f"deskd failed on it ({type(failure).__name__})")
        return pause.after_failure()

    def _visit(self, desk: _DeskFromThread, pause: _Pauses) -> None:
        """Connect, and stay until something breaks or the token runs out."""
        self._looked = False
        session = self._session = self._connect(desk)
        try:
            visit = Visit(self.channel, self._account, session, desk, self._memory, self._clock.now().date())
            visit.begin()
            swept: float | None = None
            retried = -1e9
            while not self._over and not (self._tokens and self._tokens.ends_soon()):
                now = self._clock.monotonic()
                retry = now - retried >= self._account.poll.total_seconds()
                retried = now if retry else retried
                visit.look(retry=retry)
                if swept is None or now - swept >= self._pace.sweep:
                    visit.sweep()
                    swept = now
                self._works(visit.trouble)
                pause.reset()
                if not session.news():
                    self._until_news(session)
        finally:
            if self._session is session:
                self._session = None
            session.close()

    def _connect(self, desk: _DeskFromThread) -> Session:
        session = Session.connect(self._account, self._timeouts, self._tls)
        try:
            try:
                session.log_in(self._account, self._token(desk))
            except LoginRefused:
                if self._tokens is None:
                    raise
                # A token may be revoked before its time. The server may hang up after a refusal: a new connection.
                session.close()
                session = Session.connect(self._account, self._timeouts, self._tls)
                session.log_in(self._account, self._token(desk, fresh=True))
        except BaseException:
            session.close()
            raise
        return session

    def _token(self, desk: _DeskFromThread, *, fresh: bool = False) -> str | None:
        if self._tokens is None:
            return None
        try:
            return desk.call(self._tokens.access(fresh=fresh))
        except TokenRefused as refusal:
            raise LoginRefused(str(refusal), refusal.remedy) from refusal

    def _until_news(self, session: Session) -> None:
        poll = self._account.poll.total_seconds()
        if self._account.idle and session.can("IDLE"):
            session.idle(min(poll, self._pace.idle))
        else:
            self._wait(poll)

    def _wait(self, seconds: float) -> None:
        self._woken.wait(seconds)
        if not self._over:
            self._woken.clear()

    def _works(self, trouble: str | None) -> None:
        if self._health.state == "failing":
            log.info("%s works again", self.name)
        self._looked = True
        self._health = ConnectorHealth("degraded" if trouble else "ok", self._clock.now(), trouble)

    def _fails(
        self, failure: Exception, *, state: Any = "failing", what: str = "", lasting: bool = False
    ) -> None:
        remedy = getattr(failure, "remedy", "")
        error = (f"{what}: " if what else "") + str(failure) + (f"; {remedy}" if remedy else "")
        if error != self._health.error:
            log.warning("%s: %s", self.name, error)
        self._health = ConnectorHealth(state, self._health.last_ok, error, lasting=lasting)


class _DeskFromThread:
    """`visit.Desk` for a thread beside the daemon's loop."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        channel: str,
        polling: Polling,
        tell: Callable[[str, str], None],
    ) -> None:
        self._loop = loop
        self.channel = channel
        self._polling = polling
        self._tell = tell

    def call(self, asked: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(asked, self._loop).result()

    def keep(self, raws: Sequence[RawMessage], position: Position) -> None:
        self.call(self._polling.accept(raws, position))

    def remember(self, position: Position) -> None:
        self.call(self._polling.remember(position))

    def positions(self) -> Mapping[str, str]:
        return self.call(self._polling.positions(self.channel))

    def taken(self, external_ids: Sequence[str]) -> Collection[str]:
        return self.call(self._polling.taken(self.channel, SOURCE, external_ids))

    def tell(self, key: str, text: str) -> None:
        self._loop.call_soon_threadsafe(self._tell, key, text)


class _Pauses:
    """How long to wait before the next try: longer each time, and never the same for all accounts of a server that went away."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self.reset()

    def reset(self) -> None:
        self._failure, self._refusal = self._pace.retry, self._pace.refused

    def after_failure(self) -> float:
        pause, self._failure = self._failure, min(self._failure * 2, self._pace.retry_most)
        return _about(pause)

    def after_refusal(self) -> float:
        pause, self._refusal = self._refusal, min(self._refusal * 2, self._pace.refused_most)
        return _about(pause)


def _about(seconds: float) -> float:
    return seconds * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
