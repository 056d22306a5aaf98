"""Whose mail a file is: the mail channel that is asked for, or whose address is among its recipients. Pure."""

from __future__ import annotations

import re
from typing import Final

from deskd.config import Settings
from deskd.errors import UsageError

_HEADER: Final = 256 * 1024
_RECIPIENTS: Final = re.compile(
    rb"(?im)^(?:to|cc|delivered-to|x-original-to|envelope-to)[ \t]*:((?:[^\n]|\n[ \t])*)"
)
_ADDRESS: Final = re.compile(r"[^\s<>,;:\"()\[\]@]+@[^\s<>,;:\"()\[\]@]+")


def chosen_channel(settings: Settings, named: str | None) -> str | None:
    """The channel asked for, if any. Raises `UsageError` where it is no mail channel, or the desk has none at all."""
    known = settings.mail_channels()
    if not known:
        raise UsageError(f"{settings.file} has no channel of type mail: nothing could come in from files")
    if named is not None and named not in known:
        raise UsageError(f"no mail channel is called {named!r}; {settings.file} has {', '.join(known)}")
    return named


def channel_of(settings: Settings, data: bytes) -> str:
    """The mail channel whose address is among a mail's recipients, else the first one. `settings` have one at least."""
    channels = settings.mail_channels()
    first = next(iter(channels))
    if len(channels) == 1:
        return first
    header = data[:_HEADER].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    for recipients in _RECIPIENTS.findall(header):
        for address in _ADDRESS.findall(recipients.decode("utf-8", "replace")):
            owner = settings.mail_channel_for(address)
            if owner is not None:
                return owner[0]
    return first
