"""What one SMTP client may use up. The defaults are far above what honest mail needs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SmtpLimits:
    """Sizes in bytes, times in seconds."""

    size: int = 25_000_000  # of a mail, as announced with SIZE (RFC 1870)
    recipients: int = 100  # a mail; RFC 5321 4.5.3.1.8 asks for at least 100
    connections: int = 1000  # in all
    connections_per_address: int = 200
    silence: float = 5.0  # without a word, after which a connection gives its place up when all are taken
    errors: int = 20  # refused commands in a row without an accepted mail
    idle_commands: int = 200  # NOOP, RSET, VRFY and the like, the same way
    command: int = 4096  # a command line
    hops: int = 50  # Received lines: more is a loop
    idle: float = 300.0  # between two packets; RFC 5321 4.5.3.2.7
    data: float = 600.0  # the transfer of one mail, however steadily it drips
    keep: float = (
        240.0  # until the mail is durable; then 451, before the client's own ten minutes (4.5.3.2.6) are over
    )
    linger: float = 10.0  # for a client to read its last replies
    stop: float = 5.0  # for transfers under way when the daemon stops
