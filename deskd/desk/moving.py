"""Tickets that become one, or two, or name each other: each half of it, as the desk is asked for it on its own ticket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from deskd.desk.source import Source
from deskd.model import Status, Ticket


@dataclass(frozen=True, slots=True)
class Moved:
    """What of a ticket goes into another one, and how the ticket stood before: enough to undo it."""

    messages: tuple[int, ...] = ()
    conversations: tuple[int, ...] = ()
    deadlines: tuple[tuple[str, datetime], ...] = ()
    people: tuple[str, ...] = ()  # whom the other ticket lets in by it
    known: tuple[
        tuple[str, str | None], ...
    ] = ()  # what each of them was to it before: accepted, proposed, None
    words: tuple[
        tuple[str, str, int], ...
    ] = ()  # what customers wrote: name, text, message; for the other ticket's thread


@dataclass(frozen=True, slots=True)
class JoinInto:
    """This ticket, with all it holds, goes into another one."""

    actor: str
    into: int
    ref: str  # of the other one
    because: str
    moved: Moved
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class TakeIn:
    """The other half: this ticket takes another one in."""

    actor: str
    taken: int
    ref: str  # of the one it takes in
    because: str
    moved: Moved


@dataclass(frozen=True, slots=True)
class GiveBack:
    """The undo's first half: what came from a ticket goes back to it. `moved` is what stands in this one's custody now."""

    actor: str
    to: int
    ref: str
    moved: Moved


@dataclass(frozen=True, slots=True)
class StandAlone:
    """The undo's other half: a ticket that went into another one is itself again, as it was before."""

    actor: str
    was_in: int
    ref: str
    status: Status
    resolved_at: datetime | None
    closed_at: datetime | None
    pending_until: datetime | None
    deadlines: tuple[tuple[str, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class OpenPart:
    """A ticket of its own for the last part of another one, `of`. `words`: name, text and message of what customers wrote in it."""

    actor: str
    of: Ticket
    subject: str
    words: tuple[tuple[str, str, int], ...] = ()
    people: tuple[str, ...] = ()  # who besides its contact may write into it


@dataclass(frozen=True, slots=True)
class PartWith:
    """The other half: `messages` go from this ticket to the new one."""

    actor: str
    into: int
    ref: str  # of the new one
    messages: tuple[int, ...]
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class LinkWith:
    """This ticket and another one name each other, or (`undo`) no longer; `here`: in the ticket in which it was asked for."""

    actor: str
    other: int
    ref: str
    subject: str
    here: bool
    source: Source | None = None
    undo: bool = False
