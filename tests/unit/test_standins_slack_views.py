"""Modals of the Slack stand-in beyond the plain ones: pushed, updated, closed, asked for options; driven by the genuine bolt app."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from connectors.standins.slack import SlackStandIn

ANNA = "U0ANNA"
LABEL = {"type": "plain_text", "text": "Label"}


def modal(name: str, **keys: Any) -> dict[str, Any]:
    """A modal with a menu whose options the app is asked for, and a button."""
    menu = {"type": "external_select", "action_id": "agent", "placeholder": LABEL}
    more = {"type": "button", "action_id": "more", "text": LABEL}
    return {
        "type": "modal",
        "callback_id": name,
        "title": {"type": "plain_text", "text": name},
        "submit": LABEL,
        "blocks": [
            {"type": "input", "block_id": "who", "label": LABEL, "element": menu},
            {"type": "actions", "block_id": "go", "elements": [more]},
        ],
        **keys,
    }


@pytest.fixture
async def slack() -> AsyncIterator[SlackStandIn]:
    """A workspace."""
    standin = SlackStandIn(ack_within=30.0)
    standin.add_user(ANNA, "anna")
    async with standin.running():
        yield standin


@pytest.fixture
async def app(slack: SlackStandIn) -> AsyncIterator[AsyncApp]:
    """A connected app that opens a modal at a shortcut, pushes another at a button, and suggests options."""
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api, retry_handlers=[])
    bolt = AsyncApp(client=client, process_before_response=True)

    @bolt.shortcut("ask")
    async def ask(ack: AsyncAck, body: dict[str, Any]) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=modal("first", notify_on_close=True))
        await ack()

    @bolt.action("more")
    async def more(ack: AsyncAck, body: dict[str, Any]) -> None:
        await client.views_push(trigger_id=body["trigger_id"], view=modal("next"))
        await ack()

    @bolt.options("agent")
    async def agent(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack(options=[{"text": LABEL, "value": body["value"] * 2}])

    handler = AsyncSocketModeHandler(bolt, slack.app_token, web_client=client)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    yield bolt
    await handler.close_async()  # type: ignore[no-untyped-call]


async def test_modals_on_one_another_up_to_three(slack: SlackStandIn, app: AsyncApp) -> None:
    await slack.shortcut(ANNA, "ask")
    (first,) = slack.open_views(ANNA)
    await slack.press_in_view(ANNA, first.id, "more")
    _, second = slack.open_views(ANNA)
    assert (second.previous_view_id, second.root_view_id) == (first.id, first.id)
    await slack.press_in_view(ANNA, second.id, "more")
    third = slack.open_views(ANNA)[2]
    trigger = slack.clicks.new_trigger(ANNA, third.id)
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        await app.client.views_push(trigger_id=trigger, view=modal("fourth"))


async def test_the_app_is_asked_for_options(slack: SlackStandIn, app: AsyncApp) -> None:
    await slack.shortcut(ANNA, "ask")
    (view,) = slack.open_views(ANNA)
    answer = await slack.suggest(ANNA, view.id, "agent", "an")
    assert answer is not None
    assert [option["value"] for option in answer["options"]] == ["anan"]


async def test_an_update_with_a_stale_hash_is_refused(slack: SlackStandIn, app: AsyncApp) -> None:
    await slack.shortcut(ANNA, "ask")
    (view,) = slack.open_views(ANNA)
    stale = view.hash
    await app.client.views_update(view_id=view.id, view=modal("second"), hash=stale)
    assert view.content["callback_id"] == "second"
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await app.client.views_update(view_id=view.id, view=modal("third"), hash=stale)


@pytest.mark.parametrize(
    ("action", "left"),
    [
        ({"response_action": "update", "view": modal("second")}, ["second"]),
        ({"response_action": "push", "view": modal("second")}, ["first", "second"]),
        ({"response_action": "clear"}, []),
        ({}, []),
    ],
)
async def test_what_the_answer_to_a_submission_does(
    slack: SlackStandIn, app: AsyncApp, action: dict[str, Any], left: list[str]
) -> None:
    @app.view("first")
    async def submitted(ack: AsyncAck) -> None:
        await ack(**action)

    await slack.shortcut(ANNA, "ask")
    (view,) = slack.open_views(ANNA)
    await slack.submit_view(ANNA, view.id, {"agent": "anna"})
    assert [shown.content["callback_id"] for shown in slack.open_views(ANNA)] == left


async def test_closing_is_told_to_an_app_that_asked(slack: SlackStandIn, app: AsyncApp) -> None:
    closed: list[str] = []

    @app.view_closed("first")
    async def told(ack: AsyncAck, body: dict[str, Any]) -> None:
        closed.append(body["view"]["id"])
        await ack()

    await slack.shortcut(ANNA, "ask")
    (view,) = slack.open_views(ANNA)
    await slack.close_view(ANNA, view.id)
    assert (closed, slack.open_views(ANNA)) == ([view.id], [])
    with pytest.raises(LookupError):
        await slack.submit_view(ANNA, view.id)


async def test_a_view_that_slack_refuses(slack: SlackStandIn, app: AsyncApp) -> None:
    for wrong, error in (
        (modal("x" * 25), "invalid_arguments"),
        (modal("x", submit=None), "invalid_arguments"),
        (modal("x", private_metadata="x" * 3001), "invalid_arguments"),
        (modal("x", blocks=[{"type": "divider"}] * 101), "invalid_blocks"),
    ):
        with pytest.raises(SlackApiError, match=error):
            await app.client.views_open(trigger_id="any", view=wrong)


async def test_a_choice_in_a_modal_carries_what_is_filled_in_meanwhile(
    slack: SlackStandIn, app: AsyncApp
) -> None:
    told: list[dict[str, Any]] = []

    @app.action("canned")
    async def chosen(ack: AsyncAck, body: dict[str, Any]) -> None:
        told.append(body["view"]["state"]["values"])
        await ack()

    choice = {
        "type": "static_select",
        "action_id": "canned",
        "option_groups": [{"label": LABEL, "options": [{"text": LABEL, "value": "refund"}]}],
    }
    text = {"type": "plain_text_input", "action_id": "text", "initial_value": "Ciao"}
    blocks = [
        {"type": "input", "block_id": "a", "label": LABEL, "element": choice, "dispatch_action": True},
        {"type": "input", "block_id": "b", "label": LABEL, "element": text},
    ]
    trigger = slack.clicks.new_trigger(ANNA)
    await app.client.views_open(trigger_id=trigger, view=modal("reply", blocks=blocks))
    (view,) = slack.open_views(ANNA)
    await slack.press_in_view(ANNA, view.id, "canned", "refund", {"text": "Ciao Maria"})
    ((state),) = told
    assert state["a"]["canned"]["selected_option"]["value"] == "refund"
    assert state["b"]["text"]["value"] == "Ciao Maria"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "no fewer than 1"),
        ([{"text": LABEL, "value": "x" * 151}], "at most 150"),
        ([{"text": {"type": "plain_text", "text": "x" * 76}, "value": "x"}], "less than 76"),
        ([{"text": LABEL, "value": str(number)} for number in range(101)], "no more than 100"),
    ],
)
async def test_choices_that_slack_refuses(
    slack: SlackStandIn, app: AsyncApp, options: list[dict[str, Any]], says: str
) -> None:
    choice = {
        "type": "static_select",
        "action_id": "a",
        "option_groups": [{"label": LABEL, "options": options}],
    }
    view = modal("x", blocks=[{"type": "input", "block_id": "a", "label": LABEL, "element": choice}])
    with pytest.raises(SlackApiError, match=says):
        await app.client.views_open(trigger_id="any", view=view)


async def test_a_view_that_is_too_large(slack: SlackStandIn, app: AsyncApp) -> None:
    section = {"type": "section", "text": {"type": "plain_text", "text": "x" * 3000}}
    with pytest.raises(SlackApiError, match="view_too_large"):
        await app.client.views_open(trigger_id="any", view=modal("x", blocks=[section] * 90))
