"""One function for each thing worth telling: a log line and its metric, under one name. No secret and no customer's text goes in here at level info."""

from __future__ import annotations

import logging
from typing import Any, TextIO

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from deskd.errors import Problem


def set_up_logging(stream: TextIO, *, json: bool, level: str = "info") -> None:
    """Log to `stream`: for people, or a JSON object a line. Tracebacks never show values: they hold customers' words."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    end: list[Any] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if json
        else [
            structlog.dev.ConsoleRenderer(
                colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
    )
    structlog.configure(
        processors=shared + end,
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(stream=stream, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    for noisy in ("slack_bolt", "slack_sdk", "apscheduler", "mail.log", "aiohttp.access"):
        logging.getLogger(noisy).setLevel(logging.ERROR)


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
        self.up = Gauge("deskd_up", "1 while the daemon runs", registry=self.registry)

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

    def came_due(self, kind: str, ticket: int) -> None:
        self.log.info("came_due", kind=kind, ticket=ticket)

    def task_failed(self, task: str, failure: BaseException) -> None:
        self.log.error("task_failed", task=task, exc_info=failure)
