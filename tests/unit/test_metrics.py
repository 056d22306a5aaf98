"""Every metric stands in docs/metrics.md with its labels, and nothing stands there that isn't offered; the same for alerts."""

from __future__ import annotations

import re

from prometheus_client import CollectorRegistry

from deskd.events import Events
from deskd.watch.gauges import Gauges
from tests.support.needs import REPOSITORY

METRICS = (REPOSITORY / "docs" / "metrics.md").read_text()
OPERATIONS = (REPOSITORY / "docs" / "operations.md").read_text()


def offered() -> dict[str, set[str]]:
    """Each metric by the name that Prometheus stores, with its labels."""
    registry = CollectorRegistry()
    events = Events(registry=registry)
    Gauges(registry)
    assert events.registry is registry
    found = {}
    for family in registry.collect():
        name = family.name + ("_total" if family.type == "counter" else "")
        found[name] = set(labels_of(registry, family.name))
    return found


def labels_of(registry: CollectorRegistry, family: str) -> tuple[str, ...]:
    collector = registry._names_to_collectors.get(family)  # the process's own are found under no name
    labels: tuple[str, ...] = getattr(collector, "_labelnames", ())
    return labels


def documented() -> dict[str, set[str]]:
    rows = re.findall(r"(?m)^\| `(\w+)` \| ([^|]*) \|", METRICS)
    return {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in rows}


def test_every_metric_is_documented_with_its_labels() -> None:
    assert documented() == offered()


def test_the_rules_in_the_document_name_metrics_that_there_are() -> None:
    named = set(re.findall(r"\bdeskd_\w+", METRICS))
    known = offered().keys() | {"deskd_inbox_seconds_bucket"}
    assert named <= known


def alert_keys() -> set[str]:
    """Every key under which an alert is made, as the code has them."""
    code = "".join(
        (REPOSITORY / "deskd" / "watch" / name).read_text() for name in ("alerts.py", "alerting.py")
    )
    made = re.findall(r'(?:Fault|Alert)\(\s*f?"(\w+)', code)
    mailbox = (REPOSITORY / "connectors" / "imap" / "visit.py").read_text()
    made += re.findall(r'\.tell\(\s*f?"(\w+)', mailbox)
    return {*made, *re.findall(r'at,\s*"(\w+)",\s*_', code)}


def test_every_alert_is_documented_with_what_to_do() -> None:
    rows = re.findall(r"(?m)^\| `(\w+)` \| [^|]+ \| [^|]+ \|$", OPERATIONS)
    assert set(rows) == alert_keys()
