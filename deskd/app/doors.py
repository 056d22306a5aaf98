"""The doors to the outside, built from the settings: here, and nowhere else in the daemon, connectors get their names.

What not every desk has is imported where it is built: the library for Telegram alone is a fourteenth of a start.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, runtime_checkable

from connectors.authenticity import DnsAuthenticator
from connectors.mail import MailConnector
from connectors.oauth import TokenSources
from connectors.slack.connector import SlackConnector
from connectors.smtp.shared import mail_listeners
from connectors.web import Answer, Asked, Page
from deskd.chats.says import described
from deskd.config import Settings
from deskd.ports import (
    Authenticator,
    Clock,
    Connector,
    Directory,
    Following,
    Hearing,
    Mailbox,
    Polling,
    Receiver,
    Screens,
)

FIND_PEOPLE_WITHIN = 10.0  # seconds


def token_sources(clock: Clock, polling: Polling) -> TokenSources:
    """One for all: imap and send of a channel share their token."""
    return TokenSources(clock, polling)


def connectors(
    settings: Settings, clock: Clock, polling: Polling, following: Following, tokens: TokenSources
) -> dict[str, Connector]:
    """The accounts, by their keys in deskd.yaml."""
    built: dict[str, Connector] = {}
    for key, mail in settings.mail_channels().items():
        token = tokens.of(key, mail.send.oauth) if mail.send is not None else None
        built[key] = MailConnector(key, mail, clock, token=token)
    for key, slack in settings.slack_channels().items():
        built[key] = SlackConnector(
            key, slack, clock, settings.desk.agent_language, polling=polling, following=following
        )
    for key, telegram in settings.telegram_channels().items():
        from connectors.telegram.connector import TelegramConnector
        from connectors.telegram.topics import Reading

        commands = described(settings.desk.languages)
        names = {agent.telegram: agent.name for agent in settings.agents.values() if agent.telegram}
        reading = Reading(settings.desk.agent_language, settings.desk.timezone, names)
        built[key] = TelegramConnector(key, telegram, clock, commands, polling, reading)
    return built


def telegram_pages(connectors: Mapping[str, Connector]) -> dict[tuple[str, str], Page]:
    """Where Telegram posts updates, for the accounts that have a webhook."""
    pages: dict[tuple[str, str], Page] = {}
    for each in connectors.values():
        if isinstance(each, Posted) and each.path is not None:
            pages["POST", each.path] = _posted_to(each)
    return pages


@runtime_checkable
class Posted(Protocol):
    """An account with a page of its own, to which updates are posted."""

    @property
    def path(self) -> str | None: ...

    async def answer(self, headers: Mapping[str, str], body: bytes) -> int: ...


def _posted_to(account: Posted) -> Page:
    async def page(asked: Asked) -> Answer:
        status = await account.answer(asked.headers, asked.body)
        return Answer(status, b"", "text/plain")

    return page


def tell_of_deafness(connectors: Mapping[str, Connector], deaf: Callable[[], None]) -> None:
    """`deaf` is told when an account in which agents write isn't heard any more."""
    for connector in connectors.values():
        if isinstance(connector, Hearing):
            connector.deaf = deaf


def hears(connector: Connector) -> bool:
    """Whether what agents do comes in now."""
    return not isinstance(connector, Hearing) or connector.hears


def names(connectors: Mapping[str, Connector]) -> Callable[[str, str], Awaitable[str]]:
    """What people of an account are called, as far as it can be told."""

    async def called(account: str, user: str) -> str:
        connector = connectors.get(account)
        return await connector.name_of(user) if isinstance(connector, SlackConnector) else ""

    return called


def slack_page(connectors: Mapping[str, Connector]) -> Page | None:
    """Where Slack posts events, interactions and commands; None where no account has them come over HTTP. Which account is meant, its signature says."""
    accounts = [one for one in connectors.values() if isinstance(one, SlackConnector) and one.over_http]
    if not accounts:
        return None

    async def page(asked: Asked) -> Answer:
        status, body, kind = 401, "", "text/plain"
        for account in accounts:
            status, body, kind = await account.answer(asked.headers, asked.body)
            if status != 401:
                break
        return Answer(status, body.encode(), kind)

    return page


def mailboxes(
    settings: Settings, clock: Clock, polling: Polling, tokens: TokenSources, tell: Callable[[str, str], None]
) -> list[Mailbox]:
    """The mailboxes that are read. `tell` gives an alert, key and text, to the admins."""
    read: list[Mailbox] = []
    for key, mail in settings.mail_channels().items():
        if mail.imap is not None:
            from connectors.imap.account import ImapMailbox

            read.append(
                ImapMailbox(key, mail.imap, clock, polling, tell, tokens=tokens.of(key, mail.imap.oauth))
            )
    return read


def receivers(settings: Settings, clock: Clock) -> list[Receiver]:
    """The listeners, which several channels may share."""
    return list(mail_listeners(settings, clock))


def authenticators(settings: Settings, clock: Clock) -> dict[str, Authenticator]:
    """Who checks a mail channel's senders, by the channel's key."""
    built: dict[str, Authenticator] = {}
    for key, mail in settings.mail_channels().items():
        asked = mail.authenticity
        built[key] = DnsAuthenticator(
            asked.within.total_seconds(), asked.nameservers, asked.arc, clock.monotonic
        )
    return built


def show(connectors: Mapping[str, Connector], screens: Screens) -> None:
    """Have the accounts that can show forms and lists ask `screens` for them."""
    for connector in connectors.values():
        if isinstance(connector, SlackConnector):
            connector.show(screens)


def directories(connectors: Mapping[str, Connector], changed: Callable[[], None]) -> dict[str, Directory]:
    """The accounts that know people by name. `changed` is told when somebody joins or leaves one of their channels."""
    found = {key: one for key, one in connectors.items() if isinstance(one, SlackConnector)}
    for connector in found.values():
        connector.members_changed = changed
    return dict(found)
