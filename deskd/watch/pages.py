"""The pages that programs read: `/health` for monitors and load balancers, `/metrics` for Prometheus.

In: nothing but that they are asked. Out: status, content type and body, as values; `connectors.web` puts them on the wire.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from deskd.watch.gauges import Gauges
from deskd.watch.health import Findings, health

Made = tuple[int, str, bytes]
"""HTTP status, content type, body."""
Look = Callable[[], Awaitable[Findings]]

JSON: Final = "application/json"


async def health_page(look: Look) -> Made:
    """503 when failing, so that a load balancer turns to another daemon."""
    state, document = health(await look())
    body = json.dumps(document, ensure_ascii=False).encode() + b"\n"
    return (503 if state == "failing" else 200), JSON, body


async def metrics_page(look: Look, gauges: Gauges, registry: CollectorRegistry) -> Made:
    """All metrics of this daemon, in Prometheus' text format."""
    found = await look()
    state, _ = health(found)
    gauges.set(found, state)
    return 200, CONTENT_TYPE_LATEST, generate_latest(registry)
