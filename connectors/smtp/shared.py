"""Which listeners a desk needs: one an address, for all mail channels that name it. SMTP and LMTP."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Literal

from connectors.smtp.limits import SmtpLimits
from connectors.smtp.listener import Policy, SmtpListener
from connectors.smtp.recipients import recipients_of
from deskd.config import channels as config
from deskd.config.channels import MailChannel, ServerTls
from deskd.config.endpoints import Listen
from deskd.config.settings import Settings
from deskd.errors import ConfigError, Problem
from deskd.ports import Clock

Protocol = Literal["smtp", "lmtp"]
Door = config.SmtpListener | config.LmtpListener
"""A channel's `smtp` or `lmtp`."""


def mail_listeners(settings: Settings, clock: Clock, hostname: str = "") -> list[SmtpListener]:
    """Not started yet. Channels that share an address share its certificate, and the largest `max_size` of theirs is offered.

    Raises `ConfigError` for certificates that can't be used, all of them.
    """
    problems: list[Problem] = []
    listeners = [
        _listener(protocol, listen, doors, settings, clock, hostname, problems)
        for (protocol, listen), doors in _groups(settings).items()
    ]
    if problems:
        raise ConfigError(problems)
    return listeners


def _groups(settings: Settings) -> Mapping[tuple[Protocol, Listen], Mapping[str, Door]]:
    """By protocol and address, each channel's door there."""
    groups: dict[tuple[Protocol, Listen], dict[str, Door]] = {}
    for key, channel in settings.mail_channels().items():
        if channel.smtp is not None:
            groups.setdefault(("smtp", channel.smtp.listen), {})[key] = channel.smtp
    for key, channel in settings.mail_channels().items():
        if channel.lmtp is not None:
            groups.setdefault(("lmtp", channel.lmtp.listen), {})[key] = channel.lmtp
    return groups


def _listener(
    protocol: Protocol,
    listen: Listen,
    doors: Mapping[str, Door],
    settings: Settings,
    clock: Clock,
    hostname: str,
    problems: list[Problem],
) -> SmtpListener:
    channels = {key: channel for key, channel in settings.mail_channels().items() if key in doors}
    bare = (door.bare_lf for door in doors.values() if isinstance(door, config.SmtpListener))
    return SmtpListener(
        listen,
        recipients_of({key: channel.addresses for key, channel in channels.items()}),
        clock,
        hostname=hostname,
        limits=SmtpLimits(size=max(door.max_size for door in doors.values())),
        tls=_tls(channels, str(settings.file), problems) if protocol == "smtp" else None,
        policy=Policy(protocol, {key: door.max_size for key, door in doors.items()}, "refuse" in bare),
    )


def _tls(channels: Mapping[str, MailChannel], file: str, problems: list[Problem]) -> ssl.SSLContext | None:
    """The certificate of the first channel that names one."""
    for key, channel in channels.items():
        if channel.smtp is not None and channel.smtp.tls is not None:
            return _context(channel.smtp.tls, f"channels.{key}.smtp.tls", file, problems)
    return None


def _context(tls: ServerTls, where: str, file: str, problems: list[Problem]) -> ssl.SSLContext | None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(tls.cert, tls.key)
    except OSError as failure:  # ssl.SSLError is one too
        remedy = "cert and key must be PEM files that belong together and that this user may read"
        problems.append(
            Problem(file, None, None, f"{where}: the certificate can't be used: {failure}", remedy)
        )
        return None
    return context
