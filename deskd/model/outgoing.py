"""What goes out: cards, posts, mails, files, and the receipts for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from deskd.model.incoming import GestureFile
from deskd.model.terms import Priority, Status


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
    menu: tuple[Button, ...] = ()  # behind `more`
    more: str = "…"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in Slack: a channel as configured (id or #name) and the thread's root ts (None: the channel itself). In Telegram: a group, and a topic of it."""

    channel: str
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class PostCard:
    place: Place  # its `thread`: the one that was made for it already (a topic in Telegram)
    card: CardView


@dataclass(frozen=True, slots=True)
class UpdateCard:
    place: Place  # its `thread` is the card's own id
    card: CardView


@dataclass(frozen=True, slots=True)
class Span:
    """Formatting of a part of a text; `offset` and `length` in UTF-16 code units (core.telegram.org/bots/api#messageentity)."""

    kind: Literal["bold", "italic", "strikethrough", "code", "pre", "text_link", "blockquote", "text_mention"]
    offset: int
    length: int
    url: str = ""  # of a text_link; of a text_mention the person's id


@dataclass(frozen=True, slots=True)
class Post:
    """A message in a ticket's thread. `text` is plain, never markup; `mentions` are put in front of it: Slack ids (U…, S…), or ID:NAME in Telegram.

    Where it goes as several messages, `done` of them have gone already.
    """

    place: Place
    text: str
    author: str = ""  # shown as the poster's name; "": the bot itself
    mentions: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    attachments: tuple[str, ...] = ()  # names and sizes, one line each
    most: int = 0  # characters of a long text that are shown; 0: as many as the channel takes
    spans: tuple[Span, ...] = ()  # how parts of the text look
    done: int = 0


@dataclass(frozen=True, slots=True)
class React:
    place: Place  # `thread` is the ts of the message reacted to
    emoji: str  # without colons
    add: bool = True


@dataclass(frozen=True, slots=True)
class Ephemeral:
    """For one agent; in Telegram, which has nothing of that kind, a message that calls them."""

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
    """Files for a thread, as one message of it; in Telegram as several, of which `done` have gone already."""

    place: Place
    files: tuple[OutgoingFile, ...]
    done: int = 0


@dataclass(frozen=True, slots=True)
class FetchFiles:
    """Nothing to send: files that an agent put into Slack are to be brought here, in all at most `most` bytes."""

    files: tuple[GestureFile, ...]
    most: int


@dataclass(frozen=True, slots=True)
class Words:
    text: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class SendChat:
    """Words and files for a chat: `parts` one after the other, then the files. What is `done` of that, counted in messages, has gone already.

    `buttons`, by rows, stand under the last part; a button's `action` is what comes back when it is pressed. `answers`: the person's message that the first part
    answers.
    """

    chat: str
    parts: tuple[Words, ...]
    files: tuple[OutgoingFile, ...] = ()
    thread: str = ""
    answers: str = ""
    buttons: tuple[tuple[Button, ...], ...] = ()
    done: int = 0


@dataclass(frozen=True, slots=True)
class AmendChat:
    """A message of the bot's reads otherwise now."""

    chat: str
    message: str
    words: Words
    buttons: tuple[tuple[Button, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """The program stops showing that a press is under way, and perhaps shows a word."""

    query: str
    text: str = ""


Content = (
    PostCard
    | UpdateCard
    | Post
    | React
    | Ephemeral
    | SendMail
    | PostFiles
    | FetchFiles
    | SendChat
    | AmendChat
    | Acknowledge
)


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
    """The other side's word that it has it. `refused`: recipients a mail server would not take, with its answer.

    With a `thread` and no `external_id` it is of a first step: a card's topic was made. That is kept, and the card delivered into it.
    """

    external_id: str = ""  # a Slack ts, a mail server's queue line
    place: str = ""  # the Slack channel's id, where the delivery named it otherwise (#front)
    thread: str = (
        ""  # of a card: the thread that it heads, where that isn't the card itself (a topic in Telegram)
    )
    refused: Mapping[str, str] = field(default_factory=dict)
    files: tuple[bytes, ...] = ()  # what `FetchFiles` asked for, in its order
