"""What can be asked of the desk: what people wrote, agents did, the outbox reports and the clock says.

`actor` is `agent:KEY`, `contact:ADDRESS`, `rule:NAME`, `clock` or `system` (INTERFACE.md section 3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
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
from deskd.desk.moving import GiveBack as GiveBack
from deskd.desk.moving import JoinInto as JoinInto
from deskd.desk.moving import LinkWith as LinkWith
from deskd.desk.moving import Moved as Moved
from deskd.desk.moving import OpenPart as OpenPart
from deskd.desk.moving import PartWith as PartWith
from deskd.desk.moving import StandAlone as StandAlone
from deskd.desk.moving import TakeIn as TakeIn
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
from deskd.desk.writing import Edit as Edit
from deskd.desk.writing import Further as Further
from deskd.desk.writing import KeepInside as KeepInside
from deskd.desk.writing import Note as Note
from deskd.desk.writing import Posted as Posted
from deskd.desk.writing import Reply as Reply
from deskd.desk.writing import Said as Said
from deskd.desk.writing import SaidAnew as SaidAnew
from deskd.desk.writing import SendNote as SendNote
from deskd.desk.writing import Unsaid as Unsaid
from deskd.desk.writing import Withdraw as Withdraw
from deskd.model import (
    Address,
    Assignment,
    AuthVerdict,
    Grade,
    Joining,
    Message,
    Priority,
    Status,
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
    spent: Literal["", "now", "before"] = (
        ""  # they have had all the automatic answers of a day (`deskd.manners`)
    )
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
    telegram_link: str = ""  # the one that an automatic answer may hold


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
class Revised:
    """A customer changed, in a chat, what they had written. `chat`: where, with the file that they put in another's place; `known`: the message's other files."""

    actor: str
    text: str
    channel: str = ""
    chat: InChat | None = None
    known: int = 0


@dataclass(frozen=True, slots=True)
class Retracted:
    """A customer deleted, in a chat, what they had written."""

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
    spent: Literal["", "now", "before"] = (
        ""  # the contact has had all the automatic answers of a day (`deskd.manners`)
    )
    telegram_link: str = ""  # the one that an automatic answer may hold


@dataclass(frozen=True, slots=True)
class Due:
    """The clock's word: a deadline has come."""

    kind: str


Command = (
    Receive
    | ReceiveUnreadable
    | Reply
    | Note
    | Further
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
