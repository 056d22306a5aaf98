"""What can be asked of the desk: what people wrote, agents did, the outbox reports and the clock says.

`actor` is `agent:KEY`, `contact:ADDRESS`, `rule:NAME`, `clock` or `system` (INTERFACE.md section 3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from deskd.desk.chats import Blocked as Blocked
from deskd.desk.chats import Commented as Commented
from deskd.desk.chats import InChat as InChat
from deskd.desk.chats import Joined as Joined
from deskd.desk.chats import Owned as Owned
from deskd.desk.chats import Rated as Rated
from deskd.desk.handing_over import HandOver as HandOver
from deskd.desk.levelling import Accept as Accept
from deskd.desk.levelling import Away as Away
from deskd.desk.levelling import Back as Back
from deskd.desk.levelling import Clocked as Clocked
from deskd.desk.levelling import Deescalate as Deescalate
from deskd.desk.levelling import Dispatched as Dispatched
from deskd.desk.levelling import Escalate as Escalate
from deskd.desk.levelling import HandoffLate as HandoffLate
from deskd.desk.operators import Dropped as Dropped
from deskd.desk.operators import Replaced as Replaced
from deskd.desk.operators import Requeue as Requeue
from deskd.desk.operators import Stop as Stop
from deskd.desk.outcomes import Bounced as Bounced
from deskd.desk.outcomes import NotFetched as NotFetched
from deskd.desk.outcomes import NotSent as NotSent
from deskd.desk.outcomes import NotShown as NotShown
from deskd.desk.outcomes import PerhapsSent as PerhapsSent
from deskd.desk.outcomes import Sent as Sent
from deskd.desk.outcomes import SentAgain as SentAgain
from deskd.desk.outcomes import Settle as Settle
from deskd.desk.promised import EndTask as EndTask
from deskd.desk.promised import Invite as Invite
from deskd.desk.promised import Promise as Promise
from deskd.desk.promised import TasksDue as TasksDue
from deskd.desk.source import Source as Source
from deskd.desk.state import HeldAnswer as HeldAnswer
from deskd.model import (
    Address,
    Assignment,
    AuthVerdict,
    GestureFile,
    Grade,
    Joining,
    Message,
    Priority,
    Status,
    Ticket,
)
from deskd.rules import Event, Verdict


@dataclass(frozen=True, slots=True)
class Receive:
    """A message from outside, understood, judged by the rules and assigned. Into an open ticket it joins, otherwise it opens one."""

    message: Message
    inbox_id: int
    channel: str
    joining: Joining
    verdict: Verdict
    assignment: Assignment | None  # None: it stays as it is
    auth: AuthVerdict
    received_at: datetime
    language: str
    live: bool = True  # False: the past; no thread is opened and nothing is sent
    answered: frozenset[str] = frozenset()  # templates this contact was sent a short while ago: not again
    spent: Literal["", "now", "before"] = ""  # they have had all the automatic answers of a day (`deskd.manners`)
    thread_key: str | None = None  # a chat's
    foreign: tuple[str, ...] = ()  # other desks' numbers in it
    copied: tuple[Address, ...] = ()  # people in its CC whom the ticket doesn't know yet
    reply: str | None = None  # an agent's mail: what of it goes to the customer; None: it stays inside
    inside: str = ""  # why it does, for the agent
    linked_ref: str = ""  # of the ticket that it is linked to
    asked: Mapping[str, Any] | None = None  # what the rules were told, to be kept (`deskd.rules.record`)
    idle_at: datetime | None = None  # when rules of the event `idle` are asked, if nothing happens until then
    chat: InChat | None = None  # where in a chat it stands, with files that are still to be fetched
    held: tuple[HeldAnswer, ...] = ()  # answers that wait for their time, written before this was read


@dataclass(frozen=True, slots=True)
class ReceiveUnreadable:
    """A message that could not be understood: a placeholder ticket shows it to a person."""

    inbox_id: int
    channel: str
    reason: str
    sender: str
    received_at: datetime
    team: str | None
    language: str
    live: bool = True  # False: the past; no thread is opened


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
class Edit:
    """An agent changed what they had written: `note` when the new text stays inside, `command` when it now reads as one."""

    actor: str
    text: str
    markup: str
    source: Source
    note: bool = False
    command: bool = False


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
class Logged:
    """An agent took down what opened this ticket: a call, a message elsewhere."""

    actor: str


@dataclass(frozen=True, slots=True)
class Redraw:
    """An agent chose in the card's menu: drawn anew, it forgets the choice, which could not be chosen again otherwise."""


@dataclass(frozen=True, slots=True)
class Claim:
    actor: str
    agent: str
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Assign:
    actor: str
    assignment: Assignment
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Release:
    actor: str
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class SetStatus:
    actor: str
    status: Status
    reason: str = ""
    until: datetime | None = None  # for pending and hold
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class SetPriority:
    """Exactly one of the three is given."""

    actor: str
    priority: Priority | None = None
    urgency: Grade | None = None
    impact: Grade | None = None
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    actor: str
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Tell:
    """Answer an agent alone: help, or what was wrong with a command."""

    source: Source
    text: str
    buttons: tuple[tuple[str, str, str], ...] = ()  # action, label and value of each


@dataclass(frozen=True, slots=True)
class Why:
    """An agent asks why the rules did what they did, or why one of them (`rule`) did or didn't."""

    source: Source
    rule: str = ""


@dataclass(frozen=True, slots=True)
class AcceptParticipant:
    """An agent lets somebody write into the ticket."""

    actor: str
    address: str
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """What of a ticket goes into another one, and how the ticket stood before: enough to undo it."""

    messages: tuple[int, ...] = ()
    conversations: tuple[int, ...] = ()
    deadlines: tuple[tuple[str, datetime], ...] = ()
    people: tuple[str, ...] = ()  # whom the other ticket lets in by it
    known: tuple[
        tuple[str, str | None], ...
    ] = ()  # what each of them was to it before: accepted, proposed, None
    words: tuple[
        tuple[str, str, int], ...
    ] = ()  # what customers wrote: name, text, message; for the other ticket's thread


@dataclass(frozen=True, slots=True)
class JoinInto:
    """This ticket, with all it holds, goes into another one."""

    actor: str
    into: int
    ref: str  # of the other one
    because: str
    moved: Moved
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class TakeIn:
    """The other half: this ticket takes another one in."""

    actor: str
    taken: int
    ref: str  # of the one it takes in
    because: str
    moved: Moved


@dataclass(frozen=True, slots=True)
class GiveBack:
    """The undo's first half: what came from a ticket goes back to it. `moved` is what stands in this one's custody now."""

    actor: str
    to: int
    ref: str
    moved: Moved


@dataclass(frozen=True, slots=True)
class StandAlone:
    """The undo's other half: a ticket that went into another one is itself again, as it was before."""

    actor: str
    was_in: int
    ref: str
    status: Status
    resolved_at: datetime | None
    closed_at: datetime | None
    pending_until: datetime | None
    deadlines: tuple[tuple[str, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class OpenPart:
    """A ticket of its own for the last part of another one, `of`. `words`: name, text and message of what customers wrote in it."""

    actor: str
    of: Ticket
    subject: str
    words: tuple[tuple[str, str, int], ...] = ()
    people: tuple[str, ...] = ()  # who besides its contact may write into it


@dataclass(frozen=True, slots=True)
class PartWith:
    """The other half: `messages` go from this ticket to the new one."""

    actor: str
    into: int
    ref: str  # of the new one
    messages: tuple[int, ...]
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class LinkWith:
    """This ticket and another one name each other, or (`undo`) no longer; `here`: in the ticket in which it was asked for."""

    actor: str
    other: int
    ref: str
    subject: str
    here: bool
    source: Source | None = None
    undo: bool = False


@dataclass(frozen=True, slots=True)
class Revised:
    """A customer changed, in a chat, what they had written."""

    actor: str
    text: str


@dataclass(frozen=True, slots=True)
class Retracted:
    """A customer deleted, in a chat, what they had written."""

    actor: str


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


@dataclass(frozen=True, slots=True)
class Ruled:
    """The rules' word on an open ticket, at an event that is no message from outside."""

    event: Event
    verdict: Verdict
    assignment: Assignment | None  # None: it stays as it is
    idle_at: (
        datetime | None
    )  # when they are asked at the event `idle` next; None: not before something happens
    answerable: bool = True  # a person has written: automatic mail is never answered
    spent: Literal["", "now", "before"] = ""  # the contact has had all the automatic answers of a day (`deskd.manners`)


@dataclass(frozen=True, slots=True)
class Due:
    """The clock's word: a deadline has come."""

    kind: str


Command = (
    Receive
    | ReceiveUnreadable
    | Reply
    | Note
    | Edit
    | Withdraw
    | SendNote
    | Claim
    | Assign
    | Release
    | SetStatus
    | SetPriority
    | Tag
    | Escalate
    | Deescalate
    | Clocked
    | Accept
    | Away
    | Back
    | Dispatched
    | HandoffLate
    | HandOver
    | Promise
    | EndTask
    | Invite
    | TasksDue
    | Tell
    | Why
    | Sent
    | NotSent
    | NotFetched
    | NotShown
    | PerhapsSent
    | SentAgain
    | Settle
    | Bounced
    | AcceptParticipant
    | JoinInto
    | TakeIn
    | GiveBack
    | StandAlone
    | OpenPart
    | PartWith
    | LinkWith
    | KeepInside
    | Logged
    | Posted
    | Redraw
    | Revised
    | Retracted
    | Said
    | SaidAnew
    | Unsaid
    | Joined
    | Owned
    | Rated
    | Commented
    | Blocked
    | Replaced
    | Dropped
    | Requeue
    | Stop
    | Ruled
    | Due
)
