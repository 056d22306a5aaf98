"""What filing begins with and how it ends, as values."""

from __future__ import annotations

from dataclasses import dataclass

from deskd.model import AuthVerdict, Message
from deskd.rules.compared import Change


@dataclass(frozen=True, slots=True)
class Understood:
    """A message as parse and authenticate left it. `tokens`: what stood behind the plus of our addresses it was sent to."""

    message: Message
    auth: AuthVerdict
    tokens: tuple[str, ...] = ()
    thread_key: str | None = None  # a chat's
    foreign: tuple[str, ...] = ()  # other desks' numbers in it
    asked: bool = (
        False  # the DNS was asked for `auth`, and isn't asked again: the answer is kept with the raw message
    )


@dataclass(frozen=True, slots=True)
class Filed:
    """How the inbox row ended, for those who wait for it."""

    state: str
    ticket: int | None = None
    reason: str | None = None
    shadow: tuple[Change, ...] = ()  # what the candidate rules would have made otherwise
    slow: tuple[tuple[str, float], ...] = ()  # rules that took long over it, by name, in seconds
