"""The allowed moves of tickets, inbox rows and outbox rows: three tables, and nothing else decides.

`check(TABLE, old, new)` raises `BrokenInvariant` for a move that isn't in the table; staying where one is is always allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from deskd.errors import BrokenInvariant

Moves = Mapping[str, frozenset[str]]


def _moves(table: dict[str, str]) -> Moves:
    return {state: frozenset(after.split()) for state, after in table.items()}


TICKET: Final[Moves] = _moves(
    {
        "new": "open pending hold resolved closed spam",
        "open": "pending hold resolved closed spam",
        "pending": "open hold resolved closed spam",
        "hold": "open pending resolved closed spam",
        "resolved": "open pending hold closed spam",
        "closed": "open spam",  # by an agent; a customer's message opens a linked ticket instead
        "spam": "new open",
    }
)

INBOX: Final[Moves] = _moves(
    {
        "received": "working quarantined discarded",
        "working": "received filed applied duplicate discarded quarantined",  # back to received: a temporary failure, or its worker died
        "quarantined": "received discarded",  # `inbox retry`, `inbox drop`
        "filed": "",
        "applied": "",
        "duplicate": "",
        "discarded": "",
    }
)
"""Invariant I2: a row ends as exactly one of the last five, and only an operator takes one out of quarantine."""

INBOX_DONE: Final = frozenset({"filed", "applied", "duplicate", "discarded", "quarantined"})

OUTBOX: Final[Moves] = _moves(
    {
        "held": "queued sending cancelled",
        "queued": "sending cancelled failed",
        "sending": "sent queued failed unknown cancelled",  # back to queued: a temporary failure
        "unknown": "sent queued failed cancelled",  # settled by look-up, by sending again, or by an agent
        "failed": "queued cancelled",  # `outbox retry`, `outbox cancel`
        "sent": "bounced",
        "bounced": "",
        "cancelled": "",
    }
)


def check(table: Moves, old: str, new: str) -> None:
    """Raise `BrokenInvariant` unless `old` may become `new`."""
    if old != new and new not in table.get(old, frozenset()):
        raise BrokenInvariant(f"no move from {old!r} to {new!r}")
