"""What comes in: raw messages, and what was understood of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Literal

from deskd.model.terms import Kind


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a mail was handed over (RFC 5321): what no header can be trusted to tell. Empty for chats and imports."""

    mail_from: str | None = None  # "" is the null sender <>, None: not known (an import)
    rcpt_to: tuple[str, ...] = ()
    peer: str = ""  # IP address of the client
    helo: str = ""

    @property
    def from_outside(self) -> bool:
        """Whether it came straight from the Internet: an address of our own network is a relay's, and says nothing of the sender."""
        try:
            return ip_address(self.peer.partition("%")[0]).is_global
        except ValueError:
            return False


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
    unique: str = ""  # what no other file has (Telegram); "" where the platform has no such name


@dataclass(frozen=True, slots=True)
class Gesture:
    """Something a person did in Slack: wrote, edited, deleted, reacted, pressed a button.

    `ts` is the message it concerns (for a reaction or a press: the message reacted to or that holds the button); `thread_ts` its thread's root,
    equal to `ts` or None for a root. `text` is Slack's mrkdwn as received.
    """

    kind: Literal[
        "message",
        "edit",
        "delete",
        "react",
        "unreact",
        "press",
        "submit",
        "command",
        "home",
        "unsigned",
        "other",
    ]
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
    album: str = ""  # what several messages with a file each have in common (Telegram)
    aside: bool = False  # written as the answer to a colleague's message (Telegram)
    view: str = ""  # the name of the modal it was done in; "home" for the home tab
    about: str = ""  # what that modal was given to carry
    reason: str = (
        ""  # for `other` and `unsigned` (nobody knows who wrote it): what it is and why nobody acts on it
    )


UNDATED = "recheck"
"""`Gesture.event_ts` of a reaction that was found standing: nobody says any more when it was given, or whether it was told of then."""
