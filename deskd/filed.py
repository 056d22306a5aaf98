"""What filing begins with and how it ends, as values."""

from __future__ import annotations

from dataclasses import dataclass

from deskd.desk.commands import InChat
from deskd.model import AuthVerdict, Joining, Message
from deskd.rules.compared import Change
from deskd.rules.verdict import Act


@dataclass(frozen=True, slots=True)
class Understood:
    """A message as parse and authenticate left it. `tokens`: what stood behind the plus of our addresses it was sent to."""

    message: Message
    auth: AuthVerdict
    tokens: tuple[str, ...] = ()
    thread_key: str | None = None  # a chat's
    foreign: tuple[str, ...] = ()  # other desks' numbers in it
    chat: InChat | None = None  # where in a chat it stands
    joining: Joining | None = None  # what the chat's own way has decided already
    tags: tuple[str, ...] = ()  # a new ticket's, from what its customer chose
    acts: tuple[Act, ...] = ()  # what whoever took it down chose, after the rules' word
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
