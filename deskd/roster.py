"""Who is who in Slack: the roster with its people given by id. Pure; the connector looks the ids up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from deskd.config import Settings

_ID = re.compile(r"[UWSCGD][A-Z0-9]{2,}")


def is_id(reference: str) -> bool:
    """Whether it is an id of Slack's own, to be used as it is, and not `#name` or an e-mail address."""
    return _ID.fullmatch(reference) is not None


def to_look_up(settings: Settings) -> tuple[str, ...]:
    """People of the roster that are given otherwise than by id."""
    given = [agent.slack for agent in settings.agents.values()]
    return tuple(dict.fromkeys(reference for reference in given if reference and not is_id(reference)))


def with_ids(settings: Settings, found: Mapping[str, str]) -> Settings:
    """The settings with every person whose id was `found` under that id."""
    agents = {
        key: agent.model_copy(update={"slack": found.get(agent.slack or "", agent.slack)})
        for key, agent in settings.agents.items()
    }
    return replace(settings, agents=agents)


def people(settings: Settings) -> Mapping[str, str]:
    """Slack id -> the roster's key: of agents, and of teams that are a user group."""
    groups = {team.mention: key for key, team in settings.teams.items() if team.mention}
    return groups | {agent.slack: key for key, agent in settings.agents.items() if agent.slack}
