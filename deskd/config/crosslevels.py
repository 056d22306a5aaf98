"""What teams and their people say against each other: roles, handoffs by mail, times to accept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deskd.config.desk import Team
from deskd.config.explain import Reporter
from deskd.config.settings import Settings
from deskd.errors import Problem
from deskd.model import address_key


def check_levels(report: Reporter, valid: Settings) -> Iterator[Problem]:
    """Each team by itself, and against the roster and the channels. `valid` holds those entries that are right by themselves."""
    for key, team in valid.teams.items():
        yield from _above(report, valid, key, team)
        yield from _role(report, key, team)
        yield from _accepting(report, valid, key, team)
        yield from _outside(report, valid, key, team)
        yield from _mailed(report, valid, key, team)


def _above(report: Reporter, valid: Settings, key: str, team: Team) -> Iterator[Problem]:
    higher = valid.teams.get(team.escalates_to or "")
    if higher is not None and higher.level <= team.level:
        message = f"found {team.escalates_to} of level {higher.level} for teams.{key}.escalates_to, expected a team of a level above {team.level}"
        yield report.at(("teams", key, "escalates_to"), message)


def _role(report: Reporter, key: str, team: Team) -> Iterator[Problem]:
    if team.role == "dispatcher" and team.assign != "manual":
        message = (
            f"found {team.assign} for teams.{key}.assign, expected manual: dispatchers are given no tickets"
        )
        yield report.at(("teams", key, "assign"), message, "leave assign out, or role: dispatcher")


def _accepting(report: Reporter, valid: Settings, key: str, team: Team) -> Iterator[Problem]:
    """As with an SLA's durations: a day under hours that close could mean two things."""
    hours = valid.calendars.get(team.hours or "")
    written = _written(report, ("teams", key, "accept_within"))
    if hours is not None and hours.closes and isinstance(written, str) and "d" in written:
        form = f"hours, since the calendar {team.hours} closes and a day of it could mean two things"
        yield report.wrong(("teams", key, "accept_within"), form, "a working day of eight hours is 8h")


def _outside(report: Reporter, valid: Settings, key: str, team: Team) -> Iterator[Problem]:
    """A team with `email` is one more who writes mail: nobody else has its address, and nobody its key."""
    if team.email is None:
        return
    path = ("teams", key, "email")
    channel = valid.mail_channel_for(team.email)
    if channel is not None:
        message = f"found {team.email}, which is the desk's own address (channels.{channel[0]}), expected the team's"
        yield report.at(path, message)
    others = {
        **{f"agents.{name}": agent.email for name, agent in valid.agents.items()},
        **{f"teams.{name}": other.email for name, other in valid.teams.items() if name != key},
    }
    for owner, address in others.items():
        if address is not None and address_key(address) == address_key(team.email):
            message = f"found {team.email}, which {owner} has already, expected an address of its own"
            yield report.at(path, message)
    if key in valid.agents:
        message = f"found email in teams.{key}, expected a team of another name than agents.{key}: with it the team writes as {key}"
        yield report.at(path, message, "rename the team, or make the agent its member and leave email out")


def _mailed(report: Reporter, valid: Settings, key: str, team: Team) -> Iterator[Problem]:
    """Keys for handoffs by mail want somebody who gets them, and a channel that sends them."""
    reached = team.email is not None or any(
        (agent := valid.agents.get(name)) is not None and not agent.users and agent.email is not None
        for name in team.members
    )
    sends = any(channel.send is not None for channel in valid.mail_channels().values())
    if team.email is not None and not sends:  # members without slack may still read the command line's lists
        message = f"found {team.email}, and no mail channel that sends, expected a way to hand tickets over"
        yield report.at(("teams", key, "email"), message, "add send: {host: …} to a mail channel")
    for name in ("may_reply", "attachments", "redact"):
        if not reached and name in team.model_fields_set:
            message = f"found {name} in teams.{key}, of whom nobody gets handoffs by mail, expected email, or members without slack"
            yield report.at(("teams", key, name), message, f"leave {name} out, or add email: …", key=True)


def _written(report: Reporter, path: tuple[str, ...]) -> Any:
    try:
        return report.value(path)
    except (KeyError, IndexError, TypeError):
        return None
