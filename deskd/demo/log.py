"""The daemon's log, kept in memory for the page; warnings and errors also go where they would go otherwise.

It has the methods of a structlog logger that `deskd.events.Events` calls.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

KEPT = 200  # lines
EXPECTED = frozenset({"clock_jumped"})  # here a person does it, on the page


@dataclass(frozen=True, slots=True)
class LogLine:
    number: int
    at: str
    level: str
    event: str
    facts: str


class PageLog:
    """The last lines. `now` gives their time, `changed` is called after each, `beneath` is the logger that hears of trouble too."""

    def __init__(self, now: Callable[[], datetime], changed: Callable[[], None], beneath: Any) -> None:
        self._lines: deque[LogLine] = deque(maxlen=KEPT)
        self._count = 0
        self._now = now
        self._changed = changed
        self._beneath = beneath

    def shown(self) -> list[dict[str, Any]]:
        """The lines, oldest first."""
        return [asdict(line) for line in self._lines]

    def debug(self, event: str, **facts: Any) -> None:
        self._keep("debug", event, facts)

    def info(self, event: str, **facts: Any) -> None:
        self._keep("info", event, facts)

    def warning(self, event: str, **facts: Any) -> None:
        self._keep("warning", event, facts)
        if event not in EXPECTED:
            self._beneath.warning(event, **facts)

    def error(self, event: str, **facts: Any) -> None:
        self._keep("error", event, facts)
        self._beneath.error(event, **facts)

    def _keep(self, level: str, event: str, facts: dict[str, Any]) -> None:
        self._count += 1
        told = "  ".join(f"{name}={value}" for name, value in facts.items() if value is not None)
        self._lines.append(LogLine(self._count, self._now().isoformat(), level, event, told))
        self._changed()
