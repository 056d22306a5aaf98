"""The names of a desk that rules may use, taken from its settings once, so that a rule naming nobody is found at load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deskd.config.crosscheck import BUILT_IN_CALENDARS, BUILT_IN_CHANNELS, BUILT_IN_TEMPLATES


@dataclass(frozen=True, slots=True)
class TeamName:
    level: int = 1
    escalates_to: str | None = None
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """`channels` maps each channel to the team its new tickets go to."""

    teams: Mapping[str, TeamName] = field(default_factory=dict)
    agents: tuple[str, ...] = ()
    channels: Mapping[str, str | None] = field(default_factory=dict)
    calendars: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()

    def level_of(self, team: str | None, otherwise: int) -> int:
        known = self.teams.get(team) if team is not None else None
        return known.level if known else otherwise

    def team_of(self, agent: str) -> str | None:
        """The first team, in the order of the file, the agent is a member of."""
        return next((key for key, team in self.teams.items() if agent in team.members), None)

    def team_at(self, level: int) -> str | None:
        """The first team, in the order of the file, of that level."""
        return next((key for key, team in self.teams.items() if team.level == level), None)


def names_of(settings: Any) -> Names:
    """The names in `settings`: any object with the mappings teams, agents, channels, calendars and templates."""
    teams = {
        key: TeamName(
            level=getattr(team, "level", 1),
            escalates_to=getattr(team, "escalates_to", None),
            members=tuple(getattr(team, "members", ()) or ()),
        )
        for key, team in settings.teams.items()
    }
    lowest = min(teams, key=lambda key: teams[key].level, default=None)
    channels = {key: getattr(channel, "team", None) or lowest for key, channel in settings.channels.items()}
    return Names(
        teams=teams,
        agents=tuple(settings.agents),
        channels=channels | {key: lowest for key in BUILT_IN_CHANNELS if key not in channels},
        calendars=(
            *settings.calendars,
            *(key for key in BUILT_IN_CALENDARS if key not in settings.calendars),
        ),
        templates=(
            *settings.templates,
            *(key for key in BUILT_IN_TEMPLATES if key not in settings.templates),
        ),
    )
