"""Each way in which the Slack stand-in can be told to fail, met by the genuine client."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from connectors.standins.slack import SlackStandIn

ROOM, OTHER = "C0FRONT", "C0SPECIAL"


@pytest.fixture
async def slack() -> AsyncIterator[SlackStandIn]:
    """A workspace with two channels."""
    standin = SlackStandIn()
    standin.add_channel(ROOM, "front-desk")
    standin.add_channel(OTHER, "specialists")
    async with standin.running():
        yield standin


@pytest.fixture
def client(slack: SlackStandIn) -> AsyncWebClient:
    """A client that does not try again by itself."""
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api, retry_handlers=[], timeout=5)


def posted(slack: SlackStandIn) -> list[str]:
    """What stands in both channels."""
    return [message["text"] for room in (ROOM, OTHER) for message in slack.channel_messages(room)]


async def test_429_says_how_long_to_wait_and_hits_one_channel(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    slack.fail("chat.postMessage", "429", channel=ROOM, retry_after=30)
    await client.chat_postMessage(channel=OTHER, text="there")
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=ROOM, text="here")
    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["Retry-After"] == "30"
    await client.chat_postMessage(channel=ROOM, text="again")
    assert posted(slack) == ["again", "there"]


@pytest.mark.parametrize(("how", "status"), [("500", 500), ("503 html", 503), ("error:fatal_error", 200)])
async def test_errors_that_do_nothing(
    slack: SlackStandIn, client: AsyncWebClient, how: str, status: int
) -> None:
    slack.fail("chat.postMessage", how, times=2)
    for _ in range(2):
        with pytest.raises(SlackApiError) as refused:
            await client.chat_postMessage(channel=ROOM, text="x")
        assert refused.value.response.status_code == status
    assert posted(slack) == []
    await client.chat_postMessage(channel=ROOM, text="x")
    assert [call.outcome for call in slack.calls_of("chat.postMessage")] == [how, how, "ok"]


@pytest.mark.parametrize(("how", "done"), [("lost answer", ["x"]), ("refuse", [])])
async def test_connections_that_end_without_an_answer(
    slack: SlackStandIn, client: AsyncWebClient, how: str, done: list[str]
) -> None:
    slack.fail("chat.postMessage", how)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.chat_postMessage(channel=ROOM, text="x")
    assert posted(slack) == done
    assert (await client.chat_postMessage(channel=OTHER, text="y"))["ok"]


async def test_a_hang_outlasts_the_client(slack: SlackStandIn, client: AsyncWebClient) -> None:
    slack.fail("chat.postMessage", "hang")
    waiting = asyncio.create_task(client.chat_postMessage(channel=ROOM, text="x"))
    await slack.wait_for(lambda: slack.calls)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert (posted(slack), slack.calls[0].outcome) == ([], "hang")


async def test_a_hang_that_ends_does_the_deed(slack: SlackStandIn, client: AsyncWebClient) -> None:
    slack.fail("chat.postMessage", "hang", seconds=0.01)
    await client.chat_postMessage(channel=ROOM, text="x")
    assert posted(slack) == ["x"]


async def test_every_method_fails_until_healed(slack: SlackStandIn, client: AsyncWebClient) -> None:
    slack.fail("*", "500", times=None)
    for _ in range(3):
        with pytest.raises(SlackApiError):
            await client.auth_test()
    slack.heal()
    await client.auth_test()


async def test_an_outage_and_its_end(slack: SlackStandIn, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel=ROOM, text="before")
    port = slack.port
    slack.outage()
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.chat_postMessage(channel=ROOM, text="during")
    await slack.recover()
    assert slack.port == port
    await client.chat_postMessage(channel=ROOM, text="after")
    assert posted(slack) == ["before", "after"]


async def test_an_outage_cuts_the_call_under_way(slack: SlackStandIn, client: AsyncWebClient) -> None:
    slack.fail("chat.postMessage", "hang")
    waiting = asyncio.create_task(client.chat_postMessage(channel=ROOM, text="x"))
    await slack.wait_for(lambda: slack.calls)
    slack.outage()
    with pytest.raises(aiohttp.ClientConnectionError):
        await waiting
    assert posted(slack) == []


async def test_files_fail_at_each_step(slack: SlackStandIn, client: AsyncWebClient) -> None:
    for step in ("files.getUploadURLExternal", "upload", "files.completeUploadExternal"):
        slack.fail(step, "500")
        with pytest.raises(SlackClientError):
            await client.files_upload_v2(channel=ROOM, content="x", filename="x.txt")
    assert posted(slack) == []


async def test_a_fault_of_a_channel_meets_its_files_too(slack: SlackStandIn, client: AsyncWebClient) -> None:
    slack.fail("files.completeUploadExternal", "error:is_archived", channel=ROOM)
    await client.files_upload_v2(channel=OTHER, content="x", filename="x.txt")
    with pytest.raises(SlackApiError, match="is_archived"):
        await client.files_upload_v2(channel=ROOM, content="x", filename="x.txt")


async def test_a_stopped_workspace_starts_again_as_it_was(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(channel=ROOM, text="before")
    port = slack.port
    await slack.stop()
    await slack.start(port)
    await client.chat_postMessage(channel=ROOM, text="after")
    assert (slack.port, posted(slack)) == (port, ["before", "after"])


async def test_posts_beyond_slacks_own_pace_are_refused() -> None:
    now = 1_000.0
    slack = SlackStandIn(posts_per_second=1.0, clock=lambda: now)
    slack.add_channel(ROOM, "front-desk")
    slack.add_channel(OTHER, "specialists")
    async with slack.running():
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api, retry_handlers=[])
        await client.chat_postMessage(channel=ROOM, text="1")
        with pytest.raises(SlackApiError, match="ratelimited"):
            await client.chat_postMessage(channel=ROOM, text="too soon")
        await client.chat_postMessage(channel=OTHER, text="another room")
        now += 1.0
        await client.chat_postMessage(channel=ROOM, text="2")
    assert posted(slack) == ["1", "2", "another room"]


async def test_a_fault_that_does_not_exist_is_refused_at_once(slack: SlackStandIn) -> None:
    with pytest.raises(ValueError, match="lost answer"):
        slack.fail("chat.postMessage", "explode")
