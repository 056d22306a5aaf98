"""Which team a ticket goes up or back to, and who of it is called. Pure: a ticket as it stands and a time in, a team and its people out.

A target (`to`) is written `@anna` or `anna` (an agent), `specialists` (a team) or `L3` (a level).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from deskd import words
from deskd.clock import duty
from deskd.clock.duty import Absence
from deskd.config import Settings
from deskd.errors import CommandRefused
from deskd.model import Ticket

LEVEL: Final = re.compile(r"[lL]([1-4])")

WAITS: Final[Mapping[str, str]] = {
    "off_duty": "waits_off_duty",
    "full": "waits_full",
    "unskilled": "waits_unskilled",
    "released": "waits_released",
}
"""Why a ticket waits, as agents are told (`deskd.words`); of one that whoever wants takes, nothing is said."""


@dataclass(frozen=True, slots=True)
class Taking:
    """The team that takes a ticket, and the agent of it who was asked for."""

    team: str
    agent: str | None = None
    passed: tuple[str, ...] = ()  # teams in between of whom nobody is on duty


def above(settings: Settings, team: str | None, level: int) -> str | None:
    """Where a team's tickets go up to: the team it names, else the first team of the next level that has one."""
    named = settings.teams[team].escalates_to if team in settings.teams and team is not None else None
    return named or _first_at(settings, min(_levels_above(settings, level), default=None))


def taking(
    settings: Settings, ticket: Ticket, to: str | None, now: datetime, absences: Sequence[Absence] = ()
) -> Taking | None:
    """Who takes the ticket when it goes up; None: there is nobody above. Teams that want it so are passed while nobody of them is on duty.

    Raises `CommandRefused` where the target is where the ticket is already, below it, or nowhere.
    """
    if to is None:
        team = above(settings, ticket.team, ticket.level)
        return _there(settings, team, now, absences) if team is not None else None
    found = _named(settings, ticket, to)
    language = settings.desk.agent_language
    if found.team == ticket.team and found.agent in (None, ticket.assignee):
        raise CommandRefused(words.say(language, "escalate_same", team=found.team))
    if settings.teams[found.team].level < ticket.level:
        level = settings.teams[found.team].level
        raise CommandRefused(words.say(language, "escalate_below", team=found.team, level=level))
    return found


def _there(settings: Settings, first: str, now: datetime, absences: Sequence[Absence]) -> Taking:
    """The first team upwards from `first` that isn't to be passed; `first` itself where all are."""
    passed: list[str] = []
    team: str | None = first
    while team is not None and team not in passed:
        if not settings.teams[team].skip_off_duty or on_duty(settings, team, now, absences):
            return Taking(team, passed=tuple(passed))
        passed.append(team)
        team = above(settings, team, settings.teams[team].level)
    return Taking(first)


def team_for_new(settings: Settings, team: str | None, to: str | None) -> Taking | None:
    """What `escalate` means for a ticket about to be opened, which a rule chose `team` for: no more than a choice of team."""
    level = settings.teams[team].level if team is not None else 1
    if to is None:
        higher = above(settings, team, level)
        return Taking(higher) if higher is not None else None
    at = LEVEL.fullmatch(to)
    if at:
        reached = _first_at(settings, int(at[1]))
        return Taking(reached) if reached is not None else None
    if to in settings.teams:
        return Taking(to)
    agent = to.removeprefix("@")
    own = settings.teams_of(agent)
    return Taking(own[0], agent) if own else None


def back_to(settings: Settings, ticket: Ticket, came_from: str | None) -> str:
    """The team a ticket goes back to: the one it came up from, else the first of the nearest level below.

    Raises `CommandRefused` where there is no level below.
    """
    known = settings.teams.get(came_from or "")
    if came_from is not None and known is not None and known.level < ticket.level:
        return came_from
    lower = [team.level for team in settings.teams.values() if team.level < ticket.level]
    team = _first_at(settings, max(lower, default=None))
    if team is None:
        raise CommandRefused(words.say(settings.desk.agent_language, "nothing_below"))
    return team


def on_duty(settings: Settings, team: str, now: datetime, absences: Sequence[Absence] = ()) -> bool:
    """Whether anybody of the team is on duty."""
    return bool(duty.there(settings, team, absences, now))


def called(settings: Settings, team: str, now: datetime, absences: Sequence[Absence] = ()) -> tuple[str, ...]:
    """The ids by which a team is mentioned: its user group in Slack, else its members on duty."""
    configured = settings.teams[team]
    if configured.mention is not None:
        return (configured.mention,)
    return ids(settings, duty.there(settings, team, absences, now))


def ids(settings: Settings, agents: Sequence[str | None]) -> tuple[str, ...]:
    """By what agents are mentioned: one id of each who has any. Where it is shown it becomes the id that they have there (`roster.mentioned`)."""
    known = (settings.agents[key].users for key in agents if key is not None and key in settings.agents)
    return tuple(users[0] for users in known if users)


def _named(settings: Settings, ticket: Ticket, to: str) -> Taking:
    language = settings.desk.agent_language
    level = LEVEL.fullmatch(to)
    if level:
        team = ticket.team if ticket.level == int(level[1]) else _first_at(settings, int(level[1]))
        if team is None:
            raise CommandRefused(words.say(language, "no_team_of_level", level=level[1]))
        return Taking(team)
    if to in settings.teams:
        return Taking(to)
    agent = to.removeprefix("@")
    teams = sorted(settings.teams_of(agent), key=lambda key: settings.teams[key].level)
    higher = [key for key in teams if settings.teams[key].level > ticket.level]
    if not teams:
        raise CommandRefused(words.say(language, "in_no_team", agent=agent))
    return Taking((higher or teams[::-1])[0], agent)


def _levels_above(settings: Settings, level: int) -> list[int]:
    return [team.level for team in settings.teams.values() if team.level > level]


def _first_at(settings: Settings, level: int | None) -> str | None:
    return next((key for key, team in settings.teams.items() if team.level == level), None)
