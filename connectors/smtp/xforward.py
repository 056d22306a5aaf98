"""What a mail server tells of the client it has a mail from: Postfix's XFORWARD. Text in, values out. No I/O.

With it deskd knows, behind that server, what it would have seen without: the address that SPF is judged by. See postfix.org/XFORWARD_README.html.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address

from connectors.smtp.commands import Refused

NAMES = ("NAME", "ADDR", "PORT", "PROTO", "HELO", "IDENT", "SOURCE")
_UNKNOWN = ("[UNAVAILABLE]", "[TEMPUNAVAIL]")
_XTEXT = re.compile(r"\+([0-9A-F]{2})")  # RFC 3461 4


def parse_xforward(argument: str) -> Mapping[str, str]:
    """`ADDR=185.10.20.30 HELO=mx.cliente.example`: what is known of the names above. Raises `Refused`."""
    told: dict[str, str] = {}
    for pair in argument.split():
        name, equals, value = pair.partition("=")
        if not equals or name.upper() not in NAMES:
            raise Refused(f"501 5.5.4 XFORWARD knows {' '.join(NAMES)}")
        told[name.upper()] = "" if value.upper() in _UNKNOWN else _XTEXT.sub(_character, value)
    if told.get("ADDR"):
        told["ADDR"] = _address(told["ADDR"])
    return told


def _character(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


def _address(text: str) -> str:
    """`IPv6:2001:db8::1` is one with its prefix; what is no address is none."""
    bare = text[5:] if text[:5].upper() == "IPV6:" else text
    try:
        return str(ip_address(bare))
    except ValueError:
        return ""
