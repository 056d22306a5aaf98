"""How fast we may speak: full speed until Slack says 429, then as told, then one call a second for a minute.

One lane per method and Slack channel, so that a 429 parks that channel alone. Values in seconds of a monotonic clock; no I/O.
https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

from dataclasses import dataclass

SLOW_FOR = 60.0
INTERVAL = 1.0


@dataclass(slots=True)
class _Lane:
    next_at: float  # not before
    slow_until: float


class Pace:
    """The lanes that have met a 429; the others have no pace."""

    def __init__(self) -> None:
        self._lanes: dict[tuple[str, str], _Lane] = {}

    def take(self, method: str, channel: str, now: float) -> float:
        """Ask for a turn: 0 and it is yours, else the seconds until it is worth asking again."""
        lane = self._lanes.get((method, channel))
        if lane is None:
            return 0.0
        if now < lane.next_at:
            return lane.next_at - now
        if now >= lane.slow_until:
            del self._lanes[method, channel]
            return 0.0
        lane.next_at = now + INTERVAL
        return 0.0

    def refused(self, method: str, channel: str, retry_after: float, now: float) -> None:
        """Slack answered 429: nothing in this lane for `retry_after`, then slowly for a minute."""
        until = now + max(retry_after, INTERVAL)
        self._lanes[method, channel] = _Lane(next_at=until, slow_until=until + SLOW_FOR)
