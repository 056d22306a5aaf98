"""The stand-in's events and answers beside recorded ones of the real Slack: no key that Slack doesn't have, none missing that it always has."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from connectors.standins.slack import SlackStandIn
from connectors.standins.slack.delivery import Ack, Parcel
from tests.support.needs import corpus_folder

pytestmark = pytest.mark.needs("corpus")
ANNA, ROOM = "U0ANNA", "C0FRONT"
# documented, and newer or rarer than what was recorded
NOT_RECORDED = {
    "context_team_id", "context_enterprise_id", "app_id", "team", "user", "reply_users", "files", "subscribed",
    "parent_user_id", "bot_profile", "client_msg_id", "reply_count", "reply_users_count", "latest_reply", "icons", "blocks", "is_locked",
}  # fmt: skip


class Ears:
    """A carrier that keeps what it is given."""

    def __init__(self) -> None:
        self.payloads: list[dict[str, Any]] = []

    async def carry(self, parcel: Parcel) -> Ack:
        """Take it."""
        self.payloads.append(parcel.payload)
        return Ack()


@pytest.fixture
async def slack() -> AsyncIterator[SlackStandIn]:
    """A workspace whose events end in `Ears`."""
    standin = SlackStandIn()
    standin.add_user(ANNA, "anna", "Anna Rossi", "anna@acme.example")
    standin.add_channel(ROOM, "front-desk", [ANNA])
    standin.delivery.carrier = Ears()
    async with standin.running():
        yield standin


def recorded(folder: str, name: str) -> dict[str, Any]:
    """A recorded event or answer, its values blanked."""
    found = json.loads((corpus_folder() / "slack-java-json-logs" / folder / f"{name}.json").read_text())
    assert isinstance(found, dict)
    return found


def unknown_keys(made: Any, real: Any, path: str = "") -> Iterator[str]:
    """The keys of ours that the recording lacks; blocks and ids used as keys are not compared."""
    if isinstance(made, dict) and isinstance(real, dict):
        for key, value in made.items():
            if key in ("blocks", "shares", "metadata", "element", "elements"):
                continue
            if key not in real:
                if key not in NOT_RECORDED:
                    yield f"{path}/{key}"
            else:
                yield from unknown_keys(value, real[key], f"{path}/{key}")
    elif isinstance(made, list) and isinstance(real, list) and made and real:
        yield from unknown_keys(made[0], real[0], path)


async def act(slack: SlackStandIn, name: str, client: AsyncWebClient) -> None:
    """Do what makes Slack send the event `name`."""
    ts = slack.post(ANNA, ROOM, "ciao")
    match name:
        case "MessageChangedPayload":
            slack.edit(ANNA, ROOM, ts, "addio")
        case "MessageDeletedPayload":
            slack.delete(ANNA, ROOM, ts)
        case "ReactionAddedPayload":
            slack.react(ANNA, ROOM, ts, "eyes")
        case "ReactionRemovedPayload":
            slack.react(ANNA, ROOM, ts, "eyes")
            slack.unreact(ANNA, ROOM, ts, "eyes")
        case "MessageThreadBroadcastPayload":
            slack.post(ANNA, ROOM, "a tutti", ts, broadcast=True)
        case "MessageFileSharePayload":
            slack.post(ANNA, ROOM, "ecco", files=[("a.pdf", b"%PDF")])
        case "MessageBotPayload":
            await client.chat_postMessage(channel=ROOM, text="parole", username="Maria", icon_emoji=":wave:")
        case "AppMentionPayload":
            slack.post(ANNA, ROOM, "@deskd ciao")
        case "MemberJoinedChannelPayload":
            slack.add_user("U0BEA", "bea")
            slack.join("U0BEA", ROOM)
        case "AppHomeOpenedPayload":
            slack.open_home(ANNA)


EVENTS = [
    "MessagePayload", "MessageChangedPayload", "MessageDeletedPayload", "ReactionAddedPayload", "ReactionRemovedPayload",
    "MessageThreadBroadcastPayload", "MessageFileSharePayload", "MessageBotPayload", "AppMentionPayload",
    "MemberJoinedChannelPayload", "AppHomeOpenedPayload",
]  # fmt: skip


@pytest.mark.parametrize("name", EVENTS)
async def test_events_have_the_layout_of_recorded_ones(slack: SlackStandIn, name: str) -> None:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api, retry_handlers=[])
    await act(slack, name, client)
    await slack.wait_for(lambda: slack.delivery.under_way == 0)
    ears = slack.delivery.carrier
    assert isinstance(ears, Ears)
    made, real = ears.payloads[-1], recorded("events", name)
    assert list(unknown_keys(made, real)) == []
    assert real["event"].keys() & {"type", "channel", "item", "event_ts"} <= made["event"].keys()


ANSWERS = [
    ("auth.test", {}),
    ("users.info", {"user": ANNA}),
    ("users.lookupByEmail", {"email": "anna@acme.example"}),
    ("conversations.info", {"channel": ROOM}),
    ("conversations.list", {}),
    ("apps.connections.open", {}),
]


@pytest.mark.parametrize(("method", "args"), ANSWERS)
async def test_answers_have_the_layout_of_recorded_ones(
    slack: SlackStandIn, method: str, args: dict[str, Any]
) -> None:
    token = slack.app_token if method.startswith("apps.") else slack.bot_token
    client = AsyncWebClient(token=token, base_url=slack.api, retry_handlers=[])
    made = (await client.api_call(method, params=args)).data
    assert list(unknown_keys(made, recorded("api", method))) == []
