"""What became of held replies while nobody listened: each is read back, and what was missed is made into the event it would have been.

In: replies as the desk knows them. Out: bodies of events (`event_callback`), for the connector to accept like any other: an edit, a
deletion, an ❌. Raises `TemporaryFailure` when Slack can't be asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.slack.api import SlackApi
from connectors.slack.identify import digest
from connectors.slack.outcome import refusal
from deskd.errors import PermanentFailure, TemporaryFailure
from deskd.ports import HeldReply

Json = dict[str, Any]

STOP = "x"
"""The reaction that stops a held reply: ❌."""
_MAX_PAGES = 20


async def missed(reply: HeldReply, api: SlackApi) -> list[Json]:
    """The events that this reply's fate amounts to, in the order to take them; none when nothing happened."""
    try:
        message = await _read(reply, api)
    except PermanentFailure as error:
        if refusal(error) in ("thread_not_found", "message_not_found"):
            return [_deleted(reply)]
        raise TemporaryFailure(f"Slack can't be asked what became of a held reply: {error}") from error
    if message is None or message.get("subtype") == "tombstone":
        return [_deleted(reply)]
    return _edits(reply, message) + _stops(reply, message)


async def _read(reply: HeldReply, api: SlackApi) -> Json | None:
    """The message as it stands, None when it is gone: that is said only of a thread whose root Slack shows, read to its end."""
    seen: set[str] = set()
    pages = api.pages(
        api.client.conversations_replies,
        "messages",
        most=_MAX_PAGES,
        channel=reply.channel,
        ts=reply.thread_ts,
        limit=200,
    )
    async for message in pages:
        if message.get("ts") == reply.ts:
            return message
        seen.add(str(message.get("ts")))
    if reply.thread_ts not in seen:
        raise TemporaryFailure(f"Slack shows nothing of the thread {reply.thread_ts} in {reply.channel}")
    return None


def _edits(reply: HeldReply, message: Json) -> list[Json]:
    text = str(message.get("text") or "")
    if text == reply.text:
        return []
    edited = message.get("edited")
    if not isinstance(edited, dict) or not edited.get("ts"):
        edited = {
            "user": message.get("user"),
            "ts": digest(text),
        }  # equal for the same text, whenever it is asked
    message = {**message, "edited": edited, "thread_ts": message.get("thread_ts") or reply.thread_ts}
    return [_event("message", reply, subtype="message_changed", message=message, event_ts=str(edited["ts"]))]


def _stops(reply: HeldReply, message: Json) -> list[Json]:
    listed = message.get("reactions")
    reactions = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    users = [user for one in reactions if one.get("name") == STOP for user in one.get("users") or []]
    item = {"type": "message", "channel": reply.channel, "ts": reply.ts}
    return [
        _event("reaction_added", reply, user=user, reaction=STOP, item=item, event_ts="recheck")
        for user in users
    ]


def _deleted(reply: HeldReply) -> Json:
    before = {
        "type": "message",
        "user": reply.user,
        "ts": reply.ts,
        "thread_ts": reply.thread_ts,
        "text": reply.text,
    }
    return _event("message", reply, subtype="message_deleted", deleted_ts=reply.ts, previous_message=before)


def _event(kind: str, reply: HeldReply, **fields: Any) -> Json:
    event: Mapping[str, Any] = {"type": kind, "channel": reply.channel, **fields}
    return {"type": "event_callback", "event": dict(event), "deskd": "found by a recheck"}
