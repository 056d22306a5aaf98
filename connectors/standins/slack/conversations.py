"""Web API: conversations.*. Each function takes the acts and the call's arguments, and gives the answer's keys.

https://docs.slack.dev/reference/methods?family=conversations
"""

from connectors.standins.slack.acts import Acts
from connectors.standins.slack.calls import flag, page
from connectors.standins.slack.shapes import channel_json, message_json
from connectors.standins.slack.state import Channel, Json, Message, SlackError


def _readable(acts: Acts, args: Json) -> Channel:
    channel = acts.workspace.channel(args.get("channel"))
    if acts.workspace.bot.id not in channel.members:
        raise SlackError("not_in_channel" if channel.kind == "channel" else "channel_not_found")
    return channel


def _ts(args: Json, name: str, default: float) -> float:
    try:
        return float(args.get(name) or default)
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None


def _between(messages: list[Message], args: Json) -> list[Message]:
    """Those between `oldest` and `latest`, which count themselves only when `inclusive`."""
    oldest, latest = _ts(args, "oldest", 0.0), _ts(args, "latest", float("inf"))
    if flag(args, "inclusive"):
        return [message for message in messages if oldest <= float(message.ts) <= latest]
    return [message for message in messages if oldest < float(message.ts) < latest]


def _page_of(acts: Acts, messages: list[Message], args: Json, default: int) -> Json:
    with_metadata = flag(args, "include_all_metadata")
    shown, cursor = page(
        [message_json(acts.workspace, message, metadata=with_metadata) for message in messages],
        args,
        default,
        999,
    )
    answer: Json = {"messages": shown, "has_more": bool(cursor["next_cursor"])}
    return answer | ({"response_metadata": cursor} if answer["has_more"] else {})


def history(acts: Acts, args: Json) -> Json:
    """conversations.history: newest first, replies left out unless they were broadcast."""
    channel = _readable(acts, args)
    on_top = [m for m in channel.messages.values() if m.thread_ts is None or m.subtype == "thread_broadcast"]
    found = _between(sorted(on_top, key=lambda m: float(m.ts), reverse=True), args)
    return _page_of(acts, found, args, 100) | {"pin_count": 0}


def replies(acts: Acts, args: Json) -> Json:
    """conversations.replies: the thread's first message on each page's top, then the replies, oldest first."""
    channel = _readable(acts, args)
    asked = channel.messages.get(str(args.get("ts") or ""))
    if asked is None:
        raise SlackError("thread_not_found")
    parent = channel.messages.get(asked.thread_ts or asked.ts, asked)
    found = _between(sorted(channel.replies(parent.ts), key=lambda m: float(m.ts)), args)
    answer = _page_of(acts, found, args, 1000)
    first = message_json(acts.workspace, parent, metadata=flag(args, "include_all_metadata"))
    return answer | {"messages": [first, *answer["messages"]]}


def info(acts: Acts, args: Json) -> Json:
    """conversations.info"""
    return {"channel": channel_json(acts.workspace, acts.workspace.channel(args.get("channel")))}


def list_all(acts: Acts, args: Json) -> Json:
    """conversations.list; private channels only where the bot is a member."""
    kinds = set(str(args.get("types") or "public_channel").split(","))
    names = {"channel": "public_channel", "group": "private_channel", "im": "im"}
    shown = [
        channel_json(acts.workspace, channel)
        for channel in acts.workspace.channels.values()
        if names[channel.kind] in kinds
        and (channel.kind == "channel" or acts.workspace.bot.id in channel.members)
        and not (channel.archived and flag(args, "exclude_archived"))
    ]
    items, cursor = page(shown, args)
    return {"channels": items, "response_metadata": cursor}


def open_direct(acts: Acts, args: Json) -> Json:
    """conversations.open, for direct messages with one person."""
    wanted = str(args.get("users") or "").split(",")
    if args.get("channel"):
        channel = acts.workspace.channel(args["channel"])
    elif len(wanted) == 1 and wanted[0]:
        channel = acts.workspace.direct(wanted[0])
    else:
        raise SlackError(
            "users_list_not_supplied" if not wanted[0] else "method_not_supported_for_channel_type"
        )
    return_all = flag(args, "return_im")
    return {"channel": channel_json(acts.workspace, channel) if return_all else {"id": channel.id}}


def members(acts: Acts, args: Json) -> Json:
    """conversations.members"""
    everyone = [{"id": member} for member in acts.workspace.channel(args.get("channel")).members]
    items, cursor = page(everyone, args)
    return {"members": [item["id"] for item in items], "response_metadata": cursor}


def join(acts: Acts, args: Json) -> Json:
    """conversations.join, for public channels."""
    channel = acts.workspace.channel(args.get("channel"))
    if channel.kind != "channel":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.archived:
        raise SlackError("is_archived")
    acts.join(acts.workspace.bot.id, channel)
    return {"channel": channel_json(acts.workspace, channel)}


def of_the_bot(acts: Acts, args: Json) -> Json:
    """users.conversations: those in which the bot is a member."""
    listed = list_all(acts, args | {"limit": 1000, "cursor": ""})["channels"]
    mine = [
        channel
        for channel in listed
        if acts.workspace.bot.id in acts.workspace.channels[channel["id"]].members
    ]
    items, cursor = page(mine, args)
    return {"channels": items, "response_metadata": cursor}


METHODS = {
    "users.conversations": of_the_bot,
    "conversations.history": history,
    "conversations.replies": replies,
    "conversations.info": info,
    "conversations.list": list_all,
    "conversations.open": open_direct,
    "conversations.members": members,
    "conversations.join": join,
}
