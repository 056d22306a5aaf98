"""THREATS, ReDoS (OTRS CVE-2021-36093, CVE-2021-21439, Perl Email::Address CVE-2014-0477): no text makes a pattern, ours or an admin's, run away.

Nothing is timed here: what runs away runs for hours, and the limit of every test ends it.
"""

from __future__ import annotations

import json

import pytest

from deskd.errors import ConfigError
from deskd.model import Envelope
from deskd.parse import parse_mail
from deskd.store import Store
from tests.support.desk import ruleset
from tests.support.mailroom import Mailroom, mail

PATTERNS = ["(a+)+$", "([a-zA-Z]+)*$", "(a|aa)+$", "(a|a?)+$", "(.*a){20}$", "^(([a-z])+.)+[A-Z]([a-z])+$"]
TEXTS = {
    "aaaa!": "a" * 200_000 + "!",
    "spaces": " " * 200_000 + "x",
    "newlines": "\n" * 100_000,
    "quotes": "> " * 100_000,
    "brackets": "(" * 50_000 + ")" * 50_000,
    "addresses": "a@" * 50_000,
    "quoted dots": '"' + "." * 60_000 + '"',
    "wrote": "On " * 30_000 + "wrote:",
    "dashes": "-" * 100_000,
    "entities": "&" * 100_000,
    "tags": "<" * 100_000,
    "urls": "http://" * 20_000,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_text_keeps_the_reader_busy(text: str) -> None:
    plain = parse_mail(mail(text=text), Envelope(), ("it", "en"))
    html = parse_mail(mail(text=text).replace(b"text/plain", b"text/html"), Envelope(), ("it", "en"))
    assert (plain.sender.address, html.sender.address) == ("maria@cliente.example", "maria@cliente.example")


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_header_keeps_it_busy(text: str) -> None:
    line = text.replace("\n", " ").encode()[:25_000]
    fields = (
        b"To",
        b"Cc",
        b"Reply-To",
        b"Date",
        b"References",
        b"Content-Type",
        b"Subject",
        b"Authentication-Results",
    )
    head = b"".join(name + b": " + line + b"\r\n" for name in fields)
    assert parse_mail(b"From: maria@cliente.example\r\n" + head + b"\r\nx", Envelope()).sender.address


def test_no_text_keeps_the_rules_busy(store: Store) -> None:
    named = [
        {"name": f"r{number}", "when": {"text": {"matches": pattern}}, "then": [{"tag": ["x"]}]}
        for number, pattern in enumerate(PATTERNS)
    ]
    desk = Mailroom(store, rules=ruleset(json.dumps({"rules": named})))
    for text in ("a" * 200_000 + "!", "ab" * 100_000):
        assert desk.arrive(mail(text=text)).state == "filed"


@pytest.mark.parametrize("pattern", [r"(a)\1", "(?=a)", "(?<!a)b", "a{1001}"])
def test_a_pattern_that_could_run_away_is_no_rule(pattern: str) -> None:
    rules = {"rules": [{"name": "r", "when": {"text": {"matches": pattern}}, "then": [{"tag": ["x"]}]}]}
    with pytest.raises(ConfigError):
        ruleset(json.dumps(rules))
