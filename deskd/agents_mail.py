"""What an agent's mail says to the customer, and what of it stays inside. Pure."""

from __future__ import annotations

from deskd import typed, words
from deskd.compose.slack_inline import unescape
from deskd.config import Settings
from deskd.model import Message


def spoken(settings: Settings, message: Message) -> tuple[str | None, str]:
    """What they newly wrote, for the customer, and ""; or None and why it stays inside.

    `note:`, `//`, `!…` and mentions keep it inside as they do in a thread. Files would be lost on the way, so nothing goes without them.
    """
    language = settings.desk.agent_language
    if any(not file.inline for file in message.attachments):
        return None, words.say(language, "has_files")
    slack = next(iter(settings.slack_channels().values()), None)
    replies = slack.replies if slack else "public"
    plain = message.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    read = typed.classify(plain, replies=replies, settings=settings, people={})
    if read.kind != "reply" or not read.text.strip():
        return None, words.say(language, "no_reply_meant")
    return unescape(read.text).strip(), ""
