"""Stage parse, for customers who write in chats: a gesture in Slack, or an update of Telegram's -> the same `Message` a mail becomes. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from deskd.compose.ids import mask_tokens
from deskd.compose.mrkdwn import to_text
from deskd.model import Address, Attachment, Gesture, Message
from deskd.model.chats import ChatUpdate
from deskd.parse.language import detect
from deskd.words import start_of


def from_customer(gesture: Gesture, customers: Sequence[str], agents: Sequence[str]) -> bool:
    """Whether a customer wrote it: in a channel where customers write, or to the bot alone (Slack's D… channels)."""
    written = gesture.kind == "message" and not gesture.bot and bool(gesture.user)
    return written and where_customers_write(gesture, customers) and gesture.user not in agents


def where_customers_write(gesture: Gesture, customers: Sequence[str]) -> bool:
    return gesture.channel in customers or gesture.channel.startswith("D")


def thread_key(gesture: Gesture) -> str:
    """The chat it belongs to: a thread of a shared channel, or all of a direct exchange."""
    if gesture.channel.startswith("D"):
        return gesture.channel
    return f"{gesture.channel}:{gesture.thread_ts or gesture.ts}"


def understand_chat(gesture: Gesture, languages: Sequence[str], name: str = "") -> Message:
    """A chat has no headers: the text's start serves as subject, and who wrote it is Slack's own word. Files are named, and fetched later."""
    text = mask_tokens(to_text(gesture.text, {}))
    body = text or "\n".join(f"[{file.name}]" for file in gesture.files)
    return Message(
        sender=Address(name, f"slack:{gesture.user}"),
        subject=start_of(body),
        date=_when(gesture.ts),
        language=detect(text, languages),
        text=text,
        body=body,
        attachments=tuple(Attachment(file.name, file.type, file.size, "") for file in gesture.files),
        fingerprint=hashlib.sha256(f"slack:{gesture.channel}:{gesture.ts}".encode()).hexdigest(),
    )


def _when(ts: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(ts), UTC)
    except (ValueError, OverflowError, OSError):
        return None


# ── programs with chats of their own: Telegram ───────────────────────────────────────────────────────────────────────


def chat_key(update: ChatUpdate) -> str:
    """The exchange a message belongs to: all of a private chat; in a group, one person's part of it, and of a topic."""
    if update.chat_kind == "private":
        return update.chat
    return ":".join(part for part in (update.chat, update.user, update.thread) if part)


def fingerprint_of(account: str, update: ChatUpdate) -> str:
    """The same for a message that comes again under another number, and for the messages of one album."""
    told = hashlib.sha256("\0".join((update.text, *(file.id for file in update.files))).encode()).hexdigest()
    what = f"album:{update.album}" if update.album else f"{update.message}:{told}"
    return hashlib.sha256(f"telegram:{account}:{update.chat}:{what}".encode()).hexdigest()


def without_tokens(update: ChatUpdate) -> ChatUpdate:
    """As people may see it: a link that is quoted would let whoever reads it in where its owner may go. What a command brings (`argument`) stays as it is."""
    return replace(update, text=mask_tokens(update.text))


def understand_update(update: ChatUpdate, account: str, languages: Sequence[str]) -> Message:
    """Who wrote it is the program's own word; its files are named, and fetched later. The language of a person's app is a guess where the text tells none."""
    update = without_tokens(update)
    body = update.text or "\n".join(f"[{file.name}]" for file in update.files)
    return Message(
        sender=Address(update.name, f"telegram:{update.user}"),
        subject=start_of(body),
        date=update.date,
        language=detect(update.text, languages) or spoken(tuple(languages), update.language),
        text=update.text,
        body=body,
        attachments=tuple(Attachment(file.name, file.type, file.size, "") for file in update.files),
        fingerprint=fingerprint_of(account, update),
    )


def spoken(languages: tuple[str, ...], wanted: str) -> str | None:
    """The desk's language that is meant by an app's (`pt-br`, `en`); None where the desk doesn't speak it."""
    code = wanted.lower()
    for language in languages:
        if language.lower() in (code, code.partition("-")[0]) or language.lower().partition("-")[0] == code:
            return language
    return None
