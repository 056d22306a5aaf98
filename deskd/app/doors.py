"""The doors to the outside, built from the settings: here, and nowhere else in the daemon, connectors get their names."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

from connectors.authenticity import DnsAuthenticator
from connectors.mail import MailConnector
from connectors.slack.connector import SlackConnector
from connectors.smtp.shared import smtp_listeners
from deskd import roster
from deskd.config import Settings
from deskd.errors import TemporaryFailure
from deskd.ports import Authenticator, Clock, Connector, Following, Polling, Receiver
from deskd.store import Store, rule_sets

FIND_PEOPLE_WITHIN = 10.0  # seconds


def connectors(
    settings: Settings, clock: Clock, polling: Polling, following: Following
) -> dict[str, Connector]:
    """The accounts, by their keys in deskd.yaml."""
    built: dict[str, Connector] = {}
    for key, mail in settings.mail_channels().items():
        built[key] = MailConnector(key, mail, clock)
    for key, slack in settings.slack_channels().items():
        built[key] = SlackConnector(
            key, slack, clock, settings.desk.agent_language, polling=polling, following=following
        )
    return built


def receivers(settings: Settings, clock: Clock) -> list[Receiver]:
    """The listeners, which several channels may share."""
    return list(smtp_listeners(settings, clock))


def authenticators(settings: Settings, clock: Clock) -> dict[str, Authenticator]:
    """Who checks a mail channel's senders, by the channel's key."""
    built: dict[str, Authenticator] = {}
    for key, mail in settings.mail_channels().items():
        asked = mail.authenticity
        built[key] = DnsAuthenticator(
            asked.within.total_seconds(), asked.nameservers, asked.arc, clock.monotonic
        )
    return built


async def people_found(
    settings: Settings, store: Store, connectors: Mapping[str, Connector], clock: Clock
) -> Settings:
    """People given by e-mail address or name must be known before anyone's word is judged; those found once are remembered."""
    wanted = roster.to_look_up(settings)
    account = next(iter(settings.slack_channels()), None)
    if not wanted or account is None:
        return settings
    known = await store.read(lambda work: rule_sets.people(work, account))
    connector = connectors[account]
    assert isinstance(connector, SlackConnector)
    found: dict[str, str] = {}
    with contextlib.suppress(TemporaryFailure, TimeoutError):
        found = await asyncio.wait_for(connector.resolve_people(wanted), FIND_PEOPLE_WITHIN)
    await store.write(lambda work: rule_sets.keep_people(work, account, found, clock.now()))
    return roster.with_ids(settings, {**known, **found})
