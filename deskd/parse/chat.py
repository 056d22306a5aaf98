"""Stage parse, for customers who write in Slack: a gesture -> the same `Message` a mail becomes. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from deskd.compose.mrkdwn import to_text
from deskd.model import Address, Gesture, Message
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


def understand_chat(gesture: Gesture, languages: Sequence[str]) -> Message:
    """A chat has no headers: the text's start serves as subject, and who wrote it is Slack's own word."""
    text = to_text(gesture.text, {})
    body = "\n".join(part for part in (text, *(f"[{file.name}]" for file in gesture.files)) if part)
    return Message(
        sender=Address("", f"slack:{gesture.user}"),
        subject=start_of(body),
        date=_when(gesture.ts),
        language=detect(text, languages),
        text=body,
        body=body,
        fingerprint=hashlib.sha256(f"slack:{gesture.channel}:{gesture.ts}".encode()).hexdigest(),
    )


def _when(ts: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(ts), UTC)
    except (ValueError, OverflowError, OSError):
        return None
