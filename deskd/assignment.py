"""Stage assignment: chooses team and agent, and says why. Pure: who has how much to do comes in as an argument."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import UnionType

from deskd import levels, rules
from deskd.config import Settings, Team
from deskd.model import Assignment, Ticket


@dataclass(frozen=True, slots=True)
class Loads:
    """How many open tickets each agent has; `turn`: how many a team gave out in turn so far."""

    open: Mapping[str, int] = field(default_factory=dict)
    turn: int = 0
    sticky: str | None = None  # who had the contact's last ticket


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
    """The agent, by the team's own way; nobody where a dispatcher picks, or where nobody fits."""
    configured = settings.teams[team]
    if configured.assign == "manual":
        return Assignment(team, None, f"{because}; {team} assigns by hand")
    now = loads(team)
    if configured.sticky and now.sticky in configured.members:
        return Assignment(team, now.sticky, f"{because}; {now.sticky} had the contact's last ticket")
    able = _able(settings, configured, skills, now)
    if not able:
        return Assignment(team, None, f"{because}; nobody in {team} is free for it")
    if configured.assign == "round_robin":
        agent = able[now.turn % len(able)]
        return Assignment(team, agent, f"{because}; it is {agent}'s turn in {team}")
    agent = min(able, key=lambda key: (now.open.get(key, 0), able.index(key)))
    return Assignment(
        team, agent, f"{because}; {agent} has the fewest open tickets of {team} ({now.open.get(agent, 0)})"
    )


def _able(settings: Settings, team: Team, skills: Sequence[str], now: Loads) -> list[str]:
    """Members below their capacity, with the skills asked for where anyone has them."""
    free = [
        key
        for key in team.members
        if settings.agents[key].capacity is None
        or now.open.get(key, 0) < (settings.agents[key].capacity or 0)
    ]
    skilled = [key for key in free if set(skills) <= set(settings.agents[key].skills)]
    return skilled or ([] if skills and team.assign == "skills" else free)
