"""The Slack of the demo: its people and channels, what the page shows of it, and what people do there by way of the page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any

from connectors.standins.slack import SlackError, SlackStandIn
from connectors.standins.slack.state import Ephemeral, View
from deskd.demo.attached import files_of
from deskd.demo.people import AGENTS, CHANNELS, SLACK_CUSTOMERS, customer_names

Json = dict[str, Any]
Act = Callable[[SlackStandIn, Mapping[str, Any]], Awaitable[Any] | None]


def furnish(slack: SlackStandIn) -> None:
    """Take everybody in, and make the channels."""
    for person in (*AGENTS, *SLACK_CUSTOMERS):
        slack.add_user(person.id, person.handle, person.name, person.email)
        slack.dm(person.id)
    agents = [agent.id for agent in AGENTS]
    for channel in CHANNELS:
        guests = [person.id for person in SLACK_CUSTOMERS] if channel.customers else []
        slack.add_channel(channel.id, channel.name, [*agents, *guests])
        slack.workspace.channels[channel.id].topic = channel.topic


# ── what is shown ────────────────────────────────────────────────────────────────────────────────────────────────────


def shown(slack: SlackStandIn) -> Json:
    """Everything that is in it, as the page shows it."""
    return {
        "agents": [asdict(agent) for agent in AGENTS],
        "customers": [asdict(person) for person in SLACK_CUSTOMERS],
        "customer_names": customer_names(),
        "people": {user.id: user.real_name for user in slack.workspace.users.values()},
        "groups": {group.id: group.handle for group in slack.workspace.groups.values()},
        "channels": [
            {**asdict(channel), "messages": slack.channel_messages(channel.id)} for channel in CHANNELS
        ],
        "direct": {
            person.id: slack.channel_messages(slack.dm(person.id)) for person in (*AGENTS, *SLACK_CUSTOMERS)
        },
        "ephemerals": [asdict(shown) for shown in slack.ephemerals if not shown.deleted],
        "views": {agent.id: [_view(view) for view in slack.open_views(agent.id)] for agent in AGENTS},
        "homes": {agent.id: _view(home) for agent in AGENTS if (home := slack.home(agent.id))},
    }


def _view(view: View) -> Json:
    return {**view.content, "id": view.id, "hash": view.hash, "errors": dict(view.errors)}


# ── what is done ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def act(slack: SlackStandIn, deed: str, asked: Mapping[str, Any]) -> Any:
    """Do what a person does in Slack; what the app said to it at once, where a click asks for that.

    `asked` holds `user` and, by deed, `channel thread ts text name action value values view files`. Raises `LookupError` and `PermissionError` for what a
    person can't do, `TimeoutError` when the app takes no notice of a click.
    """
    if deed not in ACTS:
        raise LookupError(f"nobody can {deed} here")
    try:
        done = ACTS[deed](slack, asked)
        return await done if done is not None else None
    except SlackError as refused:
        raise LookupError(refused.code) from refused


def _post(slack: SlackStandIn, asked: Mapping[str, Any]) -> None:
    """In a channel, in a thread of it, or to the bot itself where no channel is named."""
    channel = asked.get("channel") or slack.dm(asked["user"])
    slack.post(asked["user"], channel, str(asked["text"]), asked.get("thread"), files_of(asked))


def _edit(slack: SlackStandIn, asked: Mapping[str, Any]) -> None:
    slack.edit(asked["user"], asked["channel"], asked["ts"], str(asked["text"]))


def _delete(slack: SlackStandIn, asked: Mapping[str, Any]) -> None:
    slack.delete(asked["user"], asked["channel"], asked["ts"])


def _react(slack: SlackStandIn, asked: Mapping[str, Any]) -> None:
    slack.react(asked["user"], asked["channel"], asked["ts"], str(asked["name"]))


def _unreact(slack: SlackStandIn, asked: Mapping[str, Any]) -> None:
    slack.unreact(asked["user"], asked["channel"], asked["ts"], str(asked["name"]))


async def _press(slack: SlackStandIn, asked: Mapping[str, Any]) -> None:
    await slack.press(asked["user"], asked["channel"], asked["ts"], asked["action"], asked.get("value"))


async def _press_in_view(slack: SlackStandIn, asked: Mapping[str, Any]) -> None:
    await slack.press_in_view(
        asked["user"], asked["view"], asked["action"], asked.get("value"), asked.get("values")
    )


async def _submit(slack: SlackStandIn, asked: Mapping[str, Any]) -> None:
    await slack.submit_view(asked["user"], asked["view"], dict(asked.get("values") or {}))


async def _close(slack: SlackStandIn, asked: Mapping[str, Any]) -> None:
    await slack.close_view(asked["user"], asked["view"])


async def _suggest(slack: SlackStandIn, asked: Mapping[str, Any]) -> Any:
    return await slack.suggest(asked["user"], asked["view"], asked["action"], str(asked["query"]))


def _home(slack: SlackStandIn, asked: Mapping[str, Any]) -> None:
    slack.open_home(asked["user"])


async def _shortcut(slack: SlackStandIn, asked: Mapping[str, Any]) -> None:
    await slack.shortcut(asked["user"], str(asked["name"]), asked.get("channel"), asked.get("ts"))


async def _command(slack: SlackStandIn, asked: Mapping[str, Any]) -> None:
    """What it is answered with at once is shown to who typed it, as Slack does."""
    user, channel = asked["user"], asked["channel"]
    answer = await slack.command(user, channel, str(asked["name"]), str(asked["text"]))
    if answer and (answer.get("text") or answer.get("blocks")):
        ts = slack.workspace.next_ts()
        shown = Ephemeral(ts, channel, user, answer.get("text", ""), answer.get("blocks", []))
        slack.acts.post_ephemeral(shown)


ACTS: Mapping[str, Act] = {
    "post": _post,
    "edit": _edit,
    "delete": _delete,
    "react": _react,
    "unreact": _unreact,
    "press": _press,
    "press-in-view": _press_in_view,
    "submit": _submit,
    "close": _close,
    "suggest": _suggest,
    "home": _home,
    "shortcut": _shortcut,
    "command": _command,
}
