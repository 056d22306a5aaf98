"""What `deskd doctor` says of the DNS: whether it answers, and whether others can tell that replies are the desk's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from connectors.authenticity.asked import is_asked
from connectors.authenticity.look import SAMPLE, look
from connectors.standins.dns import DnsStandIn
from deskd.config import MailChannel
from tests.support.signing import TLS, publish_key, signed

SIGNED = signed(SAMPLE % (b"support@acme.example", b"support@acme.example"), "acme.example")


@pytest.fixture
async def dns() -> AsyncIterator[DnsStandIn]:
    """A domain that has all it should have."""
    server = DnsStandIn()
    server.add("acme.example", "TXT", "v=spf1 ip4:192.0.2.1 -all")
    server.add("_dmarc.acme.example", "TXT", "v=DMARC1; p=none")
    publish_key(server, "acme.example")
    async with server.running():
        yield server


def channel(dns: DnsStandIn | None = None, **values: Any) -> MailChannel:
    given = {"type": "mail", "address": "support@acme.example", **values}
    if dns is not None:
        given["authenticity"] = {"check": "always", "nameservers": (dns.address,)}
    return MailChannel.model_validate(given, context={"folder": Path()})


def signing(dns: DnsStandIn) -> MailChannel:
    key = {"domain": "acme.example", "selector": "mail", "key": str(TLS / "dkim.key")}
    return channel(dns, dkim=key)


async def told(made: MailChannel, sample: bytes | None = None) -> list[tuple[str, str]]:
    return [(one.part, one.state) for one in await look("support-mail", made, sample)]


async def test_all_is_well(dns: DnsStandIn) -> None:
    assert await told(signing(dns), SIGNED) == [
        ("support-mail.authenticity", "ok"),
        ("support-mail.dkim", "ok"),
    ]


async def test_what_is_missing_is_a_warning(dns: DnsStandIn) -> None:
    dns.records.clear()
    found = await look("support-mail", channel(dns), None)
    assert [one.state for one in found] == ["ok", "warning", "warning"]
    assert "SPF" in found[1].text
    assert "DMARC" in found[2].text


@pytest.mark.parametrize(
    ("key", "words"),
    [(None, "has no key"), ("v=DKIM1; k=rsa; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAK", "another key")],
)
async def test_a_key_that_others_dont_find_is_wrong(dns: DnsStandIn, key: str | None, words: str) -> None:
    del dns.records[("mail._domainkey.acme.example", "TXT")]
    if key is not None:
        dns.add("mail._domainkey.acme.example", "TXT", key)
    found = await look("support-mail", signing(dns), SIGNED)
    assert (found[-1].part, found[-1].state) == ("support-mail.dkim", "wrong")
    assert words in found[-1].text


async def test_a_dns_in_trouble_is_a_warning(dns: DnsStandIn) -> None:
    dns.fault = "servfail"
    assert await told(channel(dns)) == [("support-mail.authenticity", "warning")]


@pytest.mark.parametrize(
    ("values", "asked"),
    [
        ({}, False),
        ({"smtp": {"listen": "127.0.0.1:8025"}}, False),
        ({"smtp": {"listen": "[::1]:8025"}}, False),
        ({"smtp": {"listen": "0.0.0.0:25"}}, True),
        ({"smtp": {"listen": "0.0.0.0:25"}, "authenticity": {"check": "never"}}, False),
        ({"authenticity": {"check": "always"}}, True),
    ],
)
def test_whose_channels_have_to_do_with_it(values: dict[str, Any], asked: bool) -> None:
    assert is_asked(channel(**values)) is asked
