"""Tells the admins: looks after the desk every few seconds, and sends what `alerts` decides, by a way that isn't the failing one.

The ways, in order: a row of the outbox to the Slack channel `desk.admins`; while Slack fails a mail to `desk.alert_mail`; when the database takes
no rows, the same straight through the connector. The log has each alert in any case.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

from deskd.compose.alert import compose_alert
from deskd.config import Settings
from deskd.errors import DeskdError
from deskd.events import Events
from deskd.model import Address, Delivery, Place, Post, SendMail
from deskd.ports import Clock, Connector
from deskd.store import Store, Work
from deskd.store.alerts import queue_mail, queue_post
from deskd.watch import alerts
from deskd.watch.alerts import Alert, Gathered, Standing
from deskd.watch.health import Findings
from deskd.watch.watching import Watch

LOOK_EVERY: Final = 5.0  # seconds
SEND_WITHIN: Final = 15.0
SAME: Final = 600  # seconds in which one text is one alert, over restarts and over several daemons
PROBE: Final = 15.0  # seconds between two writes that only try the database
_QUARANTINED: Final = (
    "Messages that could not be worked off are in quarantine, each with a placeholder ticket; "
    "`deskd inbox list`, then `retry` or `drop`"
)
_FAILED_POSTS: Final = "Slack refused for good what would have shown a ticket there; `deskd outbox list`, then `retry` or `cancel`"


class Alerting:
    """`run` until `stop`; `wake` for a look at once."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        connectors: Mapping[str, Connector],
        watch: Watch,
        clock: Clock,
        events: Events,
        every: float = LOOK_EVERY,
    ) -> None:
        self._settings = settings
        self._store = store
        self._connectors = connectors
        self._watch = watch
        self._clock = clock
        self._events = events
        self._every = every
        self._standing: dict[str, Standing] = {}
        self._quarantined: Gathered | None = None
        self._failed: Gathered | None = None
        self._mailed: set[str] = set()  # keys of which the admins heard by mail: its end goes there too
        self._times: Counter[tuple[str, bool]] = Counter()
        self._wake = asyncio.Event()
        self._stopping = False

    def wake(self) -> None:
        self._wake.set()

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()

    async def begin(self) -> None:
        """What needs a person already was told when it came; call this before anything is worked off."""
        self._remember(await self._watch.findings())

    async def run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            found = await self._watch.findings(PROBE)
            for alert in self._decide(found):
                await self.tell(alert, found)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._every)

    async def died(self, part: str, failure: BaseException) -> None:
        """A part of the daemon ended: the daemon will stop, and be started again by what started it."""
        text = f"{part} ended unexpectedly ({type(failure).__name__}); deskd stops, to be started again. Its log says where."
        await self.tell(Alert(f"died:{part}", text), await self._watch.findings())

    # ── deciding ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _remember(self, found: Findings) -> None:
        if found.figures is not None and self._quarantined is None:
            self._quarantined = Gathered(frozenset(row.id for row in found.figures.newest_quarantined))
            self._failed = Gathered(frozenset(row.id for row in found.figures.newest_failed))

    def _decide(self, found: Findings) -> list[Alert]:
        self._remember(found)
        at = self._clock.monotonic()
        self._standing, told = alerts.decide(self._standing, alerts.faults(found), at)
        if found.figures is not None and self._quarantined is not None and self._failed is not None:
            self._quarantined, news = alerts.gather(
                self._quarantined,
                found.figures.newest_quarantined,
                at,
                "quarantined",
                _QUARANTINED,
            )
            self._failed, failed = alerts.gather(
                self._failed,
                found.figures.newest_failed,
                at,
                "refused",
                _FAILED_POSTS,
            )
            told += [*news, *failed]
        return told

    # ── sending ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def tell(self, alert: Alert, found: Findings) -> None:
        """By the log, and by each way that works now. Never raises: who tells of trouble makes none."""
        self._times[alert.key, alert.over] += 1
        self._events.alert(alert.key, alert.text, over=alert.over)
        post, mail = self._as_post(alert, found), self._as_mail(alert, found)
        for delivery in (post, mail):
            if delivery is not None and not await self._queued(delivery):
                await self._straight(delivery)
        if post is None and mail is None:
            self._events.alert_unheard(alert.key)

    def _as_post(self, alert: Alert, found: Findings) -> Delivery | None:
        """None where the admins' channel isn't named or Slack is what fails, unless mail can't tell them either: then it waits for Slack."""
        admins = self._settings.desk.admins
        account = self._settings.account_at(admins or "")
        if account is None or admins is None:
            return None
        if not _works(found, account) and self._mail_way(found) is not None:
            return None
        sign = "✅" if alert.over else "🚨"
        post = Post(Place(admins), f"{sign} {alert.text}")
        return Delivery(0, account, self._key(alert, "slack"), post)

    def _as_mail(self, alert: Alert, found: Findings) -> Delivery | None:
        """While Slack fails, and for the end of what was told by mail."""
        account = self._settings.account_at(self._settings.desk.admins or "")
        slack_hears = (
            account is not None and self._settings.desk.admins is not None and _works(found, account)
        )
        channel, to = self._mail_way(found), self._settings.desk.alert_mail
        if channel is None or to is None or (slack_hears and alert.key not in self._mailed):
            return None
        self._mailed.discard(alert.key) if alert.over else self._mailed.add(alert.key)
        key = self._key(alert, "mail")
        sender = Address(self._settings.desk.name, self._settings.mail_channels()[channel].address)
        message_id = f"deskd.alert.{key[:32]}@{sender.address.rpartition('@')[2]}"
        mail = compose_alert(sender, to, alert.text, message_id, self._clock.now())
        return Delivery(0, channel, key, mail)

    def _mail_way(self, found: Findings) -> str | None:
        """A mail channel that can send, if there is anyone to write to."""
        if self._settings.desk.alert_mail is None:
            return None
        able = [key for key, channel in self._settings.mail_channels().items() if channel.send is not None]
        return next((key for key in able if _works(found, key)), None)

    def _key(self, alert: Alert, way: str) -> str:
        """Equal for what another daemon on this database, or this one before it was started again, tells of the same thing."""
        part = int(self._clock.now().timestamp()) // SAME
        times = self._times[alert.key, alert.over]
        told = f"{way}:{alert.key}:{alert.over}:{times}:{part}:{alert.text}"
        return hashlib.sha256(told.encode()).hexdigest()[:40]

    async def _queued(self, delivery: Delivery) -> bool:
        """Whether it became a row of the outbox."""
        try:
            await asyncio.wait_for(
                self._store.write(_row(delivery, self._settings, self._clock)), SEND_WITHIN
            )
        except (DeskdError, TimeoutError):
            return False
        return True

    async def _straight(self, delivery: Delivery) -> None:
        try:
            await asyncio.wait_for(self._connectors[delivery.channel].deliver(delivery), SEND_WITHIN)
        except Exception as failure:
            self._events.alert_unsent(delivery.channel, failure)


def _works(found: Findings, account: str) -> bool:
    one = found.connectors.get(account)
    return one is not None and one.state in ("ok", "degraded")


def _row(delivery: Delivery, settings: Settings, clock: Clock) -> Callable[[Work], None]:
    content, now = delivery.content, clock.now()

    def unit(work: Work) -> None:
        if isinstance(content, SendMail):
            queue_mail(work, delivery.channel, delivery.key, content, now)
        elif isinstance(content, Post):
            queue_post(work, delivery.channel, delivery.key, content.place.channel, content.text, now)

    return unit
