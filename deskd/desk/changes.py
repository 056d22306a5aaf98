"""What the desk decided, as values: the store applies them, in order, in the transaction in which it read the state.

A message or an anchor made by the same set of changes has no id yet: `NEW` stands for the newest one of its kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from deskd.model import AuthVerdict, Direction, Joining, Message, RuleFired, Surface, TaskKind

NEW: Final = -1


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """`values`: the ticket's columns but its id, number and reference, which the store gives."""

    values: Mapping[str, Any]
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetTicket:
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AddTags:
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoveTags:
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TagContact:
    tags: tuple[str, ...]
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AddIncoming:
    """A message from outside joins the ticket, with its attachments, the ids it names and what the rules made of it."""

    message: Message
    inbox_id: int
    channel: str
    received_at: datetime
    author: str
    rules_hash: str
    fired: tuple[RuleFired, ...]
    thread_key: str | None = None
    foreign: tuple[str, ...] = ()  # other desks' numbers in it
    direction: Direction = "in"
    reply: str | None = None  # an agent's mail, whose words go to the customer: these


@dataclass(frozen=True, slots=True)
class AddMessage:
    """A reply or a note of ours."""

    direction: Direction
    author: str
    text: str
    markup: str
    sent_at: datetime
    channel: str
    delivery: str | None = None
    conversation_id: int | None = None
    subject: str = ""
    body: str | None = None  # where it is more than `text`
    error: str | None = None  # why it won't go


@dataclass(frozen=True, slots=True)
class SetMessage:
    message_id: int
    values: Mapping[str, Any]
    keep_version: bool = False  # its text changes: keep the one it had
    actor: str = "system"


@dataclass(frozen=True, slots=True)
class AddEvent:
    type: str
    actor: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Queue:
    """A row for the outbox. `payload` by kind, see `deskd/outbox.py`."""

    kind: str
    channel: str
    conversation: str  # {ticket} in it stands for the ticket's id
    payload: Mapping[str, Any] = field(default_factory=dict)
    message_id: int | None = None
    anchor_id: int | None = None
    not_before: datetime | None = None
    held: bool = False


@dataclass(frozen=True, slots=True)
class SetOutbox:
    """Change a row that waits: its hold starts again, it is released or cancelled."""

    outbox_id: int
    state: str
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class RefreshCard:
    """Show the ticket's new state on its cards; those that wait already are enough."""


@dataclass(frozen=True, slots=True)
class AddAnchor:
    account: str
    channel: str
    role: str = "home"


@dataclass(frozen=True, slots=True)
class AddPost:
    """Remember that a message where agents read, or in a customer's chat (`surface`), is this message's."""

    channel: str
    ts: str
    role: str
    message_id: int | None = None
    surface: Surface = "slack"


@dataclass(frozen=True, slots=True)
class SetDeadline:
    kind: str
    at: datetime | None  # None: there is no such deadline any more


@dataclass(frozen=True, slots=True)
class AddLink:
    other_id: int
    kind: str
    because: str


@dataclass(frozen=True, slots=True)
class DropLink:
    other_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class SetParticipant:
    """Who else may write into the ticket (accepted), or is proposed to its agents; None: neither any more."""

    address: str
    state: Literal["accepted", "proposed"] | None
    actor: str


@dataclass(frozen=True, slots=True)
class Move:
    """Conversations and messages go from this ticket to another, as far as they still are in this one."""

    into: int
    conversations: tuple[int, ...]
    messages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EndInbox:
    """How the inbox row ends (invariant I2)."""

    inbox_id: int
    state: str
    reason: str | None = None
    joining: Joining | None = None
    auth: AuthVerdict | None = None
    facts: Mapping[str, Any] | None = None  # what the rules were told of it


@dataclass(frozen=True, slots=True)
class SetAbsence:
    """An agent goes away; `until` None: until they say that they are back."""

    agent: str
    since: datetime
    until: datetime | None
    because: str = ""


@dataclass(frozen=True, slots=True)
class EndAbsence:
    """The agent is back."""

    agent: str


@dataclass(frozen=True, slots=True)
class AddTask:
    """A callback or a visit was promised; the clock stands at it."""

    kind: TaskKind
    at: datetime
    place: str
    actor: str
    invited: int = 0


@dataclass(frozen=True, slots=True)
class SetTask:
    """`values`: its columns that change."""

    task_id: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class WakeQueues:
    """Somebody of these teams has room again: what waits in them is looked at."""

    teams: tuple[str, ...]


Change = (
    OpenTicket
    | SetTicket
    | AddTags
    | RemoveTags
    | TagContact
    | AddIncoming
    | AddMessage
    | SetMessage
    | AddEvent
    | Queue
    | SetOutbox
    | RefreshCard
    | AddAnchor
    | AddPost
    | SetDeadline
    | AddLink
    | DropLink
    | SetParticipant
    | Move
    | EndInbox
    | SetAbsence
    | EndAbsence
    | WakeQueues
    | AddTask
    | SetTask
)
