"""The desk as configured: what the rest of deskd reads. Values and pure look-ups; nothing here reads files or the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from deskd.config.channels import MailChannel, SlackChannel, TelegramChannel
from deskd.config.desk import Agent, Calendar, Desk, Team
from deskd.config.sla import Policy
from deskd.model import address_key

AnyChannel = MailChannel | TelegramChannel | SlackChannel
AgentsChannel = SlackChannel | TelegramChannel
"""Where agents may work: a Slack workspace, or a Telegram bot with `topics`."""


@dataclass(frozen=True, slots=True)
class TeamPlace:
    """Where a team's tickets are shown: through which account, and in which Slack channel or Telegram group."""

    account: str
    channel: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Each mapping goes by the file's own keys, in the file's order. `file` is where it was read."""

    file: Path
    desk: Desk
    channels: Mapping[str, AnyChannel]
    agents: Mapping[str, Agent] = field(default_factory=dict)
    teams: Mapping[str, Team] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    sla: Mapping[str, Policy] = field(default_factory=dict)
    templates: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Template name -> language -> its text (Jinja2)."""

    @property
    def admins(self) -> str | None:
        """The Slack channel, or the Telegram group, that gets alerts."""
        return self.desk.admins

    def mail_channels(self) -> dict[str, MailChannel]:
        return {key: channel for key, channel in self.channels.items() if isinstance(channel, MailChannel)}

    def slack_channels(self) -> dict[str, SlackChannel]:
        return {key: channel for key, channel in self.channels.items() if isinstance(channel, SlackChannel)}

    def telegram_channels(self) -> dict[str, TelegramChannel]:
        return {
            key: channel for key, channel in self.channels.items() if isinstance(channel, TelegramChannel)
        }

    def agents_channels(self) -> dict[str, AgentsChannel]:
        """The accounts in which agents work; in their `undo` and `replies` stand the habits of each."""
        return {
            key: channel
            for key, channel in self.channels.items()
            if isinstance(channel, SlackChannel) or (isinstance(channel, TelegramChannel) and channel.topics)
        }

    def account_at(self, place: str) -> str | None:
        """The account that speaks in a Slack channel, or in a Telegram group (its id is below zero); None where none does."""
        wanted = TelegramChannel if place.startswith("-") else SlackChannel
        return next((key for key, one in self.agents_channels().items() if isinstance(one, wanted)), None)

    def place_of(self, team: str | None) -> TeamPlace | None:
        """Where a team's tickets are shown; None where it has no such place, or the desk no account there."""
        found = self.teams.get(team or "")
        channel = (found.slack or found.telegram) if found is not None else None
        account = self.account_at(channel) if channel is not None else None
        return TeamPlace(account, channel) if account is not None and channel is not None else None

    def groups_of(self, account: str) -> frozenset[str]:
        """The Telegram groups of teams and admins: nobody is a customer there, whichever of the desk's bots hears it. None for an account of another kind."""
        if not isinstance(self.channels.get(account), TelegramChannel):
            return frozenset()
        places = (self.admins, *(team.telegram for team in self.teams.values()))
        return frozenset(place for place in places if place is not None and place.startswith("-"))

    def user_at(self, account: str, agent: str | None) -> str | None:
        """An agent's user id in an account; None where they aren't known there."""
        found = self.agents.get(agent or "")
        if found is None:
            return None
        return found.telegram if isinstance(self.channels.get(account), TelegramChannel) else found.slack

    def names_of_users(self) -> dict[str, str]:
        """User id, of Slack or of Telegram -> the name people read."""
        return {user: agent.name for agent in self.agents.values() for user in agent.users}

    @property
    def first_mail_channel(self) -> str | None:
        """The key of the first mail channel of the file."""
        return next(iter(self.mail_channels()), None)

    def mail_channel_for(self, address: str) -> tuple[str, str | None] | None:
        """Whose address this is: the mail channel's key and what stands between the plus and the @ (RFC 5233), else None.

        None for an address that isn't ours. Case counts neither before nor behind the @, but is kept in what the plus brings.
        """
        local, _, domain = address.strip().rpartition("@")
        for tail in (None, *_plus_tails(local)):
            wanted = local if tail is None else local[: -len(tail) - 1]
            key = self._owner(f"{wanted}@{domain}".casefold())
            if key is not None:
                return key, tail
        return None

    def _owner(self, address: str) -> str | None:
        for key, channel in self.mail_channels().items():
            if any(own.casefold() == address for own in channel.addresses):
                return key
        return None

    def default_team(self, channel: str) -> str | None:
        """The team of a new ticket that no rule sent elsewhere: the channel's own, else the first of the lowest level."""
        configured = self.channels.get(channel)
        if configured is not None and configured.team is not None:
            return configured.team
        return min(self.teams, key=lambda key: self.teams[key].level, default=None)

    def agent_by_email(self, address: str) -> str | None:
        """The key of the roster agent who has this mail address, whatever its case."""
        wanted = address_key(address)
        return next(
            (key for key, agent in self.agents.items() if agent.email and address_key(agent.email) == wanted),
            None,
        )

    def teams_of(self, agent: str) -> tuple[str, ...]:
        """The keys of the teams an agent is a member of, in the file's order."""
        return tuple(key for key, team in self.teams.items() if agent in team.members)

    def timezone_of(self, calendar: str) -> ZoneInfo:
        """The time zone a calendar's hours are written in: its own, else the desk's."""
        configured = self.calendars.get(calendar)
        return (configured.timezone if configured else None) or self.desk.timezone

    def display_name(self, channel: str) -> str:
        """The name customers read beside a channel's address."""
        configured = self.channels.get(channel)
        named = configured.display_name if isinstance(configured, MailChannel) else None
        return named or self.desk.name


def with_vendors(settings: Settings) -> Settings:
    """A team with `email` writes and answers as one more agent, of the team's own key, who is its member."""
    vendors = {key: team for key, team in settings.teams.items() if team.email is not None}
    if not vendors:
        return settings
    people = {key: Agent(name=key, email=team.email) for key, team in vendors.items()}
    joined = {
        key: team.model_copy(update={"members": tuple(dict.fromkeys((*team.members, key)))})
        for key, team in vendors.items()
    }
    return replace(settings, agents={**settings.agents, **people}, teams={**settings.teams, **joined})


def _plus_tails(local: str) -> list[str]:
    """What may stand behind the plus, the shortest last: support+a+b -> [a+b, b]."""
    parts = local.split("+")
    return ["+".join(parts[cut:]) for cut in range(1, len(parts))]
