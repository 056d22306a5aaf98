"""What `/health` says: one document made of what was found, and how good or bad that is, with the reasons.

In: `Findings`. Out: a JSON object and `ok`, `degraded` or `failing`. Pure. No customer's text and no secret goes in here: reasons kept with rows
stay in `deskd inbox list` and `deskd outbox list`, of which only numbers are told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from deskd.errors import Problem
from deskd.ports import ConnectorHealth
from deskd.store.figures import Figures, Trouble

State = Literal["ok", "degraded", "failing"]

_BADNESS: Final = ("ok", "degraded", "stopped", "failing")
SLOW: Final = timedelta(seconds=60)
"""What has waited for so long in the inbox is late."""
RECENT: Final = timedelta(hours=1)
"""For so long a message in quarantine or of unknown fate counts as trouble; afterwards it is a matter for the lists."""


@dataclass(frozen=True, slots=True)
class RulesFound:
    """The rules in force: their hash, since when, and what was wrong with the files when they were last read."""

    hash: str
    since: datetime
    problems: Sequence[Problem] = ()

    @property
    def error(self) -> str | None:
        return "\n".join(map(str, self.problems)) or None


@dataclass(frozen=True, slots=True)
class Room:
    """The disk under the database, in bytes. Below `floor` nothing new is accepted."""

    free: int
    total: int
    floor: int

    @property
    def nearly_full(self) -> bool:
        """Little in itself, and little of the whole; or close to where mail is refused."""
        return self.free < 4 * self.floor or (self.free < 2**30 and self.free < self.total // 20)


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found at `now`. `store_error`: why the database can't be read or written; `figures` is None when it can't be read."""

    now: datetime
    version: str
    since: datetime
    rules: RulesFound
    connectors: Mapping[str, ConnectorHealth] = field(default_factory=dict)
    listeners: Mapping[str, ConnectorHealth] = field(default_factory=dict)
    figures: Figures | None = None
    store_error: str | None = None
    room: Room | None = None
    """None for a database on another machine."""
    dead: Sequence[str] = ()
    """The names of parts of the daemon that ended and should not have."""


def health(found: Findings) -> tuple[State, dict[str, Any]]:
    """The status, and the document of INTERFACE.md section 3; beyond it: `listeners`, `store`, and `because`, the reasons for the status."""
    failing, degraded = list(_failing(found)), list(_degraded(found))
    state: State = "failing" if failing else "degraded" if degraded else "ok"
    numbers = found.figures
    return state, {
        "status": state,
        "because": [*failing, *degraded],
        "version": found.version,
        "since": _utc(found.since),
        "connectors": {name: _connector(_whole(name, found)) for name in found.connectors},
        "listeners": {name: _connector(one) for name, one in found.listeners.items()},
        "store": {"error": found.store_error},
        "inbox": {
            "waiting": numbers.inbox_waiting if numbers else None,
            "oldest_s": _age(numbers.oldest_inbox if numbers else None, found.now),
            "quarantined": numbers.quarantined if numbers else None,
        },
        "outbox": {
            "waiting": numbers.outbox_waiting if numbers else None,
            "oldest_s": _age(numbers.oldest_outbox if numbers else None, found.now),
            "unknown": numbers.outbox_unknown if numbers else None,
        },
        "rules": {"hash": found.rules.hash, "since": _utc(found.rules.since), "error": found.rules.error},
    }


def _failing(found: Findings) -> list[str]:
    """Why nothing, or not the main thing, works now: messages can't be kept, or there is no way in or out."""
    reasons = [found.store_error] if found.store_error else []
    reasons += [f"{name} has ended" for name in found.dead]
    reasons += [
        f"{name} is not open" + (f": {one.error}" if one.error else "")
        for name, one in found.listeners.items()
        if one.state in ("failing", "stopped")
    ]
    broken = [name for name, one in found.connectors.items() if one.state in ("failing", "stopped")]
    if broken and len(broken) == len(found.connectors):
        reasons.append("no account works: " + ", ".join(broken))
    return reasons


def _degraded(found: Findings) -> list[str]:
    """What an operator should look at; the desk works on meanwhile."""
    reasons = [
        f"{name} is {one.state}"
        for name, one in (*found.connectors.items(), *found.listeners.items())
        if one.state != "ok"
    ]
    if found.rules.problems:
        reasons.append("the rule files have errors; the rules from before are in force")
    if found.room is not None and found.room.nearly_full:
        reasons.append("the database's disk is nearly full")
    numbers = found.figures
    if numbers is None:
        return reasons
    if numbers.oldest_inbox is not None and found.now - numbers.oldest_inbox > SLOW:
        reasons.append(f"a message has waited in the inbox for more than {SLOW.seconds} s")
    if _recent(numbers.newest_quarantined, found.now):
        reasons.append("a message was quarantined within the last hour")
    if _recent(numbers.newest_unknown, found.now):
        reasons.append("of a message sent within the last hour nobody knows whether it arrived")
    return reasons


def _recent(rows: Sequence[Trouble], now: datetime) -> bool:
    return any(now - row.since < RECENT for row in rows)


def _whole(name: str, found: Findings) -> ConnectorHealth:
    """A channel with its parts (support-mail with support-mail.imap): as bad as the worst of them."""
    parts = [one for key, one in found.connectors.items() if key == name or key.startswith(f"{name}.")]
    return max(parts, key=lambda one: _BADNESS.index(one.state))


def _connector(one: ConnectorHealth) -> dict[str, str | None]:
    return {"state": one.state, "last_ok": _utc(one.last_ok) if one.last_ok else None, "error": one.error}


def _age(since: datetime | None, now: datetime) -> float:
    """Seconds, 0 where nothing waits; never negative, whatever the clock did."""
    return 0.0 if since is None else round(max(0.0, (now - since).total_seconds()), 3)


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
