"""What an agent's mail says to the customer, and what of it stays inside. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from deskd import files, outside, typed, words
from deskd.compose.slack_inline import unescape
from deskd.config import Settings
from deskd.model import Attachment, Message


def spoken(settings: Settings, message: Message, channel: str, agent: str) -> tuple[str | None, str]:
    """What they newly wrote, for the customer of a ticket of this channel, and ""; or None and why it stays inside.

    `note:`, `//`, `!…` and mentions keep it inside as they do in a thread. Words go with their files or not at all: a chat doesn't get those of a mail.
    """
    language = settings.desk.agent_language
    if not outside.may_reply(settings, agent):
        return None, words.say(language, "outside_kept")
    carried = enclosed_in(message)
    if carried and channel not in settings.mail_channels():
        return None, words.say(language, "has_files")
    if (file := files.too_much(carried, "mail")) is not None:
        return None, words.say(language, "mailed_file_too_large", name=file.name)
    first = next(iter(settings.agents_channels().values()), None)
    replies = first.replies if first else "public"
    plain = message.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    read = typed.classify(plain, replies=replies, settings=settings, people={})
    if read.kind != "reply" or not read.text.strip():
        return None, words.say(language, "no_reply_meant")
    return unescape(read.text).strip(), ""


def enclosed_in(message: Message) -> Sequence[Attachment]:
    """The files of an agent's mail that are meant for the customer: not the pictures of their signature."""
    return [file for file in message.attachments if not file.inline]
