"""Which ticket a chat's message belongs to, and why; or that it opens one. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from deskd.model import Joining, Status

_OPEN = frozenset({"new", "open", "pending", "hold"})


@dataclass(frozen=True, slots=True)
class Standing:
    """A ticket of the chat's."""

    ticket: int
    ref: str
    status: Status
    resolved_at: datetime | None


def choose(
    tickets: Sequence[Standing],
    answered: Standing | None,
    *,
    fresh: bool,
    reopen: timedelta | None,
    now: datetime,
) -> Joining:
    """`tickets`: the chat's, the newest first; `answered`: the one whose message this answers; `fresh`: a new one was asked for;
    `reopen`: how long after it was resolved a ticket is reopened (None: until it is closed).
    """
    if answered is not None:
        if _takes(answered, reopen, now):
            return Joining(answered.ticket, f"it answers a message of {answered.ref}")
        return Joining(None, f"it answers a message of {answered.ref}, which is over", link=answered.ticket)
    if fresh:
        return Joining(None, "the customer asked for a new ticket")
    current = next((one for one in tickets if one.status in _OPEN), None)
    newest = tickets[0] if tickets else None
    if current is None and newest is not None and (newest.status == "spam" or _takes(newest, reopen, now)):
        current = newest
    if current is not None:
        return Joining(current.ticket, "it was written in this ticket's chat")
    if newest is not None:
        return Joining(None, f"the chat's last ticket, {newest.ref}, is over", link=newest.ticket)
    return Joining(None, "nothing is open in this chat")


def _takes(ticket: Standing, reopen: timedelta | None, now: datetime) -> bool:
    """Whether what its customer writes goes into it."""
    if ticket.status == "closed":
        return False
    if ticket.status != "resolved" or reopen is None or ticket.resolved_at is None:
        return True
    return now - ticket.resolved_at <= reopen
