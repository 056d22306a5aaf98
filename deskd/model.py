"""The values that travel through deskd, all frozen.

A `RawMessage` is what a connector took; `Message` is what parse made of a mail or chat message, `Gesture` what it made of
something an agent did in Slack; `Ticket` and its parts are what the store holds; a `Delivery` is what a connector is to send.
Times are timezone-aware UTC. Addresses keep the case they were written in; compare by `Address.key`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Status = Literal["new", "open", "pending", "hold", "resolved", "closed", "spam"]
Priority = Literal["low", "normal", "high", "urgent"]
Grade = Literal["low", "medium", "high"]
"""Urgency and impact."""
Direction = Literal["in", "out", "note"]
Kind = Literal["message", "auto_reply", "bounce", "complaint", "bulk"]
DeliveryState = Literal["queued", "held", "sent", "failed", "bounced", "unknown", "cancelled"]
InboxState = Literal["received", "working", "filed", "applied", "duplicate", "discarded", "quarantined"]
OutboxState = Literal["held", "queued", "sending", "sent", "failed", "bounced", "unknown", "cancelled"]
Surface = Literal["mail", "slack", "telegram", "phone"]

Waiting = Literal["", "off_duty", "full", "unskilled", "by_hand", "released"]
"""Why nobody has a ticket: nobody of its team is on duty, all have enough, nobody has the skills, a dispatcher or whoever claims it decides, it was
let go."""

PRIORITIES: tuple[Priority, ...] = ("low", "normal", "high", "urgent")
GRADES: tuple[Grade, ...] = ("low", "medium", "high")


# ── what comes in ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a mail was handed over (RFC 5321): what no header can be trusted to tell. Empty for chats and imports."""

    mail_from: str | None = None  # "" is the null sender <>, None: not known (an import)
    rcpt_to: tuple[str, ...] = ()
    peer: str = ""  # IP address of the client
    helo: str = ""


@dataclass(frozen=True, slots=True)
class RawMessage:
    """What a connector took, before anyone looked inside.

    `external_id` is the source's own id of this delivery, unique within (`channel`, `source`): a second one with the same id is the
    same delivery coming again. SMTP has none, so each acceptance there gets a fresh one.
    """

    channel: str  # the channel's key in deskd.yaml
    source: str  # smtp | lmtp | imap | ingest | slack | telegram
    external_id: str
    payload: bytes
    envelope: Envelope = Envelope()
    live: bool = True  # False: history brought by `ingest`; opens no threads, sends nothing


@dataclass(frozen=True, slots=True)
class Position:
    """Up to where an account's source has been read. It is kept in the commit of the last raw message that it covers.

    What `value` says is the connector's own: a Telegram offset, a mailbox's uidvalidity and last uid.
    """

    account: str  # the channel's key in deskd.yaml
    place: str  # a folder, or whatever the account tells its sources apart by
    value: str


_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def address_key(address: str) -> str:
    """By what addresses are compared: ASCII letters in lower case, all else as it is.

    Unicode's own folding would make one of two people's: `straße` and `strasse` are two mailboxes, as are `k` and the Kelvin sign.
    """
    return address.strip().translate(_LOWER)


@dataclass(frozen=True, slots=True)
class Address:
    name: str
    address: str

    @property
    def key(self) -> str:
        return address_key(self.address)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message. `name` is data for people, never a path; `data` is None once it lies in the store."""

    name: str
    type: str  # media type, lower case: application/pdf
    size: int  # bytes, decoded
    sha256: str  # hex, of the decoded bytes
    data: bytes | None = None
    cid: str | None = None  # Content-ID without <>
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Bounce:
    """One recipient a mail did not reach. RFC 3464 2.3; `status` as RFC 3463 writes it (5.1.1), or None."""

    address: str
    permanent: bool
    status: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Message:
    """What parse understood of one message from outside, whatever the channel."""

    sender: Address  # the From line, or the chat's person (telegram:ID, slack:ID)
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    subject: str = ""
    date: datetime | None = None  # UTC; None when missing or unreadable
    message_id: str | None = None  # without <>
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()  # oldest first
    kind: Kind = "message"
    language: str | None = None  # it, en, …; None: too short to tell
    text: str = ""  # newly written
    body: str = ""  # all of it, plain
    html: str | None = None  # sanitised, for showing; None when there was none
    attachments: tuple[Attachment, ...] = ()
    bounces: tuple[Bounce, ...] = ()
    defects: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()  # decoded, in order, as named in the mail; for rules
    fingerprint: str = (
        ""  # hex SHA-256 of Message-ID, From, Date, Subject and decoded parts: equal means the same mail
    )


@dataclass(frozen=True, slots=True)
class AuthVerdict:
    """Who really sent a mail: `fail` only where something was there to judge and it did not hold."""

    result: Literal["pass", "fail", "none"] = "none"
    because: str = "nothing to judge"


@dataclass(frozen=True, slots=True)
class Judged:
    """One method's result, as RFC 8601 writes it: `dkim=pass header.d=cliente.example`. All of it lower case; `properties` by ptype.property."""

    method: str
    result: str
    properties: tuple[tuple[str, str], ...] = ()

    def value(self, name: str) -> str:
        return next((value for key, value in self.properties if key == name), "")


@dataclass(frozen=True, slots=True)
class GestureFile:
    id: str
    name: str
    type: str
    size: int
    url: str


@dataclass(frozen=True, slots=True)
class Gesture:
    """Something a person did in Slack: wrote, edited, deleted, reacted, pressed a button.

    `ts` is the message it concerns (for a reaction or a press: the message reacted to or that holds the button); `thread_ts` its thread's root,
    equal to `ts` or None for a root. `text` is Slack's mrkdwn as received.
    """

    kind: Literal["message", "edit", "delete", "react", "unreact", "press", "submit", "other"]
    user: str  # the channel's authenticated user id; "" when the event names nobody
    channel: str
    ts: str
    thread_ts: str | None = None
    text: str = ""
    name: str = ""  # reaction without colons, or the button's action id
    value: str = ""
    edited_ts: str | None = None
    bot: bool = False  # written by a bot, ours or another
    event_ts: str = ""
    trigger_id: str = ""
    files: tuple[GestureFile, ...] = ()
    reason: str = ""  # for `other`: what it is and why nobody acts on it


# ── what the desk holds ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer: one person, several addresses."""

    id: int
    name: str
    address: str  # the one they wrote from: maria@cliente.example, telegram:ID, slack:ID
    language: str | None = None
    tags: tuple[str, ...] = ()
    tickets: int = 0


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket's own fields. `id` is the store's; `ref` (ACME-1042) is what people see."""

    id: int
    ref: str
    subject: str
    status: Status
    priority: Priority
    urgency: Grade
    impact: Grade
    channel: str
    team: str | None
    level: int
    assignee: str | None
    language: str
    contact_id: int
    created_at: datetime
    updated_at: datetime
    priority_set: bool = False  # someone set it outright: urgency and impact no longer decide
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    pending_until: datetime | None = None
    due_at: datetime | None = None
    messages: int = 0
    escalations: int = 0
    tags: tuple[str, ...] = ()
    merged_into: int | None = None
    warned: str = ""  # why its sender isn't proven; "" when there is nothing to warn of
    quarantined: bool = False  # a placeholder for a message that could not be read
    waiting: Waiting = ""
    skills: tuple[str, ...] = ()  # what a rule wants its agent to know
    handed_at: datetime | None = (
        None  # since when a handoff waits for the taking team's word; None: none does
    )


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a ticket is shown to agents. `thread` is None until its card was posted."""

    id: int
    surface: Surface
    account: str  # the Slack channel's key in deskd.yaml
    channel: str  # C0FRONT
    thread: str | None
    role: Literal["home", "guest"] = "home"


@dataclass(frozen=True, slots=True)
class RuleFired:
    name: str
    because: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which team and agent, and why."""

    team: str | None
    agent: str | None
    because: str


@dataclass(frozen=True, slots=True)
class Joining:
    """What threads decided: the ticket a message joins (None: it opens one), what it is linked to, and why."""

    ticket: int | None
    because: str
    link: int | None = None  # opens a new ticket, linked to this one
    warn: str = ""  # shown on the card
    duplicate_of: int | None = None  # a message id
    agent: str | None = None  # the roster agent who writes by mail
    absorb: tuple[
        int, ...
    ] = ()  # tickets that turn out to be this one: their mails answer this message, and came before it


# ── what goes out ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a post. `style` as Block Kit has it."""

    action: str
    label: str
    value: str
    style: Literal["", "primary", "danger"] = ""


@dataclass(frozen=True, slots=True)
class CardView:
    """All that a ticket's card shows, as plain text of anyone's making: the connector escapes it."""

    ref: str
    subject: str
    contact: str  # "Maria Rossi <maria@cliente.example>"
    channel: str
    status: Status
    priority: Priority
    level: int
    team: str
    assignee: str  # "" when nobody's
    tags: tuple[str, ...]
    due: datetime | None = None
    warning: str = ""
    created_at: datetime | None = None
    language: str = "en"  # what agents read
    buttons: tuple[Button, ...] = ()
    menu: tuple[Button, ...] = ()  # behind ⋯, at most five


@dataclass(frozen=True, slots=True)
class Place:
    """Where in Slack: a channel as configured (id or #name) and the thread's root ts (None: the channel itself)."""

    channel: str
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class PostCard:
    place: Place
    card: CardView


@dataclass(frozen=True, slots=True)
class UpdateCard:
    place: Place  # its `thread` is the card's own ts
    card: CardView


@dataclass(frozen=True, slots=True)
class Post:
    """A message in a ticket's thread. `text` is plain, never markup; `mentions` are Slack ids (U…, S…) put in front of it."""

    place: Place
    text: str
    author: str = ""  # shown as the poster's name; "": the bot itself
    mentions: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    attachments: tuple[str, ...] = ()  # names and sizes, one line each


@dataclass(frozen=True, slots=True)
class React:
    place: Place  # `thread` is the ts of the message reacted to
    emoji: str  # without colons
    add: bool = True


@dataclass(frozen=True, slots=True)
class Ephemeral:
    place: Place
    user: str
    text: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class SendMail:
    """A mail, its exact bytes (CRLF line ends) and its envelope. An empty `mail_from` is the null sender."""

    mail_from: str
    recipients: tuple[str, ...]
    content: bytes
    message_id: str


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file that goes out: with a reply, or to be shown to agents. `type` is its media type."""

    name: str
    type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class PostFiles:
    """Files for a thread, as one message of it."""

    place: Place
    files: tuple[OutgoingFile, ...]


@dataclass(frozen=True, slots=True)
class FetchFiles:
    """Nothing to send: files that an agent put into Slack are to be brought here, in all at most `most` bytes."""

    files: tuple[GestureFile, ...]
    most: int


Content = PostCard | UpdateCard | Post | React | Ephemeral | SendMail | PostFiles | FetchFiles


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of the outbox, ready for its connector. `key` is the same at each attempt and unique over all desks."""

    id: int
    channel: str  # the account it goes through: a channel's key in deskd.yaml
    key: str
    content: Content
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Receipt:
    """The other side's word that it has it. `refused`: recipients a mail server would not take, with its answer."""

    external_id: str = ""  # a Slack ts, a mail server's queue line
    place: str = ""  # the Slack channel's id, where the delivery named it otherwise (#front)
    refused: Mapping[str, str] = field(default_factory=dict)
    files: tuple[bytes, ...] = ()  # what `FetchFiles` asked for, in its order
