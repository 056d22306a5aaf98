"""Stage assignment: chooses team and agent, and says why. Pure: who has how much to do comes in as an argument."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import UnionType
from typing import Final

from deskd import levels, rules
from deskd.config import Settings, Team
from deskd.model import Assignment, Ticket, Waiting

WEIGHTS: Final[Mapping[str, int]] = {"low": 1, "normal": 2, "high": 4, "urgent": 8}
"""How much a ticket of a priority weighs on its agent."""


@dataclass(frozen=True, slots=True)
class Loads:
    """What a team's way of assigning asks for. `open`: how many tickets each agent has; `weights`: how much they weigh."""

    open: Mapping[str, int] = field(default_factory=dict)
    weights: Mapping[str, int] = field(default_factory=dict)
    turns: Mapping[str, int] = field(
        default_factory=dict
    )  # when each had a turn last; who isn't in it never had
    sticky: str | None = None  # who had the contact's last ticket
    off: Mapping[str, str] = field(default_factory=dict)  # who isn't on duty, and why
    again: datetime | None = None  # when the next of them comes
    language: str | None = None  # the ticket's
    released: frozenset[str] = frozenset()  # who let this ticket go


def assign_new(
    settings: Settings, channel: str, acts: Sequence[rules.Act], loads: Callable[[str], Loads]
) -> Assignment:
    """A new ticket's team and agent: the rules' word, else the channel's team and that team's own way."""
    team = settings.default_team(channel)
    wanted = _wanted(acts, rules.Assign | rules.Escalate)
    if wanted is not None and isinstance(wanted.value, rules.Escalate):
        before = acts[: acts.index(wanted)]
        return _above(settings, wanted, wanted.value, assign_new(settings, channel, before, loads), loads)
    if wanted is not None:
        return _by_rule(settings, wanted, team, loads)
    if team is None:
        return Assignment(None, None, "the desk has no team")
    return in_team(settings, team, f"{channel} goes to {team}", (), loads)


def assign_again(
    settings: Settings, ticket: Ticket, acts: Sequence[rules.Act], loads: Callable[[str], Loads]
) -> Assignment | None:
    """What the rules make of an open ticket's assignment; None: it stays as it is."""
    wanted = _wanted(acts, rules.Assign)
    if wanted is None or not isinstance(wanted.value, rules.Assign):
        return None
    if (
        ticket.assignee is not None
        and wanted.value.agent is None
        and wanted.value.team in (None, ticket.team)
    ):
        return None  # it has an agent there; the rule fires anew with every answer and must not take it away
    made = _by_rule(settings, wanted, ticket.team, loads)
    return None if (made.team, made.agent) == (ticket.team, ticket.assignee) else made


def _wanted(acts: Sequence[rules.Act], kinds: type | UnionType) -> rules.Act | None:
    """The last rule's word counts: each saw what those before it did."""
    return next((act for act in reversed(acts) if isinstance(act.value, kinds)), None)


def _above(
    settings: Settings,
    act: rules.Act,
    value: rules.Escalate,
    before: Assignment,
    loads: Callable[[str], Loads],
) -> Assignment:
    """A new ticket goes to a higher team at once, which is no escalation; to where it would go without the rule if there is none."""
    because = f"the rule {act.rule!r} says so"
    taken = levels.team_for_new(settings, before.team, value.to)
    if taken is None:
        return before
    if taken.agent is not None:
        return Assignment(taken.team, taken.agent, because)
    return in_team(settings, taken.team, because, (), loads)


def _by_rule(
    settings: Settings, act: rules.Act, team: str | None, loads: Callable[[str], Loads]
) -> Assignment:
    value = act.value
    if not isinstance(value, rules.Assign):
        raise TypeError(f"{act.kind} assigns nothing")
    because = f"the rule {act.rule!r} says so"
    team = value.team or team
    if value.agent is not None:
        if value.team is None and team is not None and value.agent not in settings.teams[team].members:
            team = next(iter(settings.teams_of(value.agent)), team)
        return Assignment(team, value.agent, because)
    if team is None:
        return Assignment(None, None, because)
    return in_team(settings, team, because, value.skills, loads)


def in_team(
    settings: Settings, team: str, because: str, skills: Sequence[str], loads: Callable[[str], Loads]
) -> Assignment:
    """The agent, by the team's own way: one of those on duty and below their capacity. Nobody where a dispatcher picks, or where it must wait."""
    configured = settings.teams[team]
    asked = tuple(skills)
    if configured.assign == "manual":
        return Assignment(team, None, f"{because}; {team} assigns by hand", "by_hand", skills=asked)
    now = loads(team)
    free = _free(settings, configured, now)
    able = _able(settings, configured, skills, now, free)
    if not able:
        return _waits(settings, team, because, asked, now, free)
    if configured.sticky and now.sticky in able:
        because = f"{because}; {now.sticky} had the contact's last ticket"
        return Assignment(team, now.sticky, because, skills=asked)
    if configured.assign == "round_robin":
        agent = min(able, key=lambda key: (now.turns.get(key, -1), able.index(key)))
        return Assignment(team, agent, f"{because}; it is {agent}'s turn in {team}", skills=asked)
    agent = min(able, key=lambda key: (now.weights.get(key, 0), now.open.get(key, 0), able.index(key)))
    because = f"{because}; {agent} has the least to do in {team} ({now.open.get(agent, 0)} open)"
    return Assignment(team, agent, because, skills=asked)


def _free(settings: Settings, team: Team, now: Loads) -> list[str]:
    """Members on duty, below their capacity, who haven't let this ticket go."""
    return [
        key
        for key in team.members
        if key not in now.off and key not in now.released and not _full(settings, key, now)
    ]


def _full(settings: Settings, agent: str, now: Loads) -> bool:
    capacity = settings.agents[agent].capacity
    return capacity is not None and now.open.get(agent, 0) >= capacity


def _able(
    settings: Settings, team: Team, skills: Sequence[str], now: Loads, free: Sequence[str]
) -> list[str]:
    """Of those who are free, those with the skills asked for, and of these those who speak the ticket's language, where there are any."""
    skilled = [key for key in free if _has(settings, key, skills)]
    if not skilled:
        if skills and team.assign == "skills":
            return []
        skilled = list(free)
    return [key for key in skilled if _speaks(settings, key, now.language)] or skilled


def _has(settings: Settings, agent: str, skills: Sequence[str]) -> bool:
    return set(skills) <= set(settings.agents[agent].skills)


def _speaks(settings: Settings, agent: str, language: str | None) -> bool:
    spoken = settings.agents[agent].languages
    return language is None or not spoken or language in spoken


def _waits(
    settings: Settings, team: str, because: str, skills: tuple[str, ...], now: Loads, free: Sequence[str]
) -> Assignment:
    """Nobody can have it now, and why, each of them by name."""
    members = settings.teams[team].members
    told = ", ".join(_why_not(settings, key, skills, now) for key in members)
    why = f"{because}; nobody in {team} is free for it" + (f" ({told})" if told else "")
    return Assignment(team, None, why, _waiting(settings, members, skills, now, free), now.again, skills)


def _waiting(
    settings: Settings, members: Sequence[str], skills: Sequence[str], now: Loads, free: Sequence[str]
) -> Waiting:
    on_duty = [key for key in members if key not in now.off]
    if free or (members and not any(_has(settings, key, skills) for key in members)):
        return "unskilled"
    if not on_duty:
        return "off_duty"
    return "released" if all(key in now.released for key in on_duty) else "full"


def _why_not(settings: Settings, agent: str, skills: Sequence[str], now: Loads) -> str:
    if agent in now.off:
        return now.off[agent]
    if agent in now.released:
        return f"{agent} let it go"
    if _full(settings, agent, now):
        return f"{agent} has {now.open.get(agent, 0)} of {settings.agents[agent].capacity}"
    return f"{agent} lacks {', '.join(sorted(set(skills) - set(settings.agents[agent].skills)))}"
