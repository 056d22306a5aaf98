"""Which levels have hours with nobody on duty. Pure: the time comes in as an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from deskd.clock import calendars
from deskd.clock.calendars import Interval
from deskd.config import Settings

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Cover:
    """A level, its teams, and when none of them has anyone on duty, within the time that was asked about."""

    level: int
    teams: tuple[str, ...]
    gaps: tuple[Interval, ...]

    @property
    def hours(self) -> float:
        """How many hours nobody is there."""
        return sum((end - start for start, end in self.gaps), timedelta(0)) / timedelta(hours=1)


def cover(settings: Settings, since: datetime, span: timedelta = WEEK) -> tuple[Cover, ...]:
    """Each level that has teams, the lowest first, from `since` for `span`. A team without members has nobody; one without hours is there while its people are."""
    levels = sorted({team.level for team in settings.teams.values()})
    return tuple(_cover(settings, level, since, since + span) for level in levels)


def _cover(settings: Settings, level: int, since: datetime, until: datetime) -> Cover:
    teams = tuple(key for key, team in settings.teams.items() if team.level == level)
    there: list[Interval] = []
    for key in teams:
        team = settings.teams[key]
        hours = calendars.hours_of(settings, team.hours)
        for own in {settings.agents[agent].hours for agent in team.members if agent in settings.agents}:
            there += calendars.both_open(hours, calendars.hours_of(settings, own), since, until)
    return Cover(level, teams, _between(sorted(there), since, until))


def _between(there: list[Interval], since: datetime, until: datetime) -> tuple[Interval, ...]:
    """What none of the intervals, which are in order of their beginnings, covers."""
    gaps: list[Interval] = []
    at = since
    for start, end in there:
        if start > at:
            gaps.append((at, start))
        at = max(at, end)
    return tuple(gaps) if at >= until else (*gaps, (at, until))
