"""What the genuine bolt app hears from the Slack stand-in over Socket Mode: events, clicks, modals, retries, disconnects."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from connectors.standins.slack import SlackStandIn

ANNA, BRUNO, ROOM = "U0ANNA", "U0BRUNO", "C0FRONT"
BUTTONS = {
    "type": "actions",
    "elements": [
        {
            "type": "button",
            "action_id": "claim",
            "text": {"type": "plain_text", "text": "Claim"},
            "value": "1",
        },
        {
            "type": "static_select",
            "action_id": "priority",
            "options": [{"text": {"type": "plain_text", "text": p}, "value": p} for p in ("low", "high")],
        },
    ],
}


class App:
    """A bolt app that keeps what it hears."""

    def __init__(self, slack: SlackStandIn) -> None:
        self.slack = slack
        self.client = AsyncWebClient(token=slack.bot_token, base_url=slack.api, retry_handlers=[])
        self.bolt = AsyncApp(
            client=self.client, process_before_response=True, ignoring_self_events_enabled=False
        )
        self.bodies: list[dict[str, Any]] = []
        self.respond: AsyncRespond | None = None
        self.bolt.event("message")(self._heard)
        for name in ("app_mention", "reaction_added", "reaction_removed", "app_home_opened"):
            self.bolt.event(name)(self._heard)
        for name in ("member_joined_channel", "member_left_channel", "file_shared"):
            self.bolt.event(name)(self._heard)
        for name in ("claim", "priority"):
            self.bolt.action(name)(self._pressed)

    async def _heard(self, body: dict[str, Any]) -> None:
        self.bodies.append(body)
        self.slack.changes.publish("heard")

    async def _pressed(self, ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        await ack()
        self.respond = respond
        await self._heard(body)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events heard, oldest first."""
        return [body["event"] for body in self.bodies if "event" in body]

    async def hear(self, count: int) -> list[dict[str, Any]]:
        """Wait until so many events have come."""
        await self.slack.wait_for(lambda: len(self.events) >= count)
        return self.events

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[AsyncSocketModeHandler]:
        """One Socket Mode connection."""
        handler = AsyncSocketModeHandler(self.bolt, self.slack.app_token, web_client=self.client)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        try:
            yield handler
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]


@pytest.fixture
async def slack() -> AsyncIterator[SlackStandIn]:
    """A workspace in which Slack's patience is short."""
    standin = SlackStandIn(retry_delays=(0.01, 0.01, 0.01), ack_within=30.0)
    standin.add_user(ANNA, "anna", "Anna Rossi")
    standin.add_user(BRUNO, "bruno", "Bruno Sá")
    standin.add_channel(ROOM, "front-desk", [ANNA, BRUNO])
    async with standin.running():
        yield standin


@pytest.fixture
async def app(slack: SlackStandIn) -> AsyncIterator[App]:
    """An app that is connected."""
    heard = App(slack)
    async with heard.connected():
        yield heard


async def test_what_someone_types_arrives_as_slack_writes_it(slack: SlackStandIn, app: App) -> None:
    start = slack.post(ANNA, ROOM, "a <b> & @bruno")
    ts = slack.post(BRUNO, ROOM, "sì", start)
    first, second = await app.hear(2)
    assert (first["text"], first["user"], first["ts"]) == ("a &lt;b&gt; &amp; <@U0BRUNO>", ANNA, start)
    assert (second["thread_ts"], second["parent_user_id"], second["ts"]) == (start, ANNA, ts)
    assert second["channel_type"] == "channel"


async def test_edits_and_deletions_tell_what_was_there_before(slack: SlackStandIn, app: App) -> None:
    ts = slack.post(ANNA, ROOM, "uno")
    slack.edit(ANNA, ROOM, ts, "due")
    slack.delete(ANNA, ROOM, ts)
    _, changed, deleted = await app.hear(3)
    assert (changed["subtype"], changed["message"]["text"]) == ("message_changed", "due")
    assert changed["message"]["edited"]["user"] == ANNA
    assert (changed["previous_message"]["text"], changed["message"]["ts"]) == ("uno", ts)
    assert "edited" not in changed["previous_message"]
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", ts)
    assert deleted["previous_message"]["text"] == "due"


async def test_a_deleted_thread_start_is_a_change_until_the_last_reply_goes(
    slack: SlackStandIn, app: App
) -> None:
    start = slack.post(ANNA, ROOM, "uno")
    reply = slack.post(BRUNO, ROOM, "due", start)
    slack.delete(ANNA, ROOM, start)
    slack.delete(BRUNO, ROOM, reply)
    changed, *deleted = (await app.hear(5))[2:]
    assert (changed["subtype"], changed["message"]["subtype"]) == ("message_changed", "tombstone")
    assert (changed["previous_message"]["text"], changed["message"]["ts"]) == ("uno", start)
    assert [(event["subtype"], event["deleted_ts"]) for event in deleted] == [
        ("message_deleted", reply),
        ("message_deleted", start),
    ]


async def test_a_preview_that_slack_adds_is_a_change_without_an_edit(slack: SlackStandIn, app: App) -> None:
    ts = slack.post(ANNA, ROOM, "vedi https://x.example")
    slack.unfurl(ROOM, ts, "https://x.example")
    _, changed = await app.hear(2)
    assert (changed["subtype"], "edited" in changed["message"]) == ("message_changed", False)
    assert changed["message"]["text"] == changed["previous_message"]["text"]
    assert changed["message"]["attachments"][0]["from_url"] == "https://x.example"


async def test_reactions_name_the_message_and_its_author(slack: SlackStandIn, app: App) -> None:
    ts = slack.post(ANNA, ROOM, "uno")
    slack.react(BRUNO, ROOM, ts, "eyes")
    slack.unreact(BRUNO, ROOM, ts, "eyes")
    _, added, removed = await app.hear(3)
    assert (added["type"], removed["type"]) == ("reaction_added", "reaction_removed")
    for event in (added, removed):
        assert (event["user"], event["reaction"], event["item_user"]) == (BRUNO, "eyes", ANNA)
        assert event["item"] == {"type": "message", "channel": ROOM, "ts": ts}


async def test_the_app_hears_its_own_posts(app: App) -> None:
    await app.client.chat_postMessage(channel=ROOM, text="card")
    await app.client.chat_postMessage(channel=ROOM, text="words", username="Maria")
    own, named = await app.hear(2)
    assert (own["bot_id"], own["user"], own.get("subtype")) == ("B0DESKBOT", "U0DESKBOT", None)
    assert (named["bot_id"], named["subtype"], named["app_id"]) == ("B0DESKBOT", "bot_message", "A0STANDIN")


async def test_a_mention_of_the_bot_comes_twice(slack: SlackStandIn, app: App) -> None:
    slack.post(ANNA, ROOM, "@deskd help")
    events = await app.hear(2)
    assert sorted(event["type"] for event in events) == ["app_mention", "message"]
    assert len({event["ts"] for event in events}) == 1
    assert len({body["event_id"] for body in app.bodies}) == 2


async def test_files_memberships_and_home(slack: SlackStandIn, app: App) -> None:
    slack.post(ANNA, ROOM, "ecco", files=[("fattura.pdf", b"%PDF")])
    slack.leave(BRUNO, ROOM)
    slack.join(BRUNO, ROOM)
    slack.open_home(ANNA)
    events = {event["type"]: event for event in await app.hear(5)}
    assert events["message"]["subtype"] == "file_share"
    assert events["message"]["files"][0]["mimetype"] == "application/pdf"
    assert set(events) == {
        "message", "file_shared", "member_left_channel", "member_joined_channel", "app_home_opened",
    }  # fmt: skip


async def test_nothing_is_heard_of_a_channel_without_the_bot(slack: SlackStandIn, app: App) -> None:
    slack.add_channel("C0OTHER", "other", [ANNA], bot=False)
    slack.post(ANNA, "C0OTHER", "secret")
    slack.post(ANNA, slack.dm(ANNA), "direct")
    (event,) = await app.hear(1)
    assert (event["text"], event["channel_type"]) == ("direct", "im")


async def test_a_button_and_a_menu_on_a_message(slack: SlackStandIn, app: App) -> None:
    card = await app.client.chat_postMessage(channel=ROOM, text="card", blocks=[BUTTONS])
    await slack.press(ANNA, ROOM, card["ts"], "claim")
    await slack.press(BRUNO, ROOM, card["ts"], "priority", "high")
    claim, chosen = [body for body in app.bodies if body.get("type") == "block_actions"]
    assert (claim["user"]["id"], claim["actions"][0]["value"]) == (ANNA, "1")
    assert claim["container"]["message_ts"] == claim["message"]["ts"] == card["ts"]
    assert chosen["actions"][0]["selected_option"]["value"] == "high"
    with pytest.raises(LookupError, match="claim"):
        await slack.press(ANNA, ROOM, card["ts"], "resolve")
    with pytest.raises(LookupError, match="low"):
        await slack.press(ANNA, ROOM, card["ts"], "priority", "urgent")


async def test_an_ephemeral_button_and_the_answer_to_it(slack: SlackStandIn, app: App) -> None:
    await app.client.chat_postEphemeral(channel=ROOM, user=ANNA, text="stays inside", blocks=[BUTTONS])
    (shown,) = slack.ephemerals
    with pytest.raises(PermissionError):
        await slack.press(BRUNO, ROOM, shown.ts, "claim")
    await slack.press(ANNA, ROOM, shown.ts, "claim")
    body = app.bodies[-1]
    assert body["container"]["is_ephemeral"] is True
    assert "message" not in body
    assert app.respond is not None
    await app.respond(text="sent", replace_original=True)
    assert (shown.text, shown.blocks) == ("sent", [])
    await app.respond(delete_original=True)
    assert shown.deleted
    await app.respond(text="to all", response_type="in_channel")
    assert slack.channel_messages(ROOM)[-1]["text"] == "to all"


async def test_a_modal_from_click_to_close(slack: SlackStandIn, app: App) -> None:
    field = {"type": "plain_text_input", "action_id": "reason", "initial_value": "perché"}
    label = {"type": "plain_text", "text": "Reason"}
    view = {
        "type": "modal",
        "callback_id": "escalate",
        "title": label,
        "submit": label,
        "blocks": [{"type": "input", "block_id": "why", "label": label, "element": field}],
    }

    @app.bolt.shortcut("escalate")
    async def asked(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        await app.client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.bolt.view("escalate")
    async def submitted(ack: AsyncAck, body: dict[str, Any]) -> None:
        app.bodies.append(body)
        reason = body["view"]["state"]["values"]["why"]["reason"]["value"]
        await (ack() if reason != "perché" else ack(response_action="errors", errors={"why": "say more"}))

    ts = slack.post(ANNA, ROOM, "uno")
    await slack.shortcut(ANNA, "escalate", ROOM, ts)
    (opened,) = await slack.wait_for(lambda: slack.open_views(ANNA))
    await slack.submit_view(ANNA, opened.id)
    assert (opened.is_open, opened.errors) == (True, {"why": "say more"})
    with pytest.raises(LookupError, match="nothing to fill in"):
        await slack.submit_view(ANNA, opened.id, {"nonsense": "x"})
    await slack.submit_view(ANNA, opened.id, {"reason": "router guasto"})
    assert slack.open_views(ANNA) == []


async def test_a_trigger_opens_one_view_and_grows_old(slack: SlackStandIn, app: App) -> None:
    view = {"type": "modal", "title": {"type": "plain_text", "text": "t"}, "blocks": [BUTTONS]}
    card = await app.client.chat_postMessage(channel=ROOM, text="card", blocks=[BUTTONS])
    for _ in range(2):
        await slack.press(ANNA, ROOM, card["ts"], "claim")
    first, second = (body["trigger_id"] for body in app.bodies if "trigger_id" in body)
    await app.client.views_open(trigger_id=first, view=view)
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await app.client.views_open(trigger_id=first, view=view)
    later = slack.workspace.clock() + 3.5
    slack.workspace.clock = lambda: later
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await app.client.views_open(trigger_id=second, view=view)


async def test_home_and_commands(slack: SlackStandIn, app: App) -> None:
    @app.bolt.command("/desk")
    async def desk(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack(text=f"you said {body['text']}")

    home = {"type": "home", "blocks": [BUTTONS]}
    await app.client.views_publish(user_id=ANNA, view=home)
    await app.client.views_publish(
        user_id=ANNA, view={"type": "home", "blocks": [{"type": "divider"}, BUTTONS]}
    )
    shown = slack.home(ANNA)
    assert shown is not None
    assert len(shown.content["blocks"]) == 2
    await slack.press_in_view(ANNA, shown.id, "claim")
    assert app.bodies[-1]["view"]["id"] == shown.id
    answer = await slack.command(ANNA, ROOM, "/desk", "my tickets")
    assert answer is not None
    assert answer["text"] == "you said my tickets"


async def test_an_event_not_acknowledged_comes_again(slack: SlackStandIn, app: App) -> None:
    slack.socket_mode.ack_within = 0.3
    slack.ignore_acks(2)
    slack.post(ANNA, ROOM, "uno")
    await app.hear(3)
    assert len({body["event_id"] for body in app.bodies}) == 1
    sent = [(e["retry_attempt"], e["retry_reason"]) for e in slack.socket_mode.envelopes]
    assert sent == [(0, ""), (1, "timeout"), (2, "timeout")]


async def test_after_three_retries_an_event_is_lost(slack: SlackStandIn) -> None:
    app = App(slack)
    slack.socket_mode.ack_within = 0.02
    slack.ignore_acks(4)
    async with app.connected():
        slack.post(ANNA, ROOM, "uno")
        await app.hear(4)
        await slack.wait_for(lambda: slack.delivery.under_way == 0)
    assert [parcel.attempt for parcel in slack.delivery.dropped] == [3]


async def test_events_wait_for_a_connection_and_then_come_in_order(slack: SlackStandIn) -> None:
    app = App(slack)
    for number in range(5):
        slack.post(ANNA, ROOM, str(number))
    assert slack.delivery.under_way == 5
    async with app.connected():
        assert [event["text"] for event in await app.hear(5)] == ["0", "1", "2", "3", "4"]


async def test_events_that_waited_too_long_are_dropped(slack: SlackStandIn) -> None:
    slack.socket_mode.queue_for = 0.01
    slack.post(ANNA, ROOM, "uno")
    await slack.wait_for(lambda: slack.delivery.under_way == 0)
    assert len(slack.delivery.dropped) == 1
    assert slack.socket_mode.envelopes == []


async def test_each_event_goes_to_one_of_several_connections(slack: SlackStandIn) -> None:
    one, two = App(slack), App(slack)
    async with one.connected(), two.connected():
        for number in range(4):
            slack.post(ANNA, ROOM, str(number))
        await slack.wait_for(lambda: len(one.events) + len(two.events) == 4)
    assert (len(one.events), len(two.events)) == (2, 2)


@pytest.mark.parametrize("how", ["disconnect", "close_sockets"])
async def test_a_lost_connection_is_made_anew(slack: SlackStandIn, how: str) -> None:
    app = App(slack)
    async with app.connected() as handler:
        handler.client.ping_interval = 0.05  # how soon it notices
        if how == "disconnect":
            await slack.disconnect()
        else:
            slack.close_sockets()
        await slack.wait_for(lambda: len(slack.calls_of("apps.connections.open")) >= 2)
        slack.post(ANNA, ROOM, "ancora qui")
        assert (await app.hear(1))[0]["text"] == "ancora qui"


async def test_a_click_nobody_takes_is_lost_at_once(slack: SlackStandIn) -> None:
    slack.socket_mode.ack_within = 0.01
    with pytest.raises(TimeoutError, match="no notice"):
        await slack.command(ANNA, ROOM, "/desk", "x")


async def test_events_come_twice_or_in_the_wrong_order_when_told_to(slack: SlackStandIn, app: App) -> None:
    slack.duplicate_events(1)
    slack.post(ANNA, ROOM, "twice")
    await app.hear(2)
    assert len({body["event_id"] for body in app.bodies}) == 1
    slack.reorder_events(3)
    for text in ("a", "b", "c"):
        slack.post(ANNA, ROOM, text)
    assert [event["text"] for event in (await app.hear(5))[2:]] == ["c", "b", "a"]


async def test_a_ticket_opens_one_connection(slack: SlackStandIn) -> None:
    opened = await App(slack).client.apps_connections_open(app_token=slack.app_token)
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(opened["url"]) as socket:
            hello = await socket.receive_json()
        assert (hello["type"], hello["connection_info"]) == ("hello", {"app_id": "A0STANDIN"})
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(opened["url"])
