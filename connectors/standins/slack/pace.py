"""Slack's own limit on posting: about one message a second and channel, short bursts tolerated. Off unless a test asks for it.

https://docs.slack.dev/apis/web-api/rate-limits
"""

from collections.abc import Callable


class Pace:
    """A bucket a channel: `burst` posts at once, refilled at `per_second`; None means no limit."""

    def __init__(self, clock: Callable[[], float], per_second: float | None = None, burst: int = 1) -> None:
        self.clock = clock
        self.per_second = per_second
        self.burst = burst
        self._buckets: dict[str, tuple[float, float]] = {}

    def allows(self, method: str, channel: str | None) -> bool:
        """Whether this call may go on; a post that may is counted."""
        if self.per_second is None or method not in ("chat.postMessage", "chat.postEphemeral"):
            return True
        now = self.clock()
        left, since = self._buckets.get(channel or "", (float(self.burst), now))
        left = min(float(self.burst), left + (now - since) * self.per_second)
        allowed = left >= 1
        self._buckets[channel or ""] = (left - 1 if allowed else left, now)
        return allowed
