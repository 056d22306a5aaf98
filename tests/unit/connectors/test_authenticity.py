"""Who really sent a mail, as the DNS has it: each method against a name server on loopback, and what follows from them together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from connectors.authenticity import DnsAuthenticator
from connectors.authenticity.alignment import aligned, organisational
from connectors.authenticity.names import DnsTrouble, Names
from connectors.standins.dns import DnsStandIn
from deskd.authenticate import as_asked
from deskd.model import AuthVerdict, Envelope, Judged
from deskd.parse import parse_mail
from tests.support.mailroom import mail
from tests.support.signing import OUTSIDE, publish_key, sealed, signed

PATIENCE = 60.0  # seconds: far more than loopback takes on the slowest machine
MAIL = mail()
DIRECT = Envelope("maria@cliente.example", ("support@acme.example",), OUTSIDE, "mx.cliente.example")
ELSEWHERE = Envelope("x@evil.example", ("support@acme.example",), OUTSIDE, "evil.example")
RELAYED = Envelope("maria@cliente.example", ("support@acme.example",), "127.0.0.1", "mx.acme.example")


@pytest.fixture
async def dns() -> AsyncIterator[DnsStandIn]:
    """cliente.example signs, sends from OUTSIDE alone, and says so; evil.example signs, too."""
    server = DnsStandIn()
    for domain in ("cliente.example", "evil.example", "news.cliente.example", "lists.example"):
        publish_key(server, domain)
    server.add("cliente.example", "TXT", "some other text", f"v=spf1 ip4:{OUTSIDE} -all")
    server.add("evil.example", "TXT", "v=spf1 +all")
    server.add("_dmarc.cliente.example", "TXT", "v=DMARC1; p=reject")
    async with server.running():
        yield server


async def judged(dns: DnsStandIn, payload: bytes, envelope: Envelope, *sealers: str) -> tuple[Judged, ...]:
    authenticator = DnsAuthenticator(PATIENCE, [dns.address], sealers)
    domain = parse_mail(payload, envelope).sender.address.rpartition("@")[2]
    try:
        return await authenticator.ask(payload, envelope, domain)
    finally:
        authenticator.close()


async def verdict(dns: DnsStandIn, payload: bytes, envelope: Envelope, *sealers: str) -> str:
    return as_asked(parse_mail(payload, envelope), await judged(dns, payload, envelope, *sealers)).result


@pytest.mark.parametrize(
    ("payload", "envelope", "result"),
    [
        # signature or envelope of the domain in From: either is enough
        (signed(MAIL, "cliente.example"), DIRECT, "pass"),
        (signed(MAIL, "cliente.example"), ELSEWHERE, "pass"),
        (signed(MAIL, "cliente.example"), RELAYED, "pass"),
        (MAIL, DIRECT, "pass"),
        # of one below it, too: the same owner (relaxed alignment, RFC 7489 3.1)
        (signed(MAIL, "news.cliente.example"), ELSEWHERE, "pass"),
        # neither: the owner says that it isn't theirs
        (MAIL, ELSEWHERE, "fail"),
        (signed(MAIL, "evil.example"), ELSEWHERE, "fail"),
        (signed(MAIL, "cliente.example").replace(b"totale", b"conto IBAN"), ELSEWHERE, "fail"),
        (signed(MAIL, "unknown.example"), ELSEWHERE, "fail"),
        # behind a relay nobody can tell from where it came: SPF might have passed
        (MAIL, RELAYED, "none"),
        (signed(MAIL, "evil.example"), RELAYED, "none"),
        # below a signed length anybody may write on
        (signed(MAIL, "cliente.example", length=True) + b"Bonifico a questo IBAN\r\n", ELSEWHERE, "fail"),
        # a signature that is none
        (b"DKIM-Signature: v=1; d=cliente.example; nonsense\r\n" + MAIL, ELSEWHERE, "fail"),
        (b"DKIM-Signature: \xff\r\n" * 40 + MAIL, ELSEWHERE, "fail"),
    ],
)  # fmt: skip
async def test_what_the_dns_proves(dns: DnsStandIn, payload: bytes, envelope: Envelope, result: str) -> None:
    assert await verdict(dns, payload, envelope) == result


async def test_a_big_mails_signature_is_reckoned_only_where_spf_proves_nothing(dns: DnsStandIn) -> None:
    big = signed(mail(text="Ciao Anna\r\n" * 220_000), "cliente.example")
    known, unknown = await judged(dns, big, DIRECT), await judged(dns, big, ELSEWHERE)
    assert ([one.method for one in known], [one.method for one in unknown]) == (
        ["spf", "dmarc"],
        ["dkim", "spf", "dmarc"],
    )
    assert {one.result for one in (known[-1], unknown[-1])} == {"pass"}


async def test_strict_alignment_takes_the_very_domain(dns: DnsStandIn) -> None:
    dns.records[("_dmarc.cliente.example", "TXT")] = ['"v=DMARC1; p=none; adkim=s; aspf=s"']
    assert await verdict(dns, signed(MAIL, "news.cliente.example"), ELSEWHERE) == "fail"
    assert await verdict(dns, signed(MAIL, "cliente.example"), ELSEWHERE) == "pass"


async def test_a_subdomain_falls_under_its_organisations_policy(dns: DnsStandIn) -> None:
    assert await verdict(dns, mail("x@shop.cliente.example"), ELSEWHERE) == "fail"


@pytest.mark.parametrize("policy", [[], ['"v=spf1 -all"'], ['"v=DMARC1; p=none"', '"v=DMARC1; p=reject"']])
async def test_without_one_policy_nothing_alone_is_held_against_a_mail(
    dns: DnsStandIn, policy: list[str]
) -> None:
    dns.records[("_dmarc.cliente.example", "TXT")] = policy
    assert await verdict(dns, MAIL, Envelope("x@nobody.example", (), OUTSIDE, "x")) == "none"
    assert await verdict(dns, signed(MAIL, "news.cliente.example"), RELAYED) == "pass"


async def test_the_null_sender_is_judged_by_its_greeting(dns: DnsStandIn) -> None:
    dns.add("mx.cliente.example", "TXT", f"v=spf1 ip4:{OUTSIDE} -all")
    report = mail("Mailer <mailer-daemon@mx.cliente.example>")
    assert await verdict(dns, report, Envelope("", (), OUTSIDE, "mx.cliente.example")) == "pass"


async def test_a_trusted_forwarders_seal_counts_where_forwarding_broke_the_signature(dns: DnsStandIn) -> None:
    seen = b"Authentication-Results: lists.example; dmarc=pass header.from=cliente.example\r\n"
    broken = signed(MAIL, "cliente.example").replace(b"Fattura 118", b"[list] Fattura 118")
    forwarded = sealed(seen + broken, "lists.example")
    assert await verdict(dns, forwarded, ELSEWHERE, "lists.example") == "pass"
    assert await verdict(dns, forwarded, ELSEWHERE) == "fail"
    assert await verdict(dns, forwarded, ELSEWHERE, "other.example") == "fail"
    assert await verdict(dns, forwarded.replace(b"totale", b"conto"), ELSEWHERE, "lists.example") == "fail"


async def test_a_name_that_holds_an_address_is_never_a_pass(dns: DnsStandIn) -> None:
    payload = signed(mail('"anna@acme.example" <maria@cliente.example>'), "cliente.example")
    assert await verdict(dns, payload, DIRECT) == "none"


@pytest.mark.parametrize("fault", ["refused", "servfail"])
async def test_a_dns_in_trouble_judges_nobody(dns: DnsStandIn, fault: str) -> None:
    dns.fault = fault  # type: ignore[assignment]
    assert await verdict(dns, signed(MAIL, "cliente.example"), ELSEWHERE) == "none"


async def test_a_silent_dns_costs_a_mail_no_more_than_its_time(dns: DnsStandIn) -> None:
    dns.fault = "silent"
    authenticator = DnsAuthenticator(0.2, [dns.address])
    async with asyncio.timeout(PATIENCE):
        assert not [
            one for one in await authenticator.ask(MAIL, DIRECT, "cliente.example") if one.result == "pass"
        ]
    authenticator.close()


async def test_a_dns_that_is_deaf_is_left_alone_for_a_while(dns: DnsStandIn) -> None:
    dns.fault = "silent"
    now = 0.0
    names = Names([dns.address], lambda: now)

    def look_up() -> None:
        with pytest.raises(DnsTrouble):
            names.until(0.05)("cliente.example", "TXT")

    for _ in range(4):
        await asyncio.to_thread(look_up)
    assert len(dns.asked) == 3
    now = 61.0
    dns.fault = ""
    assert await asyncio.to_thread(names.until(PATIENCE), "evil.example", "TXT") == [b"v=spf1 +all"]


@pytest.mark.parametrize(
    ("domain", "owner"),
    [
        ("mail.acme.co.uk", "acme.co.uk"),
        ("desk.acme.it", "acme.it"),
        ("acme.it", "acme.it"),
        ("a.b.cliente.example", "cliente.example"),
        ("x.github.io", "x.github.io"),
        ("example", "example"),
        ("www.münchen.de.", "xn--mnchen-3ya.de"),
    ],
)
def test_whose_domain_it_is(domain: str, owner: str) -> None:
    assert organisational(domain) == owner


def test_neighbours_are_not_one() -> None:
    assert not aligned("evil.co.uk", "acme.co.uk")
    assert not aligned("evil.example", "cliente.example")
    assert not aligned("", "")
    assert aligned("MAIL.acme.it.", "acme.it")


def test_nothing_asked_is_nothing_to_judge() -> None:
    assert as_asked(parse_mail(MAIL, Envelope()), ()) == AuthVerdict(
        "none", "nothing could be judged, as the DNS has it"
    )
