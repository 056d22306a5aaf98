"""What a connection to the outgoing mail server shows about it, for `deskd doctor`. Pure: answers in, findings out."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from connectors.mail_transfer import Line
from deskd.config.channels import MailServer
from deskd.ports import Finding

_SOON = timedelta(days=14)


def connection(part: str, server: MailServer, line: Line, now: datetime) -> Iterator[Finding]:
    """Of a line that is open and logged in: how it is protected, and for how long yet."""
    transport = line.client.transport
    encrypted = transport.get_extra_info("ssl_object") if transport is not None else None
    how = "over TLS" if encrypted is not None else "unencrypted"
    who = f"logged in as {server.username}" if server.username is not None else "without a login"
    yield Finding(part, "ok", f"connected to {server.host}:{server.port_or_default} {how}, {who}")
    if server.username is not None and encrypted is None and not _on_this_machine(line):
        yield Finding(
            part, "warning", "the password goes over the net in the clear", "set tls: true or tls: starttls"
        )
    expires = _expires(encrypted)
    if expires is not None and expires - now < _SOON:
        yield Finding(
            part,
            "warning",
            f"the server's certificate expires on {expires:%Y-%m-%d}",
            "have its operator renew it",
        )


def _on_this_machine(line: Line) -> bool:
    peer = line.client.transport.get_extra_info("peername") if line.client.transport is not None else None
    return isinstance(peer, tuple) and ip_address(peer[0].partition("%")[0]).is_loopback


def _expires(encrypted: object) -> datetime | None:
    """When the certificate of the other side ends; None without TLS."""
    if not isinstance(encrypted, ssl.SSLObject | ssl.SSLSocket):
        return None
    ends = (encrypted.getpeercert() or {}).get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if isinstance(ends, str) else None


def sender(part: str, address: str, code: int, message: str) -> Finding:
    """The server's answer to MAIL FROM."""
    if code // 100 == 2:
        return Finding(part, "ok", f"{address} may send")
    return Finding(
        part,
        "wrong",
        f"{address} may not send: {code} {' '.join(message.split())}",
        "let the login send under this address, or set the channel's address to one it may use",
    )
