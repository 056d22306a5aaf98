"""The JSON that Slack shows of its things: messages, channels, users, files. From state to values; nothing is changed.

The layouts are those of recorded answers and events (see docs/standins.md for what is left out).
"""

from typing import Any

from connectors.standins.slack.state import Channel, File, Group, Json, Message, User, Workspace


def bot_profile(workspace: Workspace) -> Json:
    """The app's profile, as it stands in the messages it posts."""
    return {
        "id": workspace.bot.bot_id,
        "app_id": workspace.app_id,
        "name": workspace.bot.real_name,
        "icons": {"image_36": "", "image_48": "", "image_72": ""},
        "deleted": False,
        "updated": 0,
        "team_id": workspace.team_id,
    }


def message_json(workspace: Workspace, message: Message, *, metadata: bool = False) -> Json:
    """A message as history and events show it; its metadata only when asked for, as Slack does."""
    shown: Json = {"type": "message", "ts": message.ts, "text": message.text}
    optional: dict[str, Any] = {
        "subtype": message.subtype,
        "user": message.user,
        "client_msg_id": message.client_msg_id,
        "bot_id": message.bot_id,
        "app_id": message.app_id,
        "username": message.username,
        "icons": message.icons,
        "thread_ts": message.thread_ts,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "edited": message.edited,
        "files": [file_json(workspace, file) for file in message.files],
        "reactions": reactions_json(message),
        "metadata": message.metadata if metadata else None,
        "hidden": message.subtype == "tombstone",
    }
    shown.update({key: value for key, value in optional.items() if value})
    if message.subtype != "bot_message":
        shown["team"] = workspace.team_id
    if message.bot_id and message.subtype is None:
        shown["bot_profile"] = bot_profile(workspace)
    return shown | _thread_facts(workspace, message)


def _thread_facts(workspace: Workspace, message: Message) -> Json:
    channel = workspace.channels[message.channel]
    if message.thread_ts is not None:
        parent = channel.messages.get(message.thread_ts)
        return {"parent_user_id": parent.user} if parent and parent.user else {}
    replies = channel.replies(message.ts)
    if not replies:
        return {}
    people = list(dict.fromkeys(reply.user or reply.bot_id or "" for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(people),
        "latest_reply": replies[-1].ts,
        "reply_users": people,
        "is_locked": False,
        "subscribed": False,
    }


def reactions_json(message: Message) -> list[Json]:
    """`[{name, users, count}]`, in the order in which the emoji came."""
    return [
        {"name": name, "users": list(users), "count": len(users)} for name, users in message.reactions.items()
    ]


def file_json(workspace: Workspace, file: File) -> Json:
    """A file; `url_private` wants the bot's token as a bearer token."""
    url = f"{workspace.origin}/files-pri/{workspace.team_id}-{file.id}"
    shared: dict[str, list[Json]] = {}
    for channel, ts in file.shares:
        shared.setdefault(channel, []).append({"ts": ts})
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": file.name.rpartition(".")[2].lower() or "binary",
        "user": file.user,
        "user_team": workspace.team_id,
        "mode": "hosted",
        "is_external": False,
        "is_public": True,
        "size": len(file.content),
        "file_access": "visible",
        "url_private": f"{url}/{file.name}",
        "url_private_download": f"{url}/download/{file.name}",
        "permalink": f"https://{workspace.domain}.slack.com/files/{file.user}/{file.id}/{file.name}",
        "shares": {"public": shared},
    }


def channel_json(workspace: Workspace, channel: Channel) -> Json:
    """A conversation, as conversations.info and .list show it."""
    shown: Json = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": channel.archived,
        "is_im": channel.kind == "im",
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_mpim": False,
        "is_private": channel.kind != "channel",
        "is_org_shared": False,
        "is_shared": False,
        "context_team_id": workspace.team_id,
    }
    if channel.kind == "im":
        return shown | {"user": next(m for m in channel.members if m != workspace.bot.id), "is_open": True}
    return shown | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_general": False,
        "is_member": workspace.bot.id in channel.members,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "num_members": len(channel.members),
    }


def user_json(workspace: Workspace, user: User) -> Json:
    """A user, as users.info and .list show it."""
    profile: Json = {
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.name,
        "display_name_normalized": user.name,
        "team": workspace.team_id,
    }
    if user.email:
        profile["email"] = user.email
    if user.bot_id:
        profile |= {"bot_id": user.bot_id, "api_app_id": workspace.app_id}
    return {
        "id": user.id,
        "team_id": user.team_id or workspace.team_id,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": user.deleted,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": 0,
        "profile": profile,
        "is_admin": False,
        "is_owner": False,
        "is_bot": user.is_bot,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_app_user": False,
        "updated": 0,
    } | ({"is_stranger": True} if user.is_stranger else {})


def group_json(workspace: Workspace, group: Group) -> Json:
    """A user group, as usergroups.list shows it."""
    return {
        "id": group.id,
        "team_id": workspace.team_id,
        "is_usergroup": True,
        "name": group.name,
        "handle": group.handle,
        "date_delete": 0,
        "user_count": len(group.users),
        "users": list(group.users),
    }
