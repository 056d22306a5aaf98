"""The metrics that are looked up when someone asks, rather than counted as things happen."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, Gauge

from deskd.watch.health import Findings

HEALTH: Final = ("ok", "degraded", "failing")
STATES: Final = (*HEALTH, "stopped")


class Gauges:
    """One daemon's, in its registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"deskd_{name}", text, labels, registry=registry)

        self._build = gauge("build_info", "Always 1; the version is in its label", "version")
        self._since = gauge("start_time_seconds", "When the daemon started, seconds since 1970")
        self._health = gauge("health", "1 for the state the daemon is in, 0 for the others", "state")
        self._accounts = gauge(
            "connector_state", "1 for the state an account is in, 0 for the others", "connector", "state"
        )
        self._worked = gauge(
            "connector_last_ok_seconds", "When an account last worked, seconds since 1970", "connector"
        )
        self._listeners = gauge("listener_open", "1 while a listener takes connections", "listener")
        self._store = gauge("store_ok", "1 while the database can be read and written")
        self._free = gauge("disk_free_bytes", "Room on the disk of an SQLite database")
        self._waiting = gauge("inbox_waiting", "Messages kept and not yet worked off")
        self._oldest = gauge("inbox_oldest_seconds", "For how long the oldest of them has waited")
        self._quarantined = gauge("inbox_quarantined", "Messages that need a person")
        self._to_send = gauge("outbox_waiting", "Deliveries that have still to go out")
        self._oldest_to_send = gauge("outbox_oldest_seconds", "For how long the oldest of them has waited")
        self._unknown = gauge("outbox_unknown", "Deliveries of which nobody knows whether they arrived")
        self._failed = gauge("outbox_failed", "Deliveries that were refused for good")
        self._rules = gauge("rules_error", "1 while the rule files have errors and older rules are in force")

    def set(self, found: Findings, state: str) -> None:
        self._build.labels(found.version).set(1)
        self._since.set(found.since.timestamp())
        for one in HEALTH:
            self._health.labels(one).set(one == state)
        self._set_parts(found)
        self._store.set(found.store_error is None)
        self._rules.set(bool(found.rules.problems))
        if found.room is not None:
            self._free.set(found.room.free)
        self._set_queues(found)

    def _set_parts(self, found: Findings) -> None:
        for name, account in found.connectors.items():
            for one in STATES:
                self._accounts.labels(name, one).set(one == account.state)
            if account.last_ok is not None:
                self._worked.labels(name).set(account.last_ok.timestamp())
        for name, listener in found.listeners.items():
            self._listeners.labels(name).set(listener.state in ("ok", "degraded"))

    def _set_queues(self, found: Findings) -> None:
        """While the database can't be read they keep their last values; `deskd_store_ok` says so."""
        numbers = found.figures
        if numbers is None:
            return
        self._waiting.set(numbers.inbox_waiting)
        self._oldest.set(_seconds(numbers.oldest_inbox, found.now))
        self._quarantined.set(numbers.quarantined)
        self._to_send.set(numbers.outbox_waiting)
        self._oldest_to_send.set(_seconds(numbers.oldest_outbox, found.now))
        self._unknown.set(numbers.outbox_unknown)
        self._failed.set(numbers.outbox_failed)


def _seconds(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
