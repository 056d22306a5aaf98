"""Who really sent a mail: what a trusted relay's word proves, and what nobody's word does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskd.authenticate import authenticate, trusted_results, wants_dns, without_claims
from deskd.config import MailChannel
from deskd.model import AuthVerdict, Envelope
from deskd.parse import parse_mail

RELAY = "mx.acme.example"
TRUSTED = (RELAY,)


def mail(*fields: str, author: str = "Maria <maria@cliente.example>") -> bytes:
    """A mail with these fields on top, as whoever handled it last put them there."""
    head = [
        *fields,
        f"From: {author}",
        "To: support@acme.example",
        "Subject: Fattura",
        "Date: Mon, 23 Nov 2026 09:00:00 +0000",
    ]
    return "\r\n".join([*head, "", "Non torna.", ""]).encode()


def says(results: str, relay: str = RELAY) -> str:
    return f"Authentication-Results: {relay}; {results}"


def verdict(payload: bytes, trusted: tuple[str, ...] = TRUSTED) -> AuthVerdict:
    return authenticate(parse_mail(payload, Envelope()), payload, trusted)


@pytest.mark.parametrize(
    ("results", "result"),
    [
        # DMARC's word comes first (RFC 7489)
        ("dmarc=pass header.from=cliente.example", "pass"),
        ("dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=cliente.example; spf=fail smtp.mailfrom=x@cliente.example", "pass"),
        ("dmarc=fail (p=NONE) header.from=cliente.example; dkim=pass header.d=cliente.example", "fail"),
        ("dmarc=pass header.from=evil.example", "none"),  # speaks of another From
        # without it, a signature or an envelope of the domain itself, or of one below it
        ("dkim=pass header.d=cliente.example header.s=a", "pass"),
        ("dkim=pass header.i=@mail.cliente.example", "pass"),
        ("dkim=pass header.d=evil.example; dkim=pass header.d=cliente.example", "pass"),
        ("spf=pass smtp.mailfrom=bounces@news.cliente.example", "pass"),
        ("spf=pass smtp.mailfrom=cliente.example; dkim=fail header.d=cliente.example", "pass"),
        ("dmarc=none header.from=cliente.example; dkim=pass header.d=CLIENTE.example.", "pass"),
        # a domain above, or that only looks like it, is another's
        ("dkim=pass header.d=example; spf=pass smtp.mailfrom=x@notcliente.example", "fail"),
        ("dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=x@evil.example", "fail"),
        ("dkim=fail header.d=cliente.example; spf=softfail smtp.mailfrom=x@cliente.example", "fail"),
        # one alone, or nothing, judges nobody: mail is forwarded, and few sign
        ("spf=fail smtp.mailfrom=x@cliente.example", "none"),
        ("dkim=none; spf=none smtp.mailfrom=x@cliente.example", "none"),
        ("dmarc=temperror; dkim=temperror; spf=temperror", "none"),
        ("none", "none"),
        # what stands in comments, quotation marks and reasons is no result
        ("dkim=none (dkim=pass header.d=cliente.example); spf=none", "none"),
        ('spf=none smtp.mailfrom="x; dkim=pass header.d=cliente.example"@evil.example', "none"),
        ('dkim=fail reason="; dmarc=pass" header.d=cliente.example', "none"),
        ("dkim=none (a (nested; dmarc=pass) \\) ; dmarc=pass) header.d=x", "none"),
    ],
)  # fmt: skip
def test_what_a_relays_word_proves(results: str, result: str) -> None:
    assert verdict(mail(says(results))).result == result


def test_the_verdict_says_whose_word_it_is() -> None:
    told = verdict(mail(says("dmarc=fail header.from=cliente.example")))
    assert told == AuthVerdict("fail", "DMARC fails, says mx.acme.example")


def test_without_a_trusted_relay_there_is_nothing_to_judge() -> None:
    assert verdict(mail(says("dmarc=pass header.from=cliente.example")), ()).result == "none"
    assert verdict(mail()).result == "none"


@pytest.mark.parametrize(
    "fields",
    [
        # only the topmost of the relay's counts: its sender wrote what stands below
        [says("dmarc=fail header.from=cliente.example"), says("dmarc=pass header.from=cliente.example")],
        # another server's stands above: an inner one may have added it, and nobody trusts it
        [says("dmarc=pass", "mx.evil.example"), says("dmarc=fail"), says("dmarc=pass")],
        [says("dmarc=pass", f"{RELAY}.evil.example"), says("dmarc=fail")],
        [says("dmarc=pass", f'"{RELAY} x"'), says("dmarc=fail")],
        ["ARC-" + says("dmarc=pass"), "X-" + says("dmarc=pass"), says("dmarc=fail")],
    ],
)
def test_forged_results_change_nothing(fields: list[str]) -> None:
    assert verdict(mail(*fields)).result == "fail"


def test_an_encoded_word_in_the_relays_field_stays_one() -> None:
    """An envelope sender may be one, and what it decodes to is its sender's to choose."""
    hidden = "=?utf-8?q?x=3B_dkim=3Dpass_header.d=3Dcliente.example?=@evil.example"
    assert verdict(mail(says(f"spf=none smtp.mailfrom={hidden}"))).result == "none"


def test_a_folded_field_and_a_versioned_one_are_read() -> None:
    field = f"authentication-results: {RELAY.upper()} 1;\r\n\tdkim=pass\r\n header.d=cliente.example"
    assert verdict(mail(field)).result == "pass"


@pytest.mark.parametrize(
    "payload",
    [
        mail(says("dmarc=pass"), "From: Anna <anna@acme.example>"),
        mail(says("dmarc=pass"), author="maria@cliente.example, anna@acme.example"),
        mail(says("dmarc=pass")).replace(b"From: Maria <maria@cliente.example>", b"Sender: maria@cliente.example"),
        mail(says("dmarc=pass"), author="nobody at all").replace(b"To:", b"Reply-To: maria@cliente.example\r\nTo:"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("trusted", [TRUSTED, ()])
def test_a_from_that_names_no_single_person_is_a_failure(payload: bytes, trusted: tuple[str, ...]) -> None:
    assert verdict(payload, trusted).result == "fail"


def test_a_name_that_holds_an_address_is_never_a_pass() -> None:
    passes = says("dmarc=pass header.from=evil.example")
    assert verdict(mail(passes, author='"anna@acme.example" <mallory@evil.example>')).result == "none"


def test_rules_see_the_trusted_relays_field_and_no_other() -> None:
    payload = mail(says("dmarc=pass", "mx.evil.example"), says("dmarc=fail"), says("dmarc=pass"))
    seen = without_claims(parse_mail(payload, Envelope()), payload, TRUSTED).headers
    assert [value for name, value in seen if name.lower() == "authentication-results"] == [
        f"{RELAY}; dmarc=fail"
    ]
    assert ("Subject", "Fattura") in seen
    untrusting = without_claims(parse_mail(payload, Envelope()), payload, ()).headers
    assert not [name for name, _ in untrusting if name.lower() == "authentication-results"]


@pytest.mark.parametrize(
    ("check", "peer", "asked"),
    [
        ("direct", "185.10.20.30", True),
        ("direct", "2a01:4f8::1", True),
        ("direct", "127.0.0.1", False),
        ("direct", "10.1.2.3", False),
        ("direct", "fe80::1%eth0", False),
        ("direct", "", False),
        ("always", "127.0.0.1", True),
        ("always", "", True),
        ("never", "185.10.20.30", False),
    ],
)
def test_whose_mail_the_dns_is_asked_about(check: str, peer: str, asked: bool) -> None:
    given = {"type": "mail", "address": "support@acme.example", "authenticity": {"check": check}}
    channel = MailChannel.model_validate(given)
    assert wants_dns(channel, mail(), Envelope(peer=peer)) is asked


@given(st.binary(max_size=300))
def test_any_bytes_give_an_answer(junk: bytes) -> None:
    payload = b"Authentication-Results: " + RELAY.encode() + b";" + junk
    found = trusted_results(payload, TRUSTED)
    assert found is None or found[0] == RELAY
