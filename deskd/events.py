"""One function for each thing worth telling: a log line and its metric, under one name. No secret and no customer's text goes in here at level info."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from deskd.errors import Problem

if TYPE_CHECKING:
    from deskd.health import Findings

STATES = ("ok", "degraded", "failing", "stopped")


class Events:
    """Where the daemon tells what happens. `registry` holds the metrics of one daemon."""

    def __init__(self, log: Any = None, registry: CollectorRegistry | None = None) -> None:
        self.log = log or structlog.get_logger("deskd")
        self.registry = registry or CollectorRegistry()
        self._accepted = self._counter("deskd_inbox_accepted", "Raw messages kept", "channel", "source")
        self._ended = self._counter("deskd_inbox_ended", "Inbox rows by how they ended", "channel", "state")
        self._failed = self._counter(
            "deskd_inbox_failed", "Attempts on inbox rows on which deskd itself failed", "channel"
        )
        self._deliveries = self._counter(
            "deskd_outbox_deliveries", "Attempts to send, by what came of them", "channel", "kind", "outcome"
        )
        self._store = self._counter("deskd_store_trouble", "Times the database was full or away", "kind")
        self._reloads = self._counter("deskd_rules_reloads", "Reloads of the rules", "outcome")
        self._alerts = self._counter("deskd_alerts", "Alerts to the admins", "about", "what")
        self.up = self._gauge("deskd_up", "1 while the daemon runs")
        self._measures()

    def _measures(self) -> None:
        """What is looked up when someone asks for the metrics (`measured`)."""
        gauge = self._gauge
        self._build = gauge("deskd_build_info", "Always 1; the version is in its label", "version")
        self._since = gauge("deskd_start_time_seconds", "When the daemon started, seconds since 1970")
        self._health = gauge("deskd_health", "1 for the state the daemon is in, 0 for the others", "state")
        self._connectors = gauge(
            "deskd_connector_state",
            "1 for the state an account is in, 0 for the others",
            "connector",
            "state",
        )
        self._connector_ok = gauge(
            "deskd_connector_last_ok_seconds", "When an account last worked, seconds since 1970", "connector"
        )
        self._listeners = gauge("deskd_listener_open", "1 while a listener takes connections", "listener")
        self._store_ok = gauge("deskd_store_ok", "1 while the database can be read and written")
        self._inbox_waiting = gauge("deskd_inbox_waiting", "Messages kept and not yet worked off")
        self._inbox_oldest = gauge("deskd_inbox_oldest_seconds", "For how long the oldest of them has waited")
        self._quarantined = gauge("deskd_inbox_quarantined", "Messages that need a person")
        self._outbox_waiting = gauge("deskd_outbox_waiting", "Deliveries that have still to go out")
        self._outbox_oldest = gauge(
            "deskd_outbox_oldest_seconds", "For how long the oldest of them has waited"
        )
        self._outbox_unknown = gauge(
            "deskd_outbox_unknown", "Deliveries of which nobody knows if they arrived"
        )
        self._outbox_given_up = gauge("deskd_outbox_failed", "Deliveries that were refused for good")
        self._rules_error = gauge(
            "deskd_rules_error", "1 while the rule files have errors and older rules are in force"
        )

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(name, text, labels, registry=self.registry)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(name, text, labels, registry=self.registry)

    # ── inbox ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def accepted(self, raw: Any, row_id: int | None) -> None:
        self._accepted.labels(raw.channel, raw.source).inc()
        self.log.debug(
            "accepted", channel=raw.channel, source=raw.source, inbox=row_id, size=len(raw.payload)
        )

    def ended(self, row: Any, filed: Any) -> None:
        self._ended.labels(row.channel, filed.state).inc()
        tell = self.log.warning if filed.state == "quarantined" else self.log.info
        if filed.state == "discarded" and row.source == "slack":
            tell = self.log.debug
        tell(filed.state, inbox=row.id, channel=row.channel, ticket=filed.ticket, reason=filed.reason)

    def failed(self, row: Any, failure: Exception) -> None:
        self._failed.labels(row.channel).inc()
        self.log.error("failed", inbox=row.id, channel=row.channel, attempt=row.attempts, exc_info=failure)

    # ── outbox ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def delivered(self, row: Any) -> None:
        self._deliveries.labels(row.channel, row.kind, "sent").inc()
        self.log.debug("sent", outbox=row.id, channel=row.channel, kind=row.kind, ticket=row.ticket_id)

    def not_delivered(
        self, row: Any, outcome: str, failure: BaseException, again_in: float | None = None
    ) -> None:
        self._deliveries.labels(row.channel, row.kind, outcome).inc()
        tell = self.log.error if outcome == "failed" else self.log.warning
        tell(
            "not_sent",
            outbox=row.id,
            channel=row.channel,
            kind=row.kind,
            ticket=row.ticket_id,
            outcome=outcome,
            error=str(failure),
            again_in=again_in,
        )

    # ── the daemon ───────────────────────────────────────────────────────────────────────────────────────────────────

    def store_trouble(self, failure: Exception) -> None:
        self._store.labels(type(failure).__name__).inc()
        self.log.error("store_trouble", kind=type(failure).__name__, error=str(failure))

    def started(self, **facts: Any) -> None:
        self.up.set(1)
        self.log.info("started", **facts)

    def stopping(self, why: str) -> None:
        self.up.set(0)
        self.log.info("stopping", why=why)

    def stopped(self, **facts: Any) -> None:
        self.log.info("stopped", **facts)

    def receiver_failed(self, channel: str, failure: BaseException) -> None:
        self.log.error("receiver_failed", channel=channel, error=str(failure))

    def rules_loaded(self, hash: str, count: int) -> None:
        self._reloads.labels("loaded").inc()
        self.log.info("rules_loaded", hash=hash[:12], rules=count)

    def rules_refused(self, problems: tuple[Problem, ...]) -> None:
        self._reloads.labels("refused").inc()
        self.log.error("rules_refused", problems=[str(problem) for problem in problems])

    def sockets_unused(self, names: list[str]) -> None:
        """systemd handed over sockets that no listener of deskd.yaml is meant by: whoever connects there waits in vain."""
        self.log.warning("sockets_unused", names=names)

    def alert(self, key: str, text: str, *, over: bool) -> None:
        self._alerts.labels(key.partition(":")[0], "over" if over else "wrong").inc()
        (self.log.info if over else self.log.error)("alert", about=key, text=text, over=over)

    def alert_unsent(self, channel: str, failure: BaseException) -> None:
        self.log.error("alert_unsent", channel=channel, error=str(failure) or type(failure).__name__)

    def alert_unheard(self, about: str) -> None:
        """Nobody is told but the log: desk.admins and desk.alert_mail are missing, or their accounts."""
        self.log.warning("alert_unheard", about=about)

    def came_due(self, kind: str, ticket: int) -> None:
        self.log.info("came_due", kind=kind, ticket=ticket)

    def task_failed(self, task: str, failure: BaseException) -> None:
        self.log.error("task_failed", task=task, exc_info=failure)

    # ── asked for ────────────────────────────────────────────────────────────────────────────────────────────────────

    def measured(self, found: Findings, state: str) -> None:
        """Set what is looked up rather than counted."""
        self._build.labels(found.version).set(1)
        self._since.set(found.since.timestamp())
        for one in STATES[:3]:
            self._health.labels(one).set(one == state)
        for name, connector in found.connectors.items():
            for one in STATES:
                self._connectors.labels(name, one).set(one == connector.state)
            if connector.last_ok is not None:
                self._connector_ok.labels(name).set(connector.last_ok.timestamp())
        for name, listener in found.listeners.items():
            self._listeners.labels(name).set(listener.state in ("ok", "degraded"))
        self._store_ok.set(found.store_error is None)
        self._rules_error.set(bool(found.rules.problems))
        if (numbers := found.figures) is not None:
            self._inbox_waiting.set(numbers.inbox_waiting)
            self._inbox_oldest.set(_seconds(numbers.oldest_inbox, found.now))
            self._quarantined.set(numbers.quarantined)
            self._outbox_waiting.set(numbers.outbox_waiting)
            self._outbox_oldest.set(_seconds(numbers.oldest_outbox, found.now))
            self._outbox_unknown.set(numbers.outbox_unknown)
            self._outbox_given_up.set(numbers.outbox_failed)


def _seconds(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
