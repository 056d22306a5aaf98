"""Whether a post of unknown outcome arrived: its thread (or channel) is read back and its delivery's key looked for.

In: a `Delivery`. Out: its receipt, or None if it surely isn't there. Raises `TemporaryFailure` when that can't be told now: a "not there"
that is wrong would post twice. https://docs.slack.dev/messaging/message-metadata
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from connectors.slack.api import Method, SlackApi
from connectors.slack.identify import METADATA_TYPE
from connectors.slack.outcome import refusal
from connectors.slack.places import Places
from deskd.errors import PermanentFailure, TemporaryFailure
from deskd.model import Delivery, Post, PostCard, Receipt

_PAGE = 200
_MAX_PAGES = 20


async def look_up(delivery: Delivery, api: SlackApi, places: Places) -> Receipt | None:
    content = delivery.content
    if not isinstance(content, PostCard | Post):
        return None  # an update, a reaction, a whisper: made again, it does no harm
    channel = await places.channel(content.place.channel)
    try:
        async for message in messages_of(channel, content.place.thread, api):
            if _key(message) == delivery.key:
                return Receipt(str(message.get("ts") or ""), place=channel)
    except PermanentFailure as error:
        if refusal(error) == "thread_not_found":
            return None
        raise TemporaryFailure(f"Slack can't be asked whether a post arrived: {error}") from error
    return None


async def messages_of(channel: str, thread: str | None, api: SlackApi) -> AsyncIterator[dict[str, Any]]:
    """The thread's messages, or the channel's, newest first; some thousands of them at the most."""
    asked: dict[str, Any] = {"channel": channel, "include_all_metadata": True, "limit": _PAGE}
    method: Method = api.client.conversations_history
    if thread is not None:
        method, asked["ts"] = api.client.conversations_replies, thread
    async for message in api.pages(method, "messages", most=_MAX_PAGES, **asked):
        yield message


def _key(message: dict[str, Any]) -> str | None:
    metadata = message.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("event_type") != METADATA_TYPE:
        return None
    payload = metadata.get("event_payload")
    return payload.get("key") if isinstance(payload, dict) else None
