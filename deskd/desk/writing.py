"""What agents write, as the desk is asked for it: replies, notes, and what becomes of them until they go; in a thread that customers share, what is said there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from deskd.desk.source import Source
from deskd.model import GestureFile, Status


@dataclass(frozen=True, slots=True)
class Reply:
    actor: str
    text: str  # plain
    markup: str  # as Slack has it
    source: Source | None
    hold: timedelta = timedelta(0)
    then: Status | None = None  # `!resolve last words`: the status once it has gone
    files: tuple[GestureFile, ...] = ()
    shown: bool = False  # written elsewhere than in the thread, where it is to be shown; its text means nothing but itself
    by: str = ""  # what lay ready: `canned refund`, `knowledge router-reset`


@dataclass(frozen=True, slots=True)
class Note:
    actor: str
    text: str
    markup: str
    source: Source | None
    offer: bool = False  # offer its author the button "Send to customer"
    shown: bool = False  # written elsewhere than in the thread, where it is to be shown


@dataclass(frozen=True, slots=True)
class Further:
    """One more file of an album, behind the message that its first part became: it shares that one's fate."""

    actor: str
    source: Source
    files: tuple[GestureFile, ...]
    hold: timedelta
    beside: tuple[GestureFile, ...] = ()  # what goes with that message already


@dataclass(frozen=True, slots=True)
class Swapped:
    """Another file stands in an agent's message. `beside`: what goes with it besides; `row`: that which was to fetch the old one, None once it is here."""

    file: GestureFile
    beside: tuple[GestureFile, ...]
    row: int | None


@dataclass(frozen=True, slots=True)
class Edit:
    """An agent changed what they had written: `note` when the new text stays inside, `command` when it now reads as one; `more`: it got what can't go with it
    any more, a file, or words under a further file of an album."""

    actor: str
    text: str
    markup: str
    source: Source
    note: bool = False
    command: bool = False
    more: bool = False
    swapped: Swapped | None = None


@dataclass(frozen=True, slots=True)
class Withdraw:
    """An agent deleted a message, or stopped it with ❌ (`by_reaction`)."""

    actor: str
    source: Source
    by_reaction: bool = False


@dataclass(frozen=True, slots=True)
class SendNote:
    """The button "Send to customer" under a note."""

    actor: str
    source: Source
    hold: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class KeepInside:
    """*Make it a note*: a reply that hasn't gone yet stays inside."""

    actor: str
    source: Source


@dataclass(frozen=True, slots=True)
class Posted:
    """What an agent wrote elsewhere stands in the thread now, and can bear its mark."""

    message_id: int


@dataclass(frozen=True, slots=True)
class Said:
    """An agent wrote where the customer reads it too: it is public already. `markup` is Slack's, as it stands there."""

    actor: str
    text: str
    markup: str
    source: Source


@dataclass(frozen=True, slots=True)
class SaidAnew:
    """They changed it there."""

    actor: str
    text: str
    markup: str
    source: Source


@dataclass(frozen=True, slots=True)
class Unsaid:
    """It was deleted there."""

    actor: str
