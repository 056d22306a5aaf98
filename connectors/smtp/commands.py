"""The arguments of MAIL and RCPT: text in, address and parameters out, or the reply that refuses them. No I/O.

Lenient where real clients are sloppy (a space after the colon, no angle brackets), strict where a sloppy reading would let
something pass that is no address: control characters, broken UTF-8, labels that are none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PATH = re.compile(
    r"""\s*(?:<(?P<angle>(?:"(?:[^"\\]|\\.)*"|[^<>"\s])*)>|(?P<bare>[^<>\s]+))(?:\s+(?P<parameters>\S.*))?\s*\Z""",
    re.DOTALL,
)
_ROUTE = re.compile(r"@[^:]*:")  # RFC 5321 4.1.1.3: a source route is taken and ignored
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_LABEL = re.compile(r"[\w-]+")
_LITERAL = re.compile(r"\[[0-9A-Za-z:.]+\]")
_LONGEST_PATH = (
    254  # octets; RFC 5321 4.5.3.1.3 without the brackets. Local parts over 64 are common in return paths.
)


class Refused(Exception):
    """The command can't be obeyed; the message is the reply line."""


@dataclass(frozen=True, slots=True)
class MailFrom:
    address: str  # "" is the null sender
    size: int | None = None  # bytes, as the client says


def parse_mail(argument: str) -> MailFrom:
    """`FROM:<a@b> SIZE=… BODY=… SMTPUTF8` (RFC 5321 4.1.1.2, 1870, 6152, 6531). Raises `Refused`."""
    path, parameters = _split(argument, "FROM:", "500 5.5.2 Syntax: MAIL FROM:<address>")
    address = "" if path == "" else _mailbox(path, "501 5.1.7 Sender address")
    if address and "@" not in address:
        raise Refused("501 5.1.8 Sender address has no domain")
    return MailFrom(address, _mail_parameters(parameters))


def parse_rcpt(argument: str) -> str:
    """`TO:<a@b>` (RFC 5321 4.1.1.3). Raises `Refused`."""
    path, parameters = _split(argument, "TO:", "501 5.5.4 Syntax: RCPT TO:<address>")
    if parameters:
        raise Refused("555 5.5.4 RCPT TO parameters are not known here")
    return _mailbox(path, "501 5.1.3 Recipient address")


def _split(argument: str, keyword: str, syntax: str) -> tuple[str, list[str]]:
    if not argument[: len(keyword)].upper() == keyword:
        raise Refused(syntax)
    found = _PATH.match(argument, len(keyword))
    if found is None:
        raise Refused(syntax)
    path = found["angle"] if found["angle"] is not None else found["bare"]
    return _ROUTE.sub("", path, count=1) if path.startswith("@") else path, (
        found["parameters"] or ""
    ).split()


def _mailbox(path: str, what: str) -> str:
    if not path:
        raise Refused(f"{what} is empty")
    if _UNPRINTABLE.search(path):
        raise Refused(f"{what} holds characters that no address has")
    if len(path.encode()) > _LONGEST_PATH:
        raise Refused(f"{what} is too long")
    local, at, domain = path.rpartition("@")
    if at and not (local and _is_domain(domain)):
        raise Refused(f"{what} is malformed")
    return path


def _is_domain(domain: str) -> bool:
    if domain.startswith("["):
        return _LITERAL.fullmatch(domain) is not None
    return all(_is_label(label) for label in domain.removesuffix(".").split("."))


def _is_label(label: str) -> bool:
    if not _LABEL.fullmatch(label):
        return False
    try:
        if label[:4].casefold() == "xn--":
            label.encode("ascii").decode("idna")
        elif not label.isascii():
            label.encode("idna")
    except UnicodeError:
        return False
    return True


def _mail_parameters(parameters: list[str]) -> int | None:
    size = None
    for parameter in parameters:
        name, _, value = parameter.upper().partition("=")
        if name == "SIZE" and value.isascii() and value.isdigit() and len(value) <= 20:
            size = int(value)
        elif name == "SIZE" or (name == "BODY" and value not in ("7BIT", "8BITMIME")):
            raise Refused(f"501 5.5.4 {name} has no value that is known here")
        elif name != "BODY" and parameter.upper() != "SMTPUTF8":
            raise Refused("555 5.5.4 MAIL FROM parameter is not known here")
    return size
