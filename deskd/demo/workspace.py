"""The agents' Slack of the demo: its people and channels, what the page shows of it, and what people do there by way of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from connectors.standins.slack import SlackStandIn
from deskd.demo.people import AGENTS, CHANNELS

Json = dict[str, Any]


def furnish(slack: SlackStandIn) -> None:
    """Take the agents in, and make the teams' channels with all of them."""
    for agent in AGENTS:
        slack.add_user(agent.id, agent.handle, agent.name, agent.email)
    for channel in CHANNELS:
        slack.add_channel(channel.id, channel.name, [agent.id for agent in AGENTS])
        slack.workspace.channels[channel.id].topic = channel.topic


def shown(slack: SlackStandIn) -> Json:
    """Everything that is in it, as the page shows it."""
    return {
        "agents": [asdict(agent) for agent in AGENTS],
        "people": {user.id: user.real_name for user in slack.workspace.users.values()},
        "groups": {group.id: group.handle for group in slack.workspace.groups.values()},
        "channels": [
            {
                "id": channel.id,
                "name": channel.name,
                "topic": channel.topic,
                "messages": slack.channel_messages(channel.id),
            }
            for channel in CHANNELS
        ],
        "ephemerals": [asdict(shown) for shown in slack.ephemerals if not shown.deleted],
    }


async def act(slack: SlackStandIn, deed: str, asked: Mapping[str, Any]) -> None:
    """Do what a person does in Slack. `asked` holds user, channel and, by deed, thread, ts, text, name, action, value.

    Raises `LookupError` and `PermissionError` for what a person can't do, `TimeoutError` when the app takes no notice of a click.
    """
    text = {key: value for key, value in asked.items() if isinstance(value, str)}
    user, channel = text["user"], text["channel"]
    match deed:
        case "post":
            slack.post(user, channel, text["text"], text["thread"])
        case "edit":
            slack.edit(user, channel, text["ts"], text["text"])
        case "delete":
            slack.delete(user, channel, text["ts"])
        case "react":
            slack.react(user, channel, text["ts"], text["name"])
        case "unreact":
            slack.unreact(user, channel, text["ts"], text["name"])
        case "press":
            await slack.press(user, channel, text["ts"], text["action"], text.get("value"))
        case _:
            raise LookupError(f"nobody can {deed} here")
