"""What `desk` needs to know of a ticket to decide; the store reads it in the transaction that will hold the changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from deskd.clock.duty import Absence
from deskd.model import Anchor, Contact, DeliveryState, Direction, Kind, OutboxState, Status, Ticket


@dataclass(frozen=True, slots=True)
class KnownMessage:
    """A message of the ticket's: the one a command is about."""

    id: int
    direction: Direction
    author: str  # contact:ADDRESS, agent:KEY, rule:NAME or system
    text: str
    markup: str  # an agent's own words, as Slack has them
    kind: Kind
    delivery: DeliveryState | None
    sent_at: datetime
    source: tuple[str, str] | None = None  # Slack channel and ts, where an agent wrote it
    outbox_id: int | None = None  # the row that carries it to the customer
    outbox_state: OutboxState | None = None
    then: Status | None = None  # the ticket's status once it has gone


@dataclass(frozen=True, slots=True)
class HeldAnswer:
    """An answer that waits: the row that carries it, and where in Slack it was written."""

    outbox_id: int
    message_id: int
    author: str
    channel: str
    ts: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class State:
    """A ticket as it stands. `ticket` None: none is open yet, the command opens one, as `next_ref`."""

    ticket: Ticket | None
    contact: Contact | None
    anchors: tuple[Anchor, ...] = ()
    message: KnownMessage | None = None
    conversation_id: int | None = None  # of the customer's last message: where an answer goes
    next_ref: str = ""
    absences: tuple[Absence, ...] = ()

    @property
    def home(self) -> Anchor | None:
        """The thread in which the ticket lives."""
        return next((anchor for anchor in self.anchors if anchor.role == "home"), None)
