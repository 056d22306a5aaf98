"""Which SMTP listeners a desk needs: one an address, for all mail channels that name it."""

from __future__ import annotations

import ssl
from collections.abc import Mapping

from connectors.smtp.limits import SmtpLimits
from connectors.smtp.listener import SmtpListener
from connectors.smtp.recipients import recipients_of
from deskd.config.channels import MailChannel, ServerTls
from deskd.config.endpoints import Listen
from deskd.config.settings import Settings
from deskd.errors import ConfigError, Problem
from deskd.ports import Clock


def smtp_listeners(settings: Settings, clock: Clock, hostname: str = "") -> list[SmtpListener]:
    """Not started yet. Channels that share an address share its certificate, and the largest `max_size` of theirs counts.

    Raises `ConfigError` for certificates that can't be used, all of them.
    """
    groups: dict[Listen, dict[str, MailChannel]] = {}
    for key, channel in settings.mail_channels().items():
        if channel.smtp is not None:
            groups.setdefault(channel.smtp.listen, {})[key] = channel
    problems: list[Problem] = []
    listeners = [
        SmtpListener(
            listen,
            recipients_of({key: channel.addresses for key, channel in channels.items()}),
            clock,
            hostname=hostname,
            limits=SmtpLimits(size=max(c.smtp.max_size for c in channels.values() if c.smtp is not None)),
            tls=_tls(channels, str(settings.file), problems),
        )
        for listen, channels in groups.items()
    ]
    if problems:
        raise ConfigError(problems)
    return listeners


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
