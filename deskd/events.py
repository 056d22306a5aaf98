"""One function for each thing worth telling: a log line and its metric, under one name. No secret and no customer's text goes in here at level info."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from deskd.errors import Problem
from deskd.lightly import without

with without("rich"):  # a twentieth of a start, to draw tracebacks that deskd wants plain
    import structlog

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0)
"""Upper ends of the histograms' buckets."""


class Events:
    """Where the daemon tells what happens. `registry` holds the metrics of one daemon; `now` is the desk's clock."""

    def __init__(
        self,
        log: Any = None,
        registry: CollectorRegistry | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._now = now
        self.log = log or structlog.get_logger("deskd")
        self.registry = registry or CollectorRegistry()
        self._accepted = self._counter("deskd_inbox_accepted", "Raw messages kept", "channel", "source")
        self._ended = self._counter("deskd_inbox_ended", "Inbox rows by how they ended", "channel", "state")
        self._failed = self._counter(
            "deskd_inbox_failed", "Attempts on inbox rows on which deskd itself failed", "channel"
        )
        self._filing = self._seconds(
            "deskd_inbox_seconds", "From keeping a message to the end of its inbox row", "channel"
        )
        self._sending = self._seconds(
            "deskd_outbox_seconds",
            "From queueing a delivery to the other side's word for it",
            "channel",
            "kind",
        )
        self._deliveries = self._counter(
            "deskd_outbox_deliveries", "Attempts to send, by what came of them", "channel", "kind", "outcome"
        )
        self._store = self._counter("deskd_store_trouble", "Times the database was full or away", "kind")
        self._reloads = self._counter("deskd_rules_reloads", "Reloads of the rules", "outcome")
        self._candidate = self._counter(
            "deskd_rules_candidate_differences",
            "Messages of which desk.rules_candidate makes otherwise",
            "field",
        )
        self._slow_rules = self._counter(
            "deskd_rules_slow", "Times a rule took more than 50 ms over one message", "rule"
        )
        self._alerts = self._counter("deskd_alerts", "Alerts to the admins", "about", "what")
        self.up = Gauge("deskd_up", "1 while the daemon runs", registry=self.registry)
        ProcessCollector(registry=self.registry)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(name, text, labels, registry=self.registry)

    def _seconds(self, name: str, text: str, *labels: str) -> Histogram:
        return Histogram(name, text, labels, registry=self.registry, buckets=SECONDS)

    def _since(self, at: datetime) -> float:
        """Seconds; never negative, whatever the clock did."""
        return max(0.0, (self._now() - at).total_seconds())

    # ── inbox ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def accepted(self, raw: Any, row_id: int | None) -> None:
        self._accepted.labels(raw.channel, raw.source).inc()
        self.log.debug(
            "accepted", channel=raw.channel, source=raw.source, inbox=row_id, size=len(raw.payload)
        )

    def ended(self, row: Any, filed: Any) -> None:
        self._ended.labels(row.channel, filed.state).inc()
        self._filing.labels(row.channel).observe(self._since(row.received_at))
        tell = self.log.warning if filed.state == "quarantined" else self.log.info
        if filed.state == "discarded" and row.source == "slack":
            tell = self.log.debug
        tell(filed.state, inbox=row.id, channel=row.channel, ticket=filed.ticket, reason=filed.reason)
        self.rules_slow(filed.slow, filed.ticket)
        self.candidate_differs(filed.shadow, row.id, filed.ticket)

    def failed(self, row: Any, failure: Exception) -> None:
        self._failed.labels(row.channel).inc()
        self.log.error("failed", inbox=row.id, channel=row.channel, attempt=row.attempts, exc_info=failure)

    # ── outbox ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def delivered(self, row: Any) -> None:
        self._deliveries.labels(row.channel, row.kind, "sent").inc()
        self._sending.labels(row.channel, row.kind).observe(self._since(row.created_at))
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

    def rules_slow(self, slow: Iterable[tuple[str, float]], ticket: int | None) -> None:
        """Rules that took long over one message: their patterns are worth a look."""
        for name, seconds in slow:
            self._slow_rules.labels(name).inc()
            self.log.warning("rule_slow", rule=name, seconds=round(seconds, 3), ticket=ticket)

    def candidate_loaded(self, hash: str, count: int) -> None:
        self.log.info("candidate_loaded", hash=hash[:12], rules=count)

    def candidate_refused(self, problems: tuple[Problem, ...]) -> None:
        self.log.error("candidate_refused", problems=[str(problem) for problem in problems])

    def candidate_differs(self, changes: Sequence[Any], row_id: int, ticket: int | None) -> None:
        """What the rules of desk.rules_candidate would have made otherwise of a message."""
        for change in changes:
            self._candidate.labels(change.field).inc()
        if changes:
            fields = [change.field for change in changes]
            self.log.info("candidate_differs", inbox=row_id, ticket=ticket, fields=fields)

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

    def absences_unread(self, told: str) -> None:
        """An agent's calendar file can't be read: what it said before goes on to count."""
        self.log.error("absences_unread", problem=told)

    def clock_jumped(self, seconds: float) -> None:
        self.log.warning("clock_jumped", seconds=round(seconds, 3))

    def task_failed(self, task: str, failure: BaseException) -> None:
        self.log.error("task_failed", task=task, exc_info=failure)
