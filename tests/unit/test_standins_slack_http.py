"""Slack's events over HTTP: signed, retried with their headers, answered in the same breath. Bolt checks the signature."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from connectors.standins.slack import SlackStandIn

ANNA, ROOM, SECRET = "U0ANNA", "C0FRONT", "made-up-signing-secret"


class Endpoint:
    """An app's address, which answers with what a test lays ready, in turn, and then with 200."""

    def __init__(self) -> None:
        self.ready: list[web.Response] = []
        self.heard: list[tuple[dict[str, str], bytes]] = []

    async def handle(self, request: web.Request) -> web.Response:
        """Take one post."""
        self.heard.append((dict(request.headers), await request.read()))
        return self.ready.pop(0) if self.ready else web.Response()


@pytest.fixture
async def endpoint() -> AsyncIterator[tuple[Endpoint, str]]:
    """An endpoint and its address."""
    taken = Endpoint()
    app = web.Application()
    app.router.add_post("/slack/events", taken.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    yield taken, f"http://{host}:{port}/slack/events"
    await runner.cleanup()


@pytest.fixture
async def slack(endpoint: tuple[Endpoint, str]) -> AsyncIterator[SlackStandIn]:
    """A workspace that posts to the endpoint."""
    standin = SlackStandIn(retry_delays=(0.01, 0.01, 0.01))
    standin.add_user(ANNA, "anna")
    standin.add_channel(ROOM, "front-desk", [ANNA])
    standin.use_http(endpoint[1], SECRET)
    async with standin.running():
        yield standin


def lower(headers: dict[str, str]) -> dict[str, str]:
    """Header names as the verifier wants them."""
    return {name.lower(): value for name, value in headers.items()}


async def test_an_event_is_signed(slack: SlackStandIn, endpoint: tuple[Endpoint, str]) -> None:
    slack.post(ANNA, ROOM, "ciao")
    await slack.wait_for(lambda: slack.delivery.under_way == 0)
    ((headers, body),) = endpoint[0].heard
    assert SignatureVerifier(SECRET).is_valid_request(body, lower(headers))
    assert not SignatureVerifier("another").is_valid_request(body, lower(headers))
    assert json.loads(body)["event"]["text"] == "ciao"


async def test_a_refused_event_comes_again_and_says_why(
    slack: SlackStandIn, endpoint: tuple[Endpoint, str]
) -> None:
    endpoint[0].ready = [web.Response(status=500), web.Response(status=404)]
    slack.post(ANNA, ROOM, "ciao")
    await slack.wait_for(lambda: slack.delivery.under_way == 0)
    heads = [lower(headers) for headers, _ in endpoint[0].heard]
    retries = [(h.get("x-slack-retry-num"), h.get("x-slack-retry-reason")) for h in heads]
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error")]
    assert len({json.loads(body)["event_id"] for _, body in endpoint[0].heard}) == 1


@pytest.mark.parametrize(
    ("answer", "payload"),
    [
        (web.json_response({"response_action": "clear"}), {"response_action": "clear"}),
        (web.Response(text="plain words"), {"text": "plain words"}),
        (web.Response(), None),
    ],
)
async def test_a_command_is_a_form_and_its_answer_comes_back(
    slack: SlackStandIn, endpoint: tuple[Endpoint, str], answer: web.Response, payload: dict[str, Any] | None
) -> None:
    endpoint[0].ready = [answer]
    assert await slack.command(ANNA, ROOM, "/desk", "a & b") == payload
    assert b"text=a+%26+b" in endpoint[0].heard[0][1]


async def test_nobody_at_the_address(slack: SlackStandIn) -> None:
    slack.use_http("http://127.0.0.1:9/slack/events", SECRET)
    slack.post(ANNA, ROOM, "ciao")
    await slack.wait_for(lambda: slack.delivery.under_way == 0)
    assert [(parcel.attempt, parcel.reason) for parcel in slack.delivery.dropped] == [
        (3, "connection_failed")
    ]
