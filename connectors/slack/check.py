"""What one Slack account can and can't do, for `deskd doctor`: asked once, read only, nothing is posted.

https://docs.slack.dev/authentication/installing-with-oauth#scopes: each answer names the token's scopes in `x-oauth-scopes`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from slack_sdk.web.async_slack_response import AsyncSlackResponse

from connectors.slack.api import SlackApi
from connectors.slack.outcome import refusal
from connectors.slack.places import Places
from deskd.errors import DeskdError
from deskd.ports import Clock, Finding

NEEDED: Final[dict[str, str]] = {
    "chat:write": "cards, posts and replies",
    "reactions:write": "the marks on replies (⏳ ✅ ⚠️)",
    "reactions:read": "👀 claims, ❌ stops a reply",
    "channels:history": "what agents write in public channels",
}
WANTED: Final[dict[str, str]] = {
    "chat:write.customize": "customers' names on what they wrote",
    "commands": "/desk and the shortcuts in a message's menu",
    "files:read": "files that agents put into replies",
    "files:write": "customers' files in the thread",
    "groups:history": "what agents write in private channels",
    "im:history": "what customers write to the bot directly",
    "channels:read": "channels given by name",
    "groups:read": "private channels given by name",
    "users:read": "whether agents' accounts are still there",
    "users:read.email": "people given by e-mail address",
}
CLOCK_OFF: Final = 60.0  # seconds; Slack refuses signatures that are five minutes off
_NOBODY: Final = frozenset({"user_not_found", "users_not_found", "user_not_visible"})
_INSTALL: Final = "add it under OAuth & Permissions and install the app again"


async def check(
    part: str,
    api: SlackApi,
    places: Places,
    clock: Clock,
    app_token: str | None,
    channels: Mapping[str, str],
    people: Mapping[str, str],
    *,
    over_http: bool = False,
) -> list[Finding]:
    """`channels` and `people`: what deskd.yaml calls them (team front-desk, agent anna) -> the reference it gives."""
    headers: dict[str, str] = {}
    try:
        who = await _auth_test(api, headers)
    except DeskdError as failure:
        return [Finding(part, "wrong", str(failure), "check bot_token and api")]
    found = [Finding(part, "ok", f"bot_token is good: {who.get('user')} in {who.get('team')}")]
    found += [*_scopes(part, headers), *_clock(part, headers, clock.now())]
    found.append(_address(part) if over_http else await _socket_mode(part, api, app_token))
    found += [one async for one in _channels(part, api, places, channels)]
    found += [one async for one in _people(part, api, places, people)]
    return found


async def _auth_test(api: SlackApi, headers: dict[str, str]) -> dict[str, Any]:
    async def auth_test() -> AsyncSlackResponse:
        response = await api.client.auth_test()
        headers.update({str(name).lower(): str(value) for name, value in response.headers.items()})
        return response

    return await api.call(auth_test)


def _scopes(part: str, headers: Mapping[str, str]) -> list[Finding]:
    told = headers.get("x-oauth-scopes")
    if told is None:
        return [Finding(part, "warning", "Slack doesn't say which scopes the token has")]
    granted = {scope.strip() for scope in told.split(",")}
    lacking = [
        Finding(
            part, "wrong" if scope in NEEDED else "warning", f"the scope {scope} is missing: {what}", _INSTALL
        )
        for scope, what in (NEEDED | WANTED).items()
        if scope not in granted
    ]
    return lacking or [Finding(part, "ok", "all scopes are there")]


def _clock(part: str, headers: Mapping[str, str], now: datetime) -> list[Finding]:
    """The machine's clock against Slack's (RFC 9110 6.6.1)."""
    try:
        off = (now - parsedate_to_datetime(headers["date"])).total_seconds()
    except (KeyError, ValueError, TypeError):
        return []
    if abs(off) < CLOCK_OFF:
        return [Finding("clock", "ok", "this machine's clock agrees with Slack's")]
    way = "ahead of" if off > 0 else "behind"
    return [
        Finding(
            "clock",
            "wrong",
            f"this machine's clock is {abs(off):.0f} s {way} Slack's",
            "set it, and keep it set: timedatectl set-ntp true",
        )
    ]


def _address(part: str) -> Finding:
    """Whether Slack reaches us can only be seen from outside."""
    text = "events come over HTTP: the app's request URLs (events, interactivity, commands) must lead to /slack/events on desk.http"
    return Finding(part, "ok", text)


async def _socket_mode(part: str, api: SlackApi, app_token: str | None) -> Finding:
    if app_token is None:
        return Finding(
            part, "warning", "there is no app_token: events don't come in by socket mode", "set app_token"
        )
    try:
        await api.call(api.client.apps_connections_open, app_token=app_token)
    except DeskdError as failure:
        remedy = "app_token starts with xapp- and has the scope connections:write; socket mode is switched on"
        return Finding(part, "wrong", f"socket mode doesn't work: {failure}", remedy)
    return Finding(part, "ok", "socket mode works")


async def _channels(
    part: str, api: SlackApi, places: Places, channels: Mapping[str, str]
) -> AsyncIterator[Finding]:
    for what, reference in channels.items():
        invite = f"/invite the bot in {reference}, or correct deskd.yaml"
        try:
            told = await api.call(api.client.conversations_info, channel=await places.channel(reference))
        except DeskdError as failure:
            yield Finding(part, "wrong", f"{what}: {reference} can't be reached: {failure}", invite)
            continue
        channel = told.get("channel") or {}
        name = f"{what}: #{channel.get('name') or reference}"
        if channel.get("is_archived"):
            yield Finding(part, "wrong", f"{name} is archived", "unarchive it, or name another")
        elif channel.get("is_member") is False:
            yield Finding(part, "wrong", f"the bot isn't in {name}", invite)
        else:
            yield Finding(part, "ok", f"the bot is in {name}")


async def _people(
    part: str, api: SlackApi, places: Places, people: Mapping[str, str]
) -> AsyncIterator[Finding]:
    known = await places.people(list(people.values()))
    for who, reference in people.items():
        if reference not in known:
            yield Finding(
                part,
                "wrong",
                f"{who}: Slack knows nobody as {reference}",
                "correct agents.*.slack; for an e-mail address the scope users:read.email is needed",
            )
            continue
        yield await _person(part, api, who, known[reference])


async def _person(part: str, api: SlackApi, who: str, user_id: str) -> Finding:
    try:
        told = await api.call(api.client.users_info, user=user_id)
    except DeskdError as failure:
        text = f"{who}: Slack doesn't tell who {user_id} is: {failure}"
        if refusal(failure) in _NOBODY:
            return Finding(part, "wrong", text, "correct agents.*.slack")
        return Finding(part, "warning", text)
    user = told.get("user") or {}
    if user.get("deleted"):
        return Finding(part, "wrong", f"{who}: {user_id} was deactivated", "take the agent out of deskd.yaml")
    if user.get("is_bot"):
        return Finding(part, "wrong", f"{who}: {user_id} is a bot", "name a person")
    return Finding(part, "ok", f"{who} is {user.get('real_name') or user.get('name') or user_id}")
