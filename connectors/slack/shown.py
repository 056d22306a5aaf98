"""What a channel or a thread holds, read back for `deskd reconcile`.

https://docs.slack.dev/reference/methods/conversations.replies (and conversations.history, whose pages it shares)
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from connectors.slack.api import Method, SlackApi
from connectors.slack.identify import METADATA_TYPE, external_id
from deskd.errors import Throttled
from deskd.ports import Shown

_PAGE: Final = 200
_NOT_WRITTEN: Final = frozenset(
    {
        "channel_join",
        "channel_leave",
        "channel_topic",
        "channel_purpose",
        "channel_name",
        "bot_message",
        "tombstone",
    }
)
"""Subtypes that Slack or a program made."""


async def shown(api: SlackApi, channel: str, thread: str | None, oldest: str) -> list[Shown]:
    asked: dict[str, Any] = {"channel": channel, "include_all_metadata": True, "limit": _PAGE}
    method: Method = api.client.conversations_history
    if thread is not None:
        method, asked["ts"] = api.client.conversations_replies, thread
    else:
        asked |= {"oldest": oldest, "inclusive": True}
    found: dict[str, Shown] = {}
    while True:
        answer = await _patiently(api, method, asked)
        for message in answer.get("messages") or ():
            found[str(message.get("ts"))] = _shown(channel, message)
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return sorted(found.values(), key=lambda one: float(one.ts))
        asked["cursor"] = cursor


async def _patiently(api: SlackApi, method: Method, asked: Mapping[str, Any]) -> dict[str, Any]:
    while True:
        try:
            return await api.call(method, **asked)
        except Throttled as slower:
            await asyncio.sleep(slower.retry_after.total_seconds() if slower.retry_after else 30.0)


def _shown(channel: str, message: Mapping[str, Any]) -> Shown:
    ts, thread = str(message.get("ts")), message.get("thread_ts")
    return Shown(
        channel,
        ts,
        None if thread in (None, ts) else str(thread),
        _key(message),
        external_id(_as_event(channel, message)) if _is_written(message) else None,
    )


def _is_written(message: Mapping[str, Any]) -> bool:
    """By a person, as far as Slack tells."""
    return (
        bool(message.get("user")) and not message.get("bot_id") and message.get("subtype") not in _NOT_WRITTEN
    )


def _as_event(channel: str, message: Mapping[str, Any]) -> dict[str, Any]:
    """As it would have come by socket."""
    return {
        "type": "event_callback",
        "event": {"type": "message", "channel": channel, "ts": message.get("ts")},
    }


def _key(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != METADATA_TYPE:
        return None
    key = (metadata.get("event_payload") or {}).get("key")
    return None if key is None else str(key)
