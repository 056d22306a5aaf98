"""Who is on duty. Pure: absences and times come in as arguments.

An agent is on duty for a team while the team's hours are open, their own hours too, and they aren't away. A team or an agent without hours is always there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from deskd.clock import calendars
from deskd.config import Settings

Source = Literal["typed", "file", "slack"]
_JUMPS: Final = 1_000
"""Openings that are looked at before somebody counts as never coming."""


@dataclass(frozen=True, slots=True)
class Absence:
    """Someone isn't there from `since` up to `until`; None: until they say that they are back."""

    agent: str
    since: datetime
    until: datetime | None = None
    source: Source = "typed"
    because: str = ""

    def at(self, moment: datetime) -> bool:
        return self.since <= moment and (self.until is None or moment < self.until)


def away(absences: Iterable[Absence], agent: str, at: datetime) -> Absence | None:
    """The absence that keeps an agent away at a moment; of several the one that lasts longest."""
    now = [one for one in absences if one.agent == agent and one.at(at)]
    return max(now, key=lambda one: (one.until is None, one.until or one.since), default=None)


def off(settings: Settings, team: str, agent: str, absences: Sequence[Absence], at: datetime) -> str:
    """Why an agent isn't on duty for a team, for the record; "" when they are."""
    gone = away(absences, agent, at)
    if gone is not None and gone.until is None:
        return f"{agent} is away"
    if gone is not None and gone.until is not None:
        return f"{agent} is away until {gone.until.astimezone(settings.desk.timezone):%Y-%m-%d %H:%M}"
    for calendar in hours_of(settings, team, agent):
        if not calendars.open_at(calendars.hours_of(settings, calendar), at):
            return f"{agent} is off duty ({calendar} is closed)"
    return ""


def hours_of(settings: Settings, team: str, agent: str) -> tuple[str, ...]:
    """The calendars that both must be open."""
    own = settings.agents[agent].hours if agent in settings.agents else None
    return tuple(name for name in (settings.teams[team].hours, own) if name is not None)


def all_off(settings: Settings, team: str, absences: Sequence[Absence], at: datetime) -> Mapping[str, str]:
    """The members of a team who aren't on duty, each with why."""
    told = {agent: off(settings, team, agent, absences, at) for agent in settings.teams[team].members}
    return {agent: why for agent, why in told.items() if why}


def there(settings: Settings, team: str, absences: Sequence[Absence], at: datetime) -> tuple[str, ...]:
    """The members of a team who are on duty, in the file's order."""
    gone = all_off(settings, team, absences, at)
    return tuple(agent for agent in settings.teams[team].members if agent not in gone)


def next_there(settings: Settings, team: str, absences: Sequence[Absence], at: datetime) -> datetime | None:
    """When the next of those who aren't on duty now comes; None: nobody is to be expected."""
    coming = (comes(settings, team, agent, absences, at) for agent in all_off(settings, team, absences, at))
    return min((moment for moment in coming if moment is not None), default=None)


def comes(
    settings: Settings, team: str, agent: str, absences: Sequence[Absence], at: datetime
) -> datetime | None:
    """The first moment, from `at` on, at which an agent is on duty for a team; None: not within ten years."""
    named = hours_of(settings, team, agent)
    for _ in range(_JUMPS):
        gone = away(absences, agent, at)
        if gone is not None:
            if gone.until is None:
                return None
            at = gone.until
            continue
        later = [calendars.opens(calendars.hours_of(settings, name), at) for name in named]
        known = [moment for moment in later if moment is not None]
        if len(known) < len(later):
            return None
        if all(moment == at for moment in known):
            return at
        at = max(known)
    return None
