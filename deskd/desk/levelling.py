"""What can be asked of the desk about levels and their clocks; part of `deskd.desk.commands`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from deskd.clock.sla import Duty
from deskd.desk.source import Source
from deskd.model import Assignment


@dataclass(frozen=True, slots=True)
class Escalate:
    """The ticket goes up: to the next level, or to `to` (`@anna`, `specialists`, `L3`). `given` and `handoff` are looked up before it is decided.

    `given` None: there is nobody above.
    """

    actor: str
    reason: str
    to: str | None = None
    source: Source | None = None
    given: Assignment | None = None
    handoff: str = ""
    tell: bool = False  # the customer is sent the template `escalated`
    telegram_link: str = ""  # the one that it may hold


@dataclass(frozen=True, slots=True)
class Deescalate:
    """The ticket goes back to the level it came up from. `given` is looked up before it is decided."""

    actor: str
    reason: str
    source: Source | None = None
    given: Assignment | None = None


@dataclass(frozen=True, slots=True)
class Clocked:
    """The clocks of a ticket were computed anew: `due` is the earliest deadline that runs, `duty` what its time has come for, if anything, and `look_at`
    when they are to be looked at again."""

    due: datetime | None
    look_at: datetime | None
    duty: Duty | None = None


@dataclass(frozen=True, slots=True)
class Away:
    """An agent isn't there until then; None: until they say that they are back."""

    actor: str
    agent: str
    until: datetime | None = None
    because: str = ""
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Back:
    """An agent is there again."""

    actor: str
    agent: str
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Dispatched:
    """The clock's word on a ticket that waits for somebody, or whose agent is gone: who has it now, or why it goes on waiting."""

    assignment: Assignment


@dataclass(frozen=True, slots=True)
class Accept:
    """Someone of the team that a ticket was handed to takes it over."""

    actor: str
    agent: str
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class HandoffLate:
    """The clock's word: nobody has accepted the handoff in time."""
