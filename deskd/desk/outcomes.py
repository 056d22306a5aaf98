"""What the outbox reports to the desk: what became of a message, and of its files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from deskd.desk.source import Source
from deskd.model import AuthVerdict, Message


@dataclass(frozen=True, slots=True)
class Sent:
    """The outbox's word: a message has gone. `refused`: recipients who will not get it, with the other side's answer."""

    message_id: int
    refused: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class NotSent:
    """The outbox's word: a message was refused for good."""

    message_id: int
    error: str


@dataclass(frozen=True, slots=True)
class NotFetched:
    """The outbox's word: the files of a reply could not be had, so it must not go."""

    message_id: int
    error: str


@dataclass(frozen=True, slots=True)
class NotShown:
    """The outbox's word: the files of a message could not be shown to agents, or to a customer in Slack."""

    message_id: int
    error: str


@dataclass(frozen=True, slots=True)
class PerhapsSent:
    """The outbox's word: a message went, perhaps, and the channel gives no way to know."""

    message_id: int
    error: str


@dataclass(frozen=True, slots=True)
class SentAgain:
    """The outbox's word: nobody knows whether a mail arrived, and the same bytes go once more under the same Message-ID."""

    message_id: int
    error: str


@dataclass(frozen=True, slots=True)
class Settle:
    """An agent's word on a message that went, perhaps: send it `again`, or it arrived."""

    actor: str
    again: bool
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Bounced:
    """A mail system's word: a message that had gone did not arrive; `final`: and never will. `report` is its mail."""

    message_id: int
    reason: str
    final: bool
    report: Message
    inbox_id: int
    channel: str
    received_at: datetime
    auth: AuthVerdict
    live: bool = True
