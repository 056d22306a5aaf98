"""Mails signed as a customer's own server would sign them, and the DNS records that go with it."""

from __future__ import annotations

from pathlib import Path

import dkim

from connectors.standins.dns import DnsStandIn

TLS = Path(__file__).parent / "tls"
KEY = (TLS / "dkim.key").read_bytes()
PUBLIC = (TLS / "dkim.pub").read_text().strip()
OUTSIDE = "185.10.20.30"  # an address on the Internet; those for documentation count as nobody's
SIGNED = [b"from", b"to", b"subject", b"date"]


def signed(payload: bytes, domain: str, *, length: bool = False) -> bytes:
    """The mail with a signature of this domain's on top. `length`: it covers the body only as far as it goes now."""
    field = dkim.sign(payload, b"mail", domain.encode(), KEY, include_headers=SIGNED, length=length)
    return bytes(field) + payload


def sealed(payload: bytes, forwarder: str) -> bytes:
    """The mail with an ARC set of a forwarder that judged it itself: its own Authentication-Results must stand on top."""
    fields = dkim.arc_sign(
        payload, b"mail", forwarder.encode(), KEY, forwarder.encode(), include_headers=[b"from", b"to", b"subject"]
    )  # fmt: skip
    return b"".join(fields) + payload


def publish_key(dns: DnsStandIn, domain: str) -> None:
    dns.add(f"mail._domainkey.{domain}", "TXT", f"v=DKIM1; k=rsa; p={PUBLIC}")
