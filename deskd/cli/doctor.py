"""`deskd doctor`: logs in to everything configured, once; what works, what doesn't, and what to do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from deskd.cli import printing
from deskd.cli.carrying import settings_for
from deskd.cli.options import Config, Json

if TYPE_CHECKING:
    from connectors.telegram.check_groups import TeamsGroup
    from deskd.config import MailChannel, Settings
    from deskd.ports import Finding

_SIGNS = {"ok": "ok     ", "warning": "warning", "wrong": "WRONG  "}


def doctor(config: Config = None, as_json: Json = False) -> None:
    """Log in to everything configured, once, and say what works, what doesn't and what to do."""
    settings = settings_for(config)
    found = asyncio.run(_examined(settings))
    if as_json:
        printing.write_lines({**asdict(one), "remedy": one.remedy or None} for one in found)
    else:
        _say(found)
    if any(one.state == "wrong" for one in found):
        raise typer.Exit(1)


def _say(found: Sequence[Finding]) -> None:
    for one in found:
        printing.say(f"{_SIGNS[one.state]}  {one.part}: {printing.printable(one.text)}")
        if one.remedy and one.state != "ok":
            printing.say(f"         → {one.remedy}")
    wrong = sum(one.state == "wrong" for one in found)
    printing.say(f"{wrong} things are wrong" if wrong else "all that must work works")


async def _examined(settings: Settings) -> list[Finding]:
    from connectors.imap.account import ImapMailbox
    from connectors.mail import MailConnector
    from connectors.oauth import TokenSources
    from connectors.slack.connector import SlackConnector
    from connectors.telegram.connector import TelegramConnector
    from deskd.cli.kept import KeptForCommands
    from deskd.clock.system import SystemClock
    from deskd.doctor import examine

    clock = SystemClock()
    kept = KeptForCommands(settings)
    tokens = TokenSources(clock, kept)
    mail: dict[str, MailConnector] = {}
    boxes: list[ImapMailbox] = []
    for key, channel in settings.mail_channels().items():
        mail[key] = MailConnector(
            key, channel, clock, token=tokens.of(key, channel.send.oauth if channel.send else None)
        )
        if channel.imap is not None:
            boxes.append(
                ImapMailbox(key, channel.imap, clock, kept, tokens=tokens.of(key, channel.imap.oauth))
            )
    slack = {key: SlackConnector(key, channel, clock) for key, channel in settings.slack_channels().items()}
    channels, people = _referred(settings)
    looks: dict[str, Awaitable[Sequence[Finding]]] = {key: one.check() for key, one in mail.items()}
    looks |= {box.name: box.check() if kept.can_keep(box.channel) else _later(box.name) for box in boxes}
    looks |= {key: one.check(channels, people) for key, one in slack.items()}
    looks |= _authenticity(settings)
    chats = {key: TelegramConnector(key, one, clock) for key, one in settings.telegram_channels().items()}
    groups = _groups(settings)
    looks |= {
        key: one.check(groups if settings.telegram_channels()[key].topics else ())
        for key, one in chats.items()
    }
    try:
        return await examine(settings, looks, running=_runs(settings))
    finally:
        closing = [one.stop() for one in mail.values()] + [one.stop() for one in slack.values()]
        closing += [one.stop() for one in chats.values()]
        await asyncio.gather(*closing)


def _authenticity(settings: Settings) -> dict[str, Awaitable[Sequence[Finding]]]:
    """What the DNS is asked, for the channels that have anything to do with it: only for those its libraries are loaded."""
    from connectors.authenticity.asked import is_asked

    channels = settings.mail_channels().items()
    return {f"{key}.authenticity": _asked(key, channel) for key, channel in channels if is_asked(channel)}


async def _asked(key: str, channel: MailChannel) -> Sequence[Finding]:
    from connectors.authenticity import look
    from connectors.mail_signing import Signer

    address = channel.address.encode()
    sample = look.SAMPLE % (address, address)
    signed = await Signer(channel.dkim, f"channels.{key}.dkim").sign(sample) if channel.dkim else None
    return await look.look(key, channel, signed)


async def _later(part: str) -> list[Finding]:
    """A look would use the refresh token up, and nobody could keep the next one."""
    from deskd.ports import Finding

    text = "it logs in by a refresh token, and there is no database yet to keep the next one in"
    return [Finding(part, "warning", text, "run `deskd db upgrade`, then `deskd doctor` again")]


def _referred(settings: Settings) -> tuple[dict[str, str], dict[str, str]]:
    """The Slack channels and people that deskd.yaml names: what for -> how it names them."""
    channels = {f"team {key}": team.slack for key, team in settings.teams.items() if team.slack}
    if settings.desk.admins and not settings.desk.admins.startswith("-"):
        channels["desk.admins"] = settings.desk.admins
    for channel in settings.slack_channels().values():
        channels |= {f"customers' channel {one}": one for one in channel.customers}
    people = {f"agent {key}": agent.slack for key, agent in settings.agents.items() if agent.slack}
    return channels, people


def _groups(settings: Settings) -> list[TeamsGroup]:
    """The Telegram groups in which teams work."""
    from connectors.telegram.check_groups import TeamsGroup

    found = []
    for key, team in settings.teams.items():
        if team.telegram is not None:
            agents = [(name, settings.agents[name]) for name in team.members if name in settings.agents]
            people = {f"agent {name}": agent.telegram for name, agent in agents if agent.telegram}
            found.append(TeamsGroup(f"team {key}", team.telegram, people))
    if settings.desk.admins and settings.desk.admins.startswith("-"):
        found.append(TeamsGroup("desk.admins", settings.desk.admins, {}))
    return found


def _runs(settings: Settings) -> bool:
    """Whether this desk's daemon runs here: known by its control socket, which there is only beside an SQLite file."""
    from deskd.control import ControlClient
    from deskd.errors import UsageError
    from deskd.store import Store

    path = Store(settings.desk.database).path
    try:
        client = ControlClient.connect(path) if path is not None and path.parent.exists() else None
    except UsageError:  # it runs, as another user
        return True
    if client is None:
        return False
    client.close()
    return True
