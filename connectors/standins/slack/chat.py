"""Web API: chat.* and reactions.*. Each function takes the acts and the call's arguments, and gives the answer's keys.

https://docs.slack.dev/reference/methods (the errors are those that a method's page names)
"""

from typing import Any

from connectors.standins.slack.acts import Acts
from connectors.standins.slack.blocks import check_blocks
from connectors.standins.slack.calls import flag
from connectors.standins.slack.shapes import message_json, reactions_json
from connectors.standins.slack.state import Channel, Ephemeral, Json, Message, SlackError

MAX_TEXT = 40_000


def _content(args: Json) -> Json:
    """Text, blocks and attachments of a message, checked. Raises no_text, msg_too_long, invalid_blocks."""
    text = str(args.get("text") or "")
    blocks = check_blocks(args.get("blocks") or [])
    attachments = args.get("attachments") or []
    if not (text or blocks or attachments):
        raise SlackError("no_text")
    if len(text) > MAX_TEXT:
        raise SlackError("msg_too_long")
    return {"text": text, "blocks": blocks, "attachments": attachments}


def writable(acts: Acts, channel_id: Any) -> Channel:
    """A channel the bot can write in. Raises channel_not_found, not_in_channel, is_archived."""
    channel = acts.workspace.channel(channel_id)
    if acts.workspace.bot.id not in channel.members:
        raise SlackError("not_in_channel" if channel.kind == "channel" else "channel_not_found")
    if channel.archived:
        raise SlackError("is_archived")
    return channel


def _metadata(args: Json) -> Json | None:
    found = args.get("metadata")
    if found is None:
        return None
    if not (
        isinstance(found, dict) and isinstance(found.get("event_type"), str) and "event_payload" in found
    ):
        raise SlackError("invalid_metadata_format")
    return {"event_type": found["event_type"], "event_payload": found["event_payload"]}


def _thread(channel: Channel, args: Json) -> str | None:
    """The thread that a post goes to; a reply's ts means the reply's thread. Raises thread_not_found."""
    thread_ts = args.get("thread_ts")
    if not thread_ts:
        return None
    parent = channel.messages.get(str(thread_ts))
    if parent is None:
        raise SlackError("thread_not_found")
    return parent.thread_ts or parent.ts


def _author(acts: Acts, args: Json) -> Json:
    """Who a post of the app seems to be from: its bot user, or with a name or icon of its own nobody (`bot_message`)."""
    bot = acts.workspace.bot
    common = {"bot_id": bot.bot_id, "app_id": acts.workspace.app_id}
    icons = {"emoji": args["icon_emoji"]} if args.get("icon_emoji") else None
    if args.get("icon_url"):
        icons = {"image_48": args["icon_url"]}
    if args.get("username") or icons:
        username = str(args.get("username") or bot.real_name)
        return common | {"user": None, "subtype": "bot_message", "username": username, "icons": icons}
    return common | {"user": bot.id}


def post_message(acts: Acts, args: Json) -> Json:
    """chat.postMessage"""
    channel = writable(acts, args.get("channel"))
    content, thread_ts = _content(args), _thread(channel, args)
    author = _author(acts, args)
    if thread_ts and flag(args, "reply_broadcast"):
        author["subtype"] = author.get("subtype") or "thread_broadcast"
    message = Message(
        ts=acts.workspace.next_ts(),
        channel=channel.id,
        thread_ts=thread_ts,
        metadata=_metadata(args),
        **content,
        **author,
    )
    acts.post(channel, message)
    shown = message_json(acts.workspace, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


def _own(acts: Acts, args: Json, refusal: str) -> Message:
    message = acts.workspace.message(writable(acts, args.get("channel")).id, args.get("ts"))
    if message.bot_id != acts.workspace.bot.bot_id:
        raise SlackError(refusal)
    return message


def update(acts: Acts, args: Json) -> Json:
    """chat.update: text without blocks takes the blocks away; metadata stays unless given; only a change without blocks marks
    the message as edited."""
    message = _own(acts, args, "cant_update_message")
    new = _content(args)
    if args.get("metadata") is not None:
        new["metadata"] = _metadata(args)
    acts.change(message, None if new["blocks"] else str(message.bot_id), **new)
    shown = message_json(acts.workspace, message)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": shown}


def delete(acts: Acts, args: Json) -> Json:
    """chat.delete"""
    message = _own(acts, args, "cant_delete_message")
    acts.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def post_ephemeral(acts: Acts, args: Json) -> Json:
    """chat.postEphemeral"""
    channel, content = writable(acts, args.get("channel")), _content(args)
    user = acts.workspace.user(args.get("user"))
    if user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    shown = Ephemeral(
        acts.workspace.next_ts(),
        channel.id,
        user.id,
        content["text"],
        content["blocks"],
        args.get("thread_ts"),
    )
    return {"message_ts": acts.post_ephemeral(shown).ts}


def get_permalink(acts: Acts, args: Json) -> Json:
    """chat.getPermalink"""
    message = acts.workspace.message(args.get("channel"), args.get("message_ts"))
    link = (
        f"https://{acts.workspace.domain}.slack.com/archives/{message.channel}/p{message.ts.replace('.', '')}"
    )
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={message.channel}"
    return {"channel": message.channel, "permalink": link}


def _reacted_to(acts: Acts, args: Json) -> Message:
    if not args.get("timestamp"):
        raise SlackError("no_item_specified")
    return acts.workspace.message(args.get("channel"), args["timestamp"])


def reactions_add(acts: Acts, args: Json) -> Json:
    """reactions.add"""
    acts.react(acts.workspace.bot.id, _reacted_to(acts, args), str(args.get("name", "")).strip(":"))
    return {}


def reactions_remove(acts: Acts, args: Json) -> Json:
    """reactions.remove"""
    acts.unreact(acts.workspace.bot.id, _reacted_to(acts, args), str(args.get("name", "")).strip(":"))
    return {}


def reactions_get(acts: Acts, args: Json) -> Json:
    """reactions.get"""
    message = _reacted_to(acts, args)
    shown = message_json(acts.workspace, message) | {"reactions": reactions_json(message)}
    return {"type": "message", "channel": message.channel, "message": shown}


METHODS = {
    "chat.postMessage": post_message,
    "chat.update": update,
    "chat.delete": delete,
    "chat.postEphemeral": post_ephemeral,
    "chat.getPermalink": get_permalink,
    "reactions.add": reactions_add,
    "reactions.remove": reactions_remove,
    "reactions.get": reactions_get,
}
