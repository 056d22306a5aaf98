"""What a chat's program brings: people's words, files and presses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ChatKind = Literal["private", "group", "channel", ""]


@dataclass(frozen=True, slots=True)
class ChatFile:
    """A file in a chat, not fetched yet. `size`: bytes, 0 where it isn't said; `kind`: photo, document, voice…; `unique`: what no other file has, "" where the
    program has no such name."""

    id: str
    name: str
    type: str
    size: int
    kind: str
    unique: str = ""


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
