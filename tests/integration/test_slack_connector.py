"""The Slack connector, with the genuine bolt client, against the stand-in: true HTTP, true WebSocket."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from connectors.slack.connector import SlackConnector
from connectors.standins.slack.server import SlackStandIn
from deskd.errors import (
    PermanentFailure,
    StoreFull,
    TemporaryFailure,
    Throttled,
    UnknownOutcome,
    Unsupported,
)
from deskd.model import (
    Button,
    CardView,
    Content,
    Delivery,
    Ephemeral,
    Place,
    Post,
    PostCard,
    RawMessage,
    React,
    UpdateCard,
)
from deskd.parse.slack import parse_slack
from deskd.ports import HeldReply

FRONT = "C0FRONT"
HOSTILE = "<!channel> <!here> <@U1> <!subteam^S1> <https://evil|https://bank> &lt;!channel&gt;"


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class MovedClock(SystemClock):
    """`ahead`: seconds."""

    ahead = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


@dataclass(frozen=True)
class Settings:
    api: str
    bot_token: SecretStr
    app_token: SecretStr | None
    signing_secret: SecretStr | None = None
    customers: tuple[str, ...] = ()


@dataclass
class Inbox:
    """Keeps what is accepted once, as the true one does; `full` refuses."""

    rows: dict[str, RawMessage] = field(default_factory=dict)
    full: bool = False

    async def accept(self, message: RawMessage) -> None:
        if self.full:
            raise StoreFull("no room")
        self.rows.setdefault(message.external_id, message)

    def texts(self) -> list[str]:
        return [parse_slack(row.payload).text for row in self.rows.values()]


async def until(true: Callable[[], Any], seconds: float = 20.0) -> None:
    """Wait for a condition, with a deadline."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - what it waits for lies in several objects
            await asyncio.sleep(0.01)


@pytest.fixture
async def slack() -> AsyncIterator[SlackStandIn]:
    standin = SlackStandIn(retry_delays=(0.2, 0.5, 1.0))
    async with standin.running():
        standin.add_user("U0ANNA", "anna", "Anna Rossi", "anna@acme.example")
        standin.add_user("U0CARLA", "carla", "Carla Ruiz", "carla@acme.example")
        standin.add_channel(FRONT, "front", ["U0ANNA", "U0CARLA"])
        standin.add_channel("C0OTHER", "other", ["U0ANNA"])
        yield standin


def settings_of(slack: SlackStandIn) -> Settings:
    return Settings(slack.api, SecretStr(slack.bot_token), SecretStr(slack.app_token))


def connector_for(slack: SlackStandIn) -> SlackConnector:
    return SlackConnector("slack", settings_of(slack), SystemClock(), chance=random.Random(1))


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
async def connector(slack: SlackStandIn, inbox: Inbox) -> AsyncIterator[SlackConnector]:
    made = connector_for(slack)
    await made.start(inbox.accept)
    await until(lambda: made.health().state == "ok" and slack.socket_mode.connections)
    yield made
    await made.stop()


def card_view(**changes: Any) -> CardView:
    values: dict[str, Any] = {
        "ref": "ACME-1042",
        "subject": "Fattura 118",
        "contact": "Maria <maria@cliente.example>",
        "channel": "support-mail",
        "status": "new",
        "priority": "normal",
        "level": 1,
        "team": "front-desk",
        "assignee": "",
        "tags": ("billing",),
        "buttons": (
            Button("claim", "Claim", "ACME-1042", "primary"),
            Button("resolve", "Resolve", "ACME-1042"),
        ),
    }
    return CardView(**{**values, **changes})


def delivery(content: Content, key: str = "desk-1") -> Delivery:
    return Delivery(id=1, channel="slack", key=key, content=content)


async def post_card(connector: SlackConnector, key: str = "card-1") -> str:
    return (await connector.deliver(delivery(PostCard(Place(FRONT), card_view()), key))).external_id


def posts(slack: SlackStandIn) -> list[Any]:
    return [call for call in slack.calls if call.method == "chat.postMessage" and call.outcome == "ok"]


async def test_everything_agents_do_comes_in_once(
    slack: SlackStandIn, connector: SlackConnector, inbox: Inbox
) -> None:
    root = await post_card(connector)
    ts = slack.post("U0ANNA", FRONT, "Buongiorno, verifico *subito* <& co>", root)
    slack.edit("U0ANNA", FRONT, ts, "Buongiorno, verifico domani")
    slack.react("U0ANNA", FRONT, ts, "x")
    slack.unreact("U0ANNA", FRONT, ts, "x")
    slack.delete("U0ANNA", FRONT, ts)
    await slack.press("U0ANNA", FRONT, root, "claim")
    slack.duplicate_events(1)
    slack.post("U0CARLA", FRONT, "note: due volte", root)
    await until(lambda: len(inbox.rows) == 7)
    gestures = [parse_slack(row.payload) for row in inbox.rows.values()]
    assert [one.kind for one in gestures] == [
        "message", "edit", "react", "unreact", "delete", "press", "message",
    ]  # fmt: skip
    assert {one.thread_ts for one in gestures if one.kind in ("message", "edit", "delete")} == {root}
    assert gestures[0].text == "Buongiorno, verifico *subito* &lt;&amp; co&gt;"
    assert (gestures[5].name, gestures[5].value, gestures[5].ts) == ("claim", "ACME-1042", root)
    assert {one.user for one in gestures} == {"U0ANNA", "U0CARLA"}


async def test_what_we_write_ourselves_does_not_come_back(
    slack: SlackStandIn, connector: SlackConnector, inbox: Inbox
) -> None:
    root = await post_card(connector)
    await connector.deliver(delivery(UpdateCard(Place(FRONT, root), card_view(status="open")), "u"))
    await connector.deliver(delivery(Post(Place(FRONT, root), "Ciao", author="Maria"), "p"))
    await connector.deliver(delivery(React(Place(FRONT, root), "white_check_mark"), "r"))
    slack.post("U0ANNA", FRONT, "e questo sì", root)
    await until(lambda: inbox.rows)
    assert inbox.texts() == ["e questo sì"]


async def test_what_was_not_kept_is_not_acked_and_comes_again(
    slack: SlackStandIn, connector: SlackConnector, inbox: Inbox
) -> None:
    inbox.full = True
    slack.post("U0ANNA", FRONT, "tenetemi")
    await until(lambda: len(slack.socket_mode.envelopes) >= 1)
    inbox.full = False
    await until(lambda: inbox.texts() == ["tenetemi"])


async def test_the_start_returns_at_once_and_the_line_comes_back_after_an_outage(
    slack: SlackStandIn, inbox: Inbox
) -> None:
    slack.outage()
    made = connector_for(slack)
    try:
        await made.start(inbox.accept)
        await until(lambda: "reached" in (made.health().error or ""))
        await slack.recover()
        await until(lambda: made.health().state == "ok")
        slack.outage()
        await until(lambda: made.health().state == "degraded")
        await slack.recover()
        await until(lambda: made.health().state == "ok")
        slack.close_sockets()
        slack.post("U0ANNA", FRONT, "sono tornata")
        await until(lambda: inbox.texts() == ["sono tornata"])
    finally:
        await made.stop()
    assert made.health().state == "stopped"


async def test_each_attempt_asks_for_a_new_address(unused_tcp_port: int, inbox: Inbox) -> None:
    """A WebSocket address is good once: one that was refused is not tried again."""
    tried: list[str] = []
    acks: list[Any] = []

    async def open_one(request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "url": f"ws://127.0.0.1:{unused_tcp_port}/link/{len(tried)}"})

    async def link(request: web.Request) -> web.StreamResponse:
        tried.append(request.match_info["number"])
        if len(tried) < 3:
            return web.Response(status=408)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        event = {"type": "message", "user": "U1", "channel": "C1", "ts": "1.2", "text": "ciao"}
        payload = {"type": "event_callback", "event": event}
        await socket.send_json({"envelope_id": "e1", "type": "events_api", "payload": payload})
        acks.append(await socket.receive_json())
        async for _ in socket:
            continue
        return socket

    app = web.Application()
    app.add_routes([web.post("/api/apps.connections.open", open_one), web.get("/link/{number}", link)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", unused_tcp_port).start()
    api = f"http://127.0.0.1:{unused_tcp_port}/api"  # without its slash, and with no other method at all
    made = SlackConnector("slack", Settings(api, SecretStr("xoxb"), SecretStr("xapp")), SystemClock())
    try:
        await made.start(inbox.accept)
        await until(lambda: acks)
        assert tried == ["0", "1", "2"]
        assert [ack["envelope_id"] for ack in acks] == ["e1"]
        assert inbox.texts() == ["ciao"]
        assert made.health().state == "ok"
    finally:
        await made.stop()
        await runner.cleanup()


async def test_without_an_app_token_it_says_that_nothing_comes_in(slack: SlackStandIn, inbox: Inbox) -> None:
    made = SlackConnector("slack", Settings(slack.api, SecretStr(slack.bot_token), None), SystemClock())
    await made.start(inbox.accept)
    assert made.health().state != "ok"
    assert "app_token" in (made.health().error or "")
    await made.stop()
    with pytest.raises(TemporaryFailure):
        await post_card(made)


async def test_a_requested_reconnection_loses_nothing(
    slack: SlackStandIn, connector: SlackConnector, inbox: Inbox
) -> None:
    for number in range(5):
        slack.post("U0ANNA", FRONT, f"prima {number}")
    await slack.disconnect()
    for number in range(5):
        slack.post("U0ANNA", FRONT, f"dopo {number}")
    await until(lambda: len(inbox.rows) == 10)
    await until(lambda: len(slack.socket_mode.connections) == 1)


async def test_an_event_that_is_kept_when_its_line_has_gone_is_no_alarm(
    slack: SlackStandIn, inbox: Inbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("connectors.slack.socket.LINGER", 0.05)
    arrived, released = asyncio.Event(), asyncio.Event()

    async def slowly(message: RawMessage) -> None:
        arrived.set()
        await released.wait()
        await inbox.accept(message)

    made = connector_for(slack)
    await made.start(slowly)
    await until(lambda: made.health().state == "ok")
    slack.post("U0ANNA", FRONT, "all'ultimo momento")
    await asyncio.wait_for(arrived.wait(), 20)
    await made.stop()
    released.set()
    await until(lambda: inbox.texts() == ["all'ultimo momento"])
    await until(lambda: not [task for task in asyncio.all_tasks() if "run_message_listeners" in repr(task)])
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_a_refused_token_is_asked_for_now_and_then_and_works_again(
    slack: SlackStandIn, inbox: Inbox
) -> None:
    clock = MovedClock()
    made = SlackConnector("slack", settings_of(slack), clock, chance=random.Random(1))
    await made.start(inbox.accept)
    await until(lambda: made.health().state == "ok")
    slack.fail("chat.postMessage", "error:token_revoked", times=None)
    slack.fail("auth.test", "error:token_revoked", times=None)
    for number in range(5):
        with pytest.raises(TemporaryFailure, match="token_revoked"):
            await made.deliver(delivery(Post(Place(FRONT), "Ciao"), f"refused-{number}"))
    assert len(slack.calls_of("chat.postMessage")) == 1  # the others were not even asked
    assert made.health().state == "failing"
    assert "token_revoked" in (made.health().error or "")
    slack.heal()
    clock.ahead += 31
    await made.deliver(delivery(Post(Place(FRONT), "Ciao"), "taken"))
    assert made.health().state == "ok"
    assert [post["text"] for post in slack.channel_messages(FRONT)] == ["Ciao"]
    await made.stop()


async def test_customers_text_stays_text(slack: SlackStandIn, connector: SlackConnector) -> None:
    root = (
        await connector.deliver(
            delivery(PostCard(Place(FRONT), card_view(subject=HOSTILE, contact=HOSTILE)), "c")
        )
    ).external_id
    await connector.deliver(delivery(Post(Place(FRONT, root), HOSTILE, author=HOSTILE), "p"))
    for call in posts(slack):
        assert "<" not in call.args["text"]
        for block in call.args["blocks"]:
            assert "<" not in "".join(mrkdwn(block))
    said = posts(slack)[1].args
    assert said["blocks"][0]["elements"][0]["elements"][0]["text"].startswith("<!channel> <!here> <@U1>")
    assert said["text"].endswith("&amp;lt;!channel&amp;gt;")
    assert (said["unfurl_links"], said["unfurl_media"], said["link_names"], said["parse"]) == (
        False, False, False, "none",
    )  # fmt: skip


def mrkdwn(block: Any) -> list[str]:
    """Every text in a block that Slack would parse."""
    if isinstance(block, list):
        return [text for one in block for text in mrkdwn(one)]
    if not isinstance(block, dict):
        return []
    own = [block["text"]] if block.get("type") == "mrkdwn" else []
    return own + [text for one in block.values() for text in mrkdwn(one)]


async def test_a_long_text_is_one_post_within_the_limits(
    slack: SlackStandIn, connector: SlackConnector
) -> None:
    root = await post_card(connector)
    long = "\n".join(f"riga {number} " + "x" * 90 for number in range(2000))
    buttons = (Button("join", "Join", "ACME-1042"),)
    await connector.deliver(
        delivery(Post(Place(FRONT, root), long, buttons=buttons, attachments=("a.pdf (12 KB)",)))
    )
    assert len(slack.thread(FRONT, root)) == 2
    drawn = posts(slack)[-1].args["blocks"]
    assert len(drawn) <= 50
    assert "more characters" in json.dumps(drawn)


async def test_a_text_slack_finds_too_long_goes_shorter(
    slack: SlackStandIn, connector: SlackConnector
) -> None:
    root = await post_card(connector)
    slack.fail("chat.postMessage", "error:msg_blocks_too_long")
    await connector.deliver(delivery(Post(Place(FRONT, root), "x" * 30_000)))
    shown = sum(
        len(part.get("text", "")) for block in posts(slack)[-1].args["blocks"] for part in parts(block)
    )
    assert 9_000 < shown < 10_100


async def test_a_text_slack_refuses_goes_plain(slack: SlackStandIn, connector: SlackConnector) -> None:
    root = await post_card(connector)
    slack.fail("chat.postMessage", "error:invalid_blocks", times=2)
    await connector.deliver(
        delivery(Post(Place(FRONT, root), "vedi https://a.example/ e dimmi", mentions=("U0ANNA",)))
    )
    assert [block["type"] for block in posts(slack)[-1].args["blocks"]] == ["rich_text", "section"]
    assert posts(slack)[-1].args["blocks"][1]["text"]["text"] == "vedi https://a.example/ e dimmi"
    assert len(slack.thread(FRONT, root)) == 2


def parts(block: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for section in block.get("elements", []) for part in section.get("elements", [])]


async def test_reactions_that_stand_already_are_done(slack: SlackStandIn, connector: SlackConnector) -> None:
    root = await post_card(connector)
    for add in (True, True, False, False):
        await connector.deliver(delivery(React(Place(FRONT, root), "eyes", add)))
    assert "eyes" not in slack.workspace.channels[FRONT].messages[root].reactions


async def test_a_reaction_the_app_may_not_give_holds_up_nothing(
    slack: SlackStandIn, connector: SlackConnector
) -> None:
    root = await post_card(connector)
    slack.fail("reactions.add", "error:missing_scope")
    with pytest.raises(PermanentFailure, match="add the scope"):
        await connector.deliver(delivery(React(Place(FRONT, root), "eyes")))


async def test_a_hint_is_shown_to_one_person(slack: SlackStandIn, connector: SlackConnector) -> None:
    root = await post_card(connector)
    await connector.deliver(delivery(Ephemeral(Place(FRONT, root), "U0ANNA", "!resolve takes <nothing>")))
    shown = slack.workspace.ephemerals[0]
    assert (shown.user, shown.text) == ("U0ANNA", "!resolve takes &lt;nothing&gt;")


@pytest.mark.parametrize(
    ("how", "raised"),
    [
        ("429", Throttled),
        ("500", UnknownOutcome),
        ("503 html", UnknownOutcome),
        ("lost answer", UnknownOutcome),
        ("refuse", UnknownOutcome),
        ("error:not_in_channel", TemporaryFailure),
        ("error:invalid_auth", TemporaryFailure),
        ("error:internal_error", UnknownOutcome),
        ("error:invalid_blocks", PermanentFailure),
        ("error:restricted_action", PermanentFailure),
        ("error:unknown_method", Unsupported),
    ],
)
async def test_how_a_failed_post_is_told(
    slack: SlackStandIn, connector: SlackConnector, how: str, raised: type[Exception]
) -> None:
    slack.fail("chat.postMessage", how)
    with pytest.raises(raised) as caught:
        await post_card(connector)
    assert type(caught.value) is raised


@pytest.mark.parametrize("how", ["500", "503 html", "lost answer", "error:internal_error"])
async def test_what_can_be_done_again_is_only_tried_again(
    slack: SlackStandIn, connector: SlackConnector, how: str
) -> None:
    root = await post_card(connector)
    slack.fail("chat.update", how)
    with pytest.raises(TemporaryFailure):
        await connector.deliver(delivery(UpdateCard(Place(FRONT, root), card_view())))


async def test_a_refused_connection_sent_nothing(slack: SlackStandIn, connector: SlackConnector) -> None:
    slack.outage()
    with pytest.raises(TemporaryFailure):
        await post_card(connector)


async def test_the_remedy_stands_in_the_failure(slack: SlackStandIn, connector: SlackConnector) -> None:
    slack.fail("chat.postMessage", "error:not_in_channel")
    with pytest.raises(TemporaryFailure, match=r"chat.postMessage in C0FRONT.*/invite @deskd"):
        await post_card(connector)
    assert connector.health().state == "degraded"


async def test_a_429_parks_its_channel_alone(slack: SlackStandIn, connector: SlackConnector) -> None:
    slack.fail("chat.postMessage", "429", channel=FRONT, retry_after=30)
    with pytest.raises(Throttled) as caught:
        await post_card(connector)
    assert caught.value.retry_after is not None
    assert caught.value.retry_after.total_seconds() == 30
    calls = len(slack.calls)
    with pytest.raises(Throttled):
        await post_card(connector)
    assert len(slack.calls) == calls, "a parked channel is not asked"
    assert (await connector.deliver(delivery(Post(Place("C0OTHER"), "libera")))).external_id


async def test_a_post_of_unknown_outcome_is_found_by_its_key(
    slack: SlackStandIn, connector: SlackConnector
) -> None:
    slack.fail("chat.postMessage", "lost answer")
    card = delivery(PostCard(Place(FRONT), card_view()), "card-7")
    with pytest.raises(UnknownOutcome):
        await connector.deliver(card)
    found = await connector.look_up(card)
    assert found is not None
    reply = delivery(Post(Place(FRONT, found.external_id), "Ciao"), "post-8")
    assert await connector.look_up(reply) is None
    sent = await connector.deliver(reply)
    assert await connector.look_up(reply) == sent
    slack.fail("conversations.replies", "error:unknown_method")
    with pytest.raises(TemporaryFailure):
        await connector.look_up(reply)


async def test_an_app_that_may_not_name_its_posts_names_the_author_inside(
    slack: SlackStandIn, connector: SlackConnector
) -> None:
    root = await post_card(connector)
    slack.fail("chat.postMessage", "error:missing_scope")
    for key in ("p1", "p2"):
        await connector.deliver(delivery(Post(Place(FRONT, root), "Non torna", author="Maria"), key))
    first, second = slack.thread(FRONT, root)[1:]
    assert first["text"] == second["text"] == "Maria: Non torna"
    assert "username" not in first
    assert "username" not in second


async def test_recheck_brings_what_was_missed(
    slack: SlackStandIn, connector: SlackConnector, inbox: Inbox
) -> None:
    root = await post_card(connector)
    written = [slack.post("U0ANNA", FRONT, f"risposta {number}", root) for number in range(4)]
    held = [HeldReply(FRONT, ts, root, f"risposta {number}", "U0ANNA") for number, ts in enumerate(written)]
    slack.edit("U0ANNA", FRONT, written[1], "risposta corretta")
    slack.delete("U0ANNA", FRONT, written[2])
    slack.react("U0ANNA", FRONT, written[3], "x")
    await until(lambda: len(inbox.rows) == 7)
    real = set(inbox.rows)
    before = len(inbox.rows)
    await connector.recheck(held)
    assert [parse_slack(row.payload).kind for row in list(inbox.rows.values())[before:]] == ["react"]
    inbox.rows.clear()
    await connector.recheck(held)
    gestures = [parse_slack(row.payload) for row in inbox.rows.values()]
    assert [(one.kind, one.ts) for one in gestures] == [
        ("edit", written[1]), ("delete", written[2]), ("react", written[3]),
    ]  # fmt: skip
    assert (gestures[0].text, gestures[0].user, gestures[0].thread_ts) == (
        "risposta corretta",
        "U0ANNA",
        root,
    )
    assert {name for name in inbox.rows if name[0] in "ed"} <= real, "the same ids as the events themselves"
    slack.outage()
    with pytest.raises(TemporaryFailure):
        await connector.recheck(held)


async def test_a_thread_that_slack_does_not_show_is_not_taken_for_deleted(
    inbox: Inbox, unused_tcp_port: int
) -> None:
    """Some servers answer everything with an empty yes: that is no word about a reply."""

    async def yes(request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "messages": []})

    app = web.Application()
    app.router.add_route("*", "/api/{method}", yes)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", unused_tcp_port).start()
    api = f"http://127.0.0.1:{unused_tcp_port}/api/"
    made = SlackConnector("slack", Settings(api, SecretStr("xoxb"), None), SystemClock())
    try:
        await made.start(inbox.accept)
        await made.recheck([HeldReply(FRONT, "1.2", "1.1", "ciao")])
        with pytest.raises(UnknownOutcome, match="which ts"):
            await post_card(made)
        assert inbox.rows == {}
    finally:
        await made.stop()
        await runner.cleanup()


@pytest.mark.parametrize("why", ["missing_scope", "unknown_method"])
async def test_a_reply_that_slack_will_never_show_does_not_wait_for_good(
    slack: SlackStandIn, connector: SlackConnector, inbox: Inbox, why: str
) -> None:
    root = await post_card(connector)
    held = HeldReply(FRONT, slack.post("U0ANNA", FRONT, "risposta", root), root, "prima", "U0ANNA")
    await until(lambda: len(inbox.rows) == 1)
    slack.fail("conversations.replies", f"error:{why}", times=None)
    await connector.recheck([held])
    assert len(inbox.rows) == 1


async def test_a_channel_name_goes_as_it_is_where_channels_cannot_be_listed(
    slack: SlackStandIn, connector: SlackConnector
) -> None:
    slack.fail("conversations.list", "error:unknown_method", times=None)
    slack.fail("chat.postMessage", "error:internal_error")
    with pytest.raises(UnknownOutcome, match="#front"):
        await connector.deliver(delivery(Post(Place("#front"), "per nome")))


async def test_names_are_found_and_ids_are_left_alone(slack: SlackStandIn, connector: SlackConnector) -> None:
    found = await connector.resolve_people(
        ["U0X", "anna@acme.example", "nobody@acme.example", "#front", "#none"]
    )
    assert found == {"U0X": "U0X", "anna@acme.example": "U0ANNA", "#front": FRONT}
    receipt = await connector.deliver(delivery(Post(Place("#front"), "per nome")))
    assert receipt.place == FRONT
    assert slack.workspace.channels[FRONT].messages[receipt.external_id].text == "per nome"


async def test_a_name_is_found_as_soon_as_slack_is_back(
    slack: SlackStandIn, connector: SlackConnector
) -> None:
    slack.outage()
    assert await connector.resolve_people(["#front", "anna@acme.example"]) == {}
    await slack.recover()
    assert await connector.resolve_people(["#front", "anna@acme.example"]) == {
        "#front": FRONT, "anna@acme.example": "U0ANNA",
    }  # fmt: skip
    for _ in range(3):
        assert await connector.resolve_people(["#none", "none@acme.example"]) == {}
    assert len(slack.calls_of("users.lookupByEmail")) == 2, "an answer stands for a minute"
    assert len(slack.calls_of("conversations.list")) == 1


async def test_auth_test_is_not_needed(slack: SlackStandIn, inbox: Inbox) -> None:
    slack.fail("auth.test", "hang", times=None)
    made = connector_for(slack)
    try:
        await made.start(inbox.accept)
        await until(lambda: slack.socket_mode.connections)
        root = await post_card(made)
        slack.post("U0ANNA", FRONT, "ciao", root)
        await until(lambda: inbox.rows)
        assert inbox.texts() == ["ciao"]
    finally:
        await made.stop()
