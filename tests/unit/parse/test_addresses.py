"""Address lists, as people and programs write them."""

import pytest

from deskd.parse.addresses import parse_addresses

ROWS: list[tuple[str, list[tuple[str, str]]]] = [
    ("m@x.it", [("", "m@x.it")]),
    ("Maria Rossi <m@x.it>", [("Maria Rossi", "m@x.it")]),
    ('"Rossi, Maria" <m@x.it>, b@y.it', [("Rossi, Maria", "m@x.it"), ("", "b@y.it")]),
    ("Rossi, Maria <m@x.it>", [("Rossi, Maria", "m@x.it")]),  # its quotes forgotten
    ("=?utf-8?Q?Rossi,_Maria?= <m@x.it>", [("Rossi, Maria", "m@x.it")]),
    ('"=?utf-8?B?TWFyw61h?=" <m@x.it>', [("María", "m@x.it")]),  # encoded within quotes, against RFC 2047 5
    ("=?UTF-8?Q?Maria_<m@x.it>?=", [("Maria", "m@x.it")]),  # the address too
    ("m@x.it (Maria Rossi)", [("Maria Rossi", "m@x.it")]),
    ("Maria (at (home)) <m@x.it>", [("Maria (at (home))", "m@x.it")]),
    ("Maria m@x.it", [("Maria", "m@x.it")]),
    ("Maria <m@x.it", [("Maria", "m@x.it")]),
    ("'Maria' <m@x.it>", [("Maria", "m@x.it")]),  # Outlook
    ("m@x.it; b@y.it", [("", "m@x.it"), ("", "b@y.it")]),
    ("Maria <m@x.it> <n@y.it>", [("Maria", "m@x.it"), ("", "n@y.it")]),
    ("Ticket: 12 <m@x.it>", [("Ticket: 12", "m@x.it")]),  # a colon without a group
    ("Team: a@b.c, D <d@e.f>;", [("", "a@b.c"), ("D", "d@e.f")]),
    ("undisclosed-recipients:;", []),
    ('"a b"@x.it', [("", '"a b"@x.it')]),
    ('"support@acme.example"@evil.example', [("", '"support@acme.example"@evil.example')]),
    ('"m@x.it" <evil@y.it>', [("m@x.it", "evil@y.it")]),
    ("<@relay.example:m@x.it>", [("", "m@x.it")]),
    ("<mailto:m@x.it>", [("", "m@x.it")]),
    ("Maria\r\n <m@x.it>", [("Maria", "m@x.it")]),
    ("Mar\u202eia\x00 <m@x.it>", [("Maria", "m@x.it")]),
    ("nobody", []),
    ("<>", []),
    ("", []),
]


@pytest.mark.parametrize(("written", "expected"), ROWS)
def test_addresses(written: str, expected: list[tuple[str, str]]) -> None:
    assert [(each.name, each.address) for each in parse_addresses(written)] == expected
