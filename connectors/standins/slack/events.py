"""The payloads of the Events API: what happened, in the layout in which Slack tells an app.

From state to values. `envelope` wraps an event as both Socket Mode and HTTP carry it.
https://docs.slack.dev/apis/events-api/#event-type-structure
"""

from connectors.standins.slack.shapes import file_json, message_json
from connectors.standins.slack.state import Channel, File, Json, Message, Workspace


def envelope(workspace: Workspace, event: Json) -> Json:
    """The event_callback around an event."""
    authorization = {
        "enterprise_id": None,
        "team_id": workspace.team_id,
        "user_id": workspace.bot.id,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": "verification-token",
        "team_id": workspace.team_id,
        "context_team_id": workspace.team_id,
        "context_enterprise_id": None,
        "api_app_id": workspace.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": workspace.next_id("Ev"),
        "event_time": int(float(event["event_ts"])),
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
        "event_context": f"4-{event['type']}-{workspace.team_id}-{workspace.app_id}",
    }


def _where(channel: Channel, event_ts: str) -> Json:
    return {"channel": channel.id, "event_ts": event_ts, "channel_type": channel.kind}


def message_posted(workspace: Workspace, channel: Channel, message: Message) -> Json:
    """A new message, of a person or of an app; a broadcast reply brings its thread's first message as `root`."""
    event = message_json(workspace, message) | _where(channel, message.ts)
    if message.subtype == "thread_broadcast" and message.thread_ts in channel.messages:
        event["root"] = message_json(workspace, channel.messages[message.thread_ts])
    return event


def app_mention(workspace: Workspace, channel: Channel, message: Message) -> Json:
    """The same message told once more, because it mentions the bot."""
    event = message_posted(workspace, channel, message)
    event.pop("channel_type")
    return event | {"type": "app_mention"}


def message_changed(
    workspace: Workspace, channel: Channel, message: Message, previous: Json, ts: str
) -> Json:
    """An edit: the message as it is and, in `previous_message`, as it was."""
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "message": message_json(workspace, message),
        "previous_message": previous,
        "ts": ts,
    } | _where(channel, ts)


def message_deleted(channel: Channel, previous: Json, ts: str) -> Json:
    """A deletion, with the message as it was."""
    return {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "deleted_ts": previous["ts"],
        "previous_message": previous,
        "ts": ts,
    } | _where(channel, ts)


def reaction(kind: str, user: str, message: Message, name: str, ts: str) -> Json:
    """`reaction_added` or `reaction_removed`; `item_user` is left out where no user wrote the message."""
    item = {"type": "message", "channel": message.channel, "ts": message.ts}
    event: Json = {"type": kind, "user": user, "reaction": name, "item": item, "event_ts": ts}
    return event | ({"item_user": message.user} if message.user else {})


def membership(workspace: Workspace, kind: str, user: str, channel: Channel, ts: str) -> Json:
    """`member_joined_channel` or `member_left_channel`."""
    letter = "C" if channel.kind == "channel" else "G"
    who = {"user": user, "channel": channel.id, "channel_type": letter, "team": workspace.team_id}
    return {"type": kind, "event_ts": ts} | who


def file_shared(workspace: Workspace, channel: Channel, file: File, ts: str) -> Json:
    """A file appeared in a channel."""
    return {
        "type": "file_shared",
        "file_id": file.id,
        "user_id": file.user,
        "file": {"id": file_json(workspace, file)["id"]},
        "channel_id": channel.id,
        "event_ts": ts,
    }


def home_opened(user: str, channel: Channel, view: Json | None, ts: str) -> Json:
    """Someone opened the app's home tab; `view` is what the app published there before."""
    event: Json = {
        "type": "app_home_opened",
        "user": user,
        "channel": channel.id,
        "tab": "home",
        "event_ts": ts,
    }
    return event | ({"view": view} if view else {})
