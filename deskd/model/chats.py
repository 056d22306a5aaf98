"""What a chat's program brings and takes: people's words, files and presses; the bot's words, with spans for their formatting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from deskd.model.outgoing import Button, OutgoingFile

ChatKind = Literal["private", "group", "channel", ""]


@dataclass(frozen=True, slots=True)
class ChatFile:
    """A file in a chat, not fetched yet. `size`: bytes, 0 where it isn't said; `kind`: photo, document, voice…"""

    id: str
    name: str
    type: str
    size: int
    kind: str


@dataclass(frozen=True, slots=True)
class ChatUpdate:
    """Something that happened in a chat of the bot's. Ids are the program's own, as text.

    `text` is what a person wrote, and in brackets what else they sent; `command` a leading `/command` without slash and name, `argument` what follows it.
    """

    kind: Literal["message", "edit", "press", "member", "moved", "other"]
    chat: str = ""
    chat_kind: ChatKind = ""
    user: str = ""
    name: str = ""
    language: str = ""  # of the person's app
    message: str = ""  # its id; of a press: the message that holds the button
    thread: str = ""  # a forum's topic
    date: datetime | None = None
    text: str = ""
    command: str = ""
    argument: str = ""
    called: str = ""  # /command@name: the name, lower case
    files: tuple[ChatFile, ...] = ()
    album: str = ""  # what several messages with a file each have in common
    answers: str = ""  # the message it answers
    answers_user: str = ""  # and who wrote that
    mentions: tuple[str, ...] = ()  # names, lower case
    bot: bool = False
    query: str = ""  # a press, to be acknowledged
    data: str = ""  # and what its button says
    moved_to: str = ""
    member: bool = True  # False: the bot was blocked or put out
    reason: str = ""  # for `other`: what it is and why nobody acts on it


@dataclass(frozen=True, slots=True)
class Span:
    """Formatting of a part of a text; `offset` and `length` in UTF-16 code units (core.telegram.org/bots/api#messageentity)."""

    kind: Literal["bold", "italic", "strikethrough", "code", "pre", "text_link", "blockquote"]
    offset: int
    length: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    text: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class SendChat:
    """Words and files for a chat: `parts` one after the other, then the files. What is `done` of that, counted in messages, has gone already.

    `buttons`, by rows, stand under the last part. `answers`: the message of the person's that the first part answers.
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
