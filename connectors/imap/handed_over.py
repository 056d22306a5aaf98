"""What the mailbox's own server wrote on top of a mail when it delivered it: from whom, and to which address. Pure.

A delivering server puts Return-Path and Delivered-To above all that came with the mail (RFC 5321 4.4). What stands below the first Received that
names another machine is the sender's word, and isn't believed. (Gmail puts a Received of its own between them, without `from`.)
"""

from __future__ import annotations

import re
from typing import Final

from deskd.model import Envelope

_TOP: Final = 64 * 1024  # bytes that are looked at
_ADDRESS: Final = re.compile(r"<?\s*([^\s<>]*)\s*>?")
_RECIPIENT: Final = ("delivered-to", "x-original-to", "envelope-to")


def envelope_of(raw: bytes) -> Envelope:
    """Empty where the server wrote nothing of it."""
    mail_from: str | None = None
    recipients: list[str] = []
    top = re.split(rb"\r?\n\r?\n", raw[:_TOP], maxsplit=1)[0]
    for line in re.sub(rb"\r?\n(?=[ \t])", b"", top).splitlines():
        name, _, value = line.decode("utf-8", "replace").partition(":")
        name = name.strip().lower()
        if name == "received" and value.strip().lower().startswith("from "):
            break
        if name == "return-path" and mail_from is None:
            mail_from = _address(value)
        elif name in _RECIPIENT and (address := _address(value)):
            recipients.append(address)
    return Envelope(mail_from, tuple(dict.fromkeys(recipients)))


def _address(value: str) -> str | None:
    """ "" is the null sender <>; None: no address at all."""
    found = _ADDRESS.fullmatch(value.strip())
    if found is None or not (found[1] or "<" in value):
        return None
    return found[1]
