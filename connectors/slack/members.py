"""Who is in a channel, as far as they are the company's own people. https://docs.slack.dev/reference/methods/conversations.members"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from connectors.slack.api import SlackApi
from deskd.errors import TemporaryFailure
from deskd.ports import Member

_PAGE: Final = 200
_MAX_PAGES: Final = 25
_OUTSIDE: Final = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger")


async def members(api: SlackApi, channel: str, team_id: str, known: Collection[Member]) -> list[Member]:
    """`team_id`: the workspace's own, "" where it isn't known. In the order in which Slack names them."""
    names = {one.id: one for one in known}
    found: list[Member] = []
    for user_id in await _ids(api, channel):
        one = names.get(user_id) or _ours(
            user_id, await api.call(api.client.users_info, user=user_id), team_id
        )
        if one is not None:
            found.append(one)
    return found


async def name_of(api: SlackApi, user_id: str) -> str:
    """What a person is called. Raises `TemporaryFailure` and `PermanentFailure`."""
    user = (await api.call(api.client.users_info, user=user_id)).get("user") or {}
    profile = user.get("profile") or {}
    return str(user.get("real_name") or profile.get("real_name") or profile.get("display_name") or "")


async def _ids(api: SlackApi, channel: str) -> list[str]:
    found: list[str] = []
    arguments: dict[str, Any] = {"channel": channel, "limit": _PAGE}
    for _ in range(_MAX_PAGES):
        answer = await api.call(api.client.conversations_members, **arguments)
        found += [str(each) for each in answer.get("members") or ()]
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return found
        arguments["cursor"] = cursor
    raise TemporaryFailure(f"{channel} has more than {_MAX_PAGES * _PAGE} members: too many for a team")


def _ours(user_id: str, told: dict[str, Any], team_id: str) -> Member | None:
    """None for bots, guests, people of another company, and Slack's own bot, which says that it is none."""
    user = told.get("user") or {}
    foreign = bool(team_id) and user.get("team_id") not in (None, team_id)
    if user_id == "USLACKBOT" or foreign or any(user.get(mark) for mark in _OUTSIDE):
        return None
    profile = user.get("profile") or {}
    name = user.get("real_name") or profile.get("real_name") or user.get("name") or user_id
    return Member(user_id, str(user.get("name") or user_id), str(name))
