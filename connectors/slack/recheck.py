"""What became of held replies while nobody listened: each is read back, and what was missed is made into the event it would have been.

In: replies as the desk knows them. Out: bodies of events (`event_callback`), for the connector to accept like any other: an edit, a
deletion, an ❌. Raises `TemporaryFailure` when Slack can't be asked now. Where it never shows it (a missing scope, a method that isn't there) the reply
goes as the desk knows it: better than a customer who waits for good.
"""

from __future__ import annotations

import logging
from typing import Any

from connectors.slack import missed
from connectors.slack.api import SlackApi
from connectors.slack.identify import digest
from connectors.slack.outcome import refusal
from deskd.errors import PermanentFailure, TemporaryFailure, Unsupported
from deskd.ports import HeldReply

Json = dict[str, Any]

log = logging.getLogger(__name__)

_NEVER_SHOWN = frozenset({"missing_scope", "no_permission", "access_denied"})
STOP = "x"
"""The reaction that stops a held reply: ❌."""
_MAX_PAGES = 20


async def changes(reply: HeldReply, api: SlackApi) -> list[Json]:
    """The events that this reply's fate amounts to, in the order to take them; none when nothing happened."""
    try:
        message = await _read(reply, api)
    except (PermanentFailure, TemporaryFailure) as error:
        if refusal(error) in ("thread_not_found", "message_not_found"):
            return [_deleted(reply)]
        if not isinstance(error, PermanentFailure) and refusal(error) not in _NEVER_SHOWN:
            raise
        # Nobody will ever tell: better that the customer has the answer than that it waits for good.
        log.warning("Slack doesn't show what became of a held reply, so it goes: %s", error)
        return []
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
        raise Unsupported(f"Slack shows nothing of the thread {reply.thread_ts} in {reply.channel}")
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
    change = str(edited["ts"])
    return [
        missed.event("message", reply.channel, subtype="message_changed", message=message, event_ts=change)
    ]


def _stops(reply: HeldReply, message: Json) -> list[Json]:
    given = missed.reactions(reply.channel, {**message, "ts": reply.ts})
    return [one for one in given if one["event"]["reaction"] == STOP]


def _deleted(reply: HeldReply) -> Json:
    return missed.deletion(reply.channel, reply.ts, reply.thread_ts, user=reply.user, text=reply.text)
