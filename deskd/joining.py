"""Makes one ticket of two, and two again: both halves in one transaction, so that no message is ever in both or in none."""

from __future__ import annotations

from datetime import datetime

from deskd import words
from deskd.config import Settings
from deskd.desk import desk
from deskd.desk.commands import Command, GiveBack, JoinInto, Moved, Source, StandAlone, TakeIn
from deskd.desk.state import State
from deskd.errors import CommandRefused
from deskd.model import Ticket
from deskd.store import Work, apply, joined, tickets


def join(
    work: Work,
    settings: Settings,
    ticket_id: int,
    into_id: int,
    actor: str,
    now: datetime,
    because: str,
    source: Source | None = None,
) -> tuple[Ticket, Ticket]:
    """The first ticket goes into the second, or where that one went. Both as they stood before.

    Raises `CommandRefused`, with the answer for whoever asked, and `LookupError` when there is no such ticket.
    """
    for each in sorted({ticket_id, into_id}):  # two that join at once wait for each other, in one order
        tickets.load(work, each, lock=True)
    other_state, other = _standing(work, into_id)
    state, ticket = _standing(work, ticket_id, follow=False)
    if ticket.merged_into is not None:
        raise CommandRefused(words.say(settings.desk.agent_language, "joined_already", ref=ticket.ref))
    moved = joined.holds(work, ticket.id, ticket.contact_id, other.id, other.contact_id)
    _carry(work, settings, state, JoinInto(actor, other.id, other.ref, because, moved, source), now)
    _carry(work, settings, other_state, TakeIn(actor, ticket.id, ticket.ref, because, moved), now)
    return ticket, other


def unjoin(
    work: Work, settings: Settings, ticket_id: int, actor: str, now: datetime
) -> tuple[Ticket, Ticket]:
    """A ticket that went into another one is itself again. The ticket, and the one it was in.

    What came in its conversations meanwhile goes with them. Raises `CommandRefused` where it isn't in another, `LookupError` where it isn't at all.
    """
    state, ticket = _standing(work, ticket_id, follow=False)
    kept = joined.undo_of(work, ticket.id)
    if ticket.merged_into is None or kept is None:
        raise CommandRefused(words.say(settings.desk.agent_language, "not_joined", ref=ticket.ref))
    holder_state, holder = _standing(work, ticket.merged_into)
    conversations = tuple(kept["conversations"])
    moved = Moved(
        messages=joined.came_with(work, holder.id, kept["messages"], set(conversations)),
        conversations=conversations,
        known=tuple(kept["known"].items()),
    )
    before = kept["before"]
    again = StandAlone(
        actor,
        kept["into_id"],
        holder.ref,
        before["status"],
        _time(before["resolved_at"]),
        _time(before["closed_at"]),
        _time(before["pending_until"]),
        deadlines=tuple((kind, datetime.fromisoformat(at)) for kind, at in before["deadlines"].items()),
    )
    _carry(work, settings, holder_state, GiveBack(actor, ticket.id, ticket.ref, moved), now)
    _carry(work, settings, state, again, now)
    return ticket, holder


def _standing(work: Work, ticket_id: int, *, follow: bool = True) -> tuple[State, Ticket]:
    state = tickets.state(work, ticket_id, follow=follow)
    if state.ticket is None:
        raise LookupError(f"no ticket {ticket_id}")
    return state, state.ticket


def _carry(work: Work, settings: Settings, state: State, command: Command, now: datetime) -> None:
    apply.apply(work, state, desk(settings, state, command, now), now)


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
