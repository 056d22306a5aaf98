"""Who is who in Slack and in Telegram: the roster with its people given by id. Pure; the connector looks the ids up."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from deskd.config import Agent, Settings, TelegramChannel
from deskd.config.members import OfChannel
from deskd.ports import Member

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
    """User id, of Slack or of Telegram -> the roster's key: of agents, and of teams that are a user group."""
    groups = {team.mention: key for key, team in settings.teams.items() if team.mention}
    return groups | {user: key for key, agent in settings.agents.items() for user in agent.users}


def mentioned(settings: Settings, account: str, ids: Sequence[str]) -> tuple[str, ...]:
    """Those who are called, as an account names them: by id in Slack, in Telegram as `ID:Name`. `ids`: of either; a user group is its members where there are
    no groups. Whoever isn't known there is left out."""
    if not isinstance(settings.channels.get(account), TelegramChannel):
        theirs = people(settings)
        found = (_slack_id(settings, theirs, user) for user in ids)
        return tuple(dict.fromkeys(user for user in found if user is not None))
    keys = [key for user in ids for key in _members(settings, user)]
    agents = (settings.agents[key] for key in dict.fromkeys(keys) if key in settings.agents)
    return tuple(f"{agent.telegram}:{agent.name}" for agent in agents if agent.telegram is not None)


def _slack_id(settings: Settings, theirs: Mapping[str, str], user: str) -> str | None:
    """A person who is given by their id in Telegram has another one in Slack, or none."""
    return settings.agents[theirs[user]].slack if user.isdecimal() and user in theirs else user


def _members(settings: Settings, user: str) -> Sequence[str]:
    """The keys of the agents for whom an id stands: a person's, or a user group's."""
    for key, agent in settings.agents.items():
        if user in agent.users:
            return (key,)
    return next((tuple(team.members) for team in settings.teams.values() if team.mention == user), ())


@dataclass(frozen=True, slots=True)
class Found:
    """What Slack said of names in deskd.yaml, by account. `people`: reference -> id; `members`: team -> who is in its channel."""

    people: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    members: Mapping[str, Sequence[Member]] = field(default_factory=dict)


def asked_for(settings: Settings) -> dict[str, tuple[str, ...]]:
    """For each Slack account, what must be looked up there: people of the roster (in the first), customers' channels."""
    wanted: dict[str, tuple[str, ...]] = {}
    people = to_look_up(settings)
    for key, channel in settings.slack_channels().items():
        customers = [reference for reference in channel.customers if not is_id(reference)]
        if names := tuple(dict.fromkeys((*people, *customers))):
            wanted[key] = names
        people = ()
    return wanted


def teams_of_channels(settings: Settings) -> dict[str, str]:
    """The teams with `members: channel`, each with that channel as deskd.yaml names it."""
    return {
        key: team.slack
        for key, team in settings.teams.items()
        if isinstance(team.members, OfChannel) and team.slack
    }


def applied(settings: Settings, found: Found) -> Settings:
    """The settings as the file has them, with what was found: ids in place of names, and the members of teams that are channels."""
    first = next(iter(settings.slack_channels()), "")
    named = with_ids(settings, found.people.get(first, {}))
    channels = dict(named.channels)
    for key, slack in named.slack_channels().items():
        ids = found.people.get(key, {})
        customers = tuple(ids.get(reference, reference) for reference in slack.customers)
        channels[key] = slack.model_copy(update={"customers": customers})
    return _with_members(replace(named, channels=channels), found.members)


def _with_members(settings: Settings, members: Mapping[str, Sequence[Member]]) -> Settings:
    """Who is in a channel and not in `agents` becomes an agent, called by their handle in Slack."""
    agents, teams = dict(settings.agents), dict(settings.teams)
    known = {agent.slack: key for key, agent in agents.items() if agent.slack}
    for team, people in members.items():
        for person in people:
            if person.id not in known:
                known[person.id] = key = _key_for(person, agents)
                agents[key] = Agent(name=person.name or key, slack=person.id)
        keys = OfChannel(known[person.id] for person in people)
        teams[team] = teams[team].model_copy(update={"members": keys})
    return replace(settings, agents=agents, teams=teams)


def _key_for(person: Member, agents: Mapping[str, Agent]) -> str:
    """A key as deskd.yaml could have it; of two who would have the same, the later one has their id with it."""
    plain = unicodedata.normalize("NFKD", person.handle).encode("ascii", "ignore").decode().lower()
    key = re.sub(r"[^a-z0-9._-]+", "-", plain).strip("-._") or person.id.lower()
    return f"{key}-{person.id.lower()}" if key in agents else key
