"""Moving the desk's clock ahead, by a span or to the next moment at which something happens; the daemon notices as it would notice a clock that was set.

In: how far a person wants to go. Out: the clock is there, and all that came due on the way is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from deskd.app import Daemon
from deskd.demo.clock import MovableClock, next_morning
from deskd.demo.inside import Inside

SPANS: Final = {"hour": timedelta(hours=1), "hours": timedelta(hours=4)}
JUST_PAST: Final = timedelta(seconds=1)


async def go(clock: MovableClock, daemon: Daemon, inside: Inside, asked: Mapping[str, Any]) -> None:
    """`asked["to"]`: hour, hours (four), morning or deadline. Raises `LookupError` for anything else, and where no deadline runs."""
    clock.move(await _span(clock, daemon, inside, asked["to"]))
    await daemon.timekeeper.sweep()
    await daemon.timekeeper.tick()
    daemon.outbox.wake()


async def _span(clock: MovableClock, daemon: Daemon, inside: Inside, to: Any) -> timedelta:
    if to in SPANS:
        return SPANS[to]
    if to == "morning":
        return next_morning(clock.now(), daemon.settings.desk.timezone) - clock.now()
    if to != "deadline":
        raise LookupError(f"the clock knows no way to {to}")
    at = await inside.next_deadline()
    if at is None:
        raise LookupError("no deadline runs")
    return max(at + JUST_PAST - clock.now(), JUST_PAST)
