"""Files into Slack and out of it, with the genuine client, against the stand-in: true HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from connectors.slack.connector import SlackConnector
from connectors.slack.transfer import Resolver, Transfer
from connectors.standins.slack.server import SlackStandIn
from deskd.errors import PermanentFailure, TemporaryFailure, Throttled, UnknownOutcome, Unsupported
from deskd.model import Content, Delivery, FetchFiles, GestureFile, OutgoingFile, Place, Post, PostFiles
from deskd.parse.slack import parse_slack
from tests.integration.test_slack_connector import FRONT, Inbox, connector_for, inbox, slack, until

__all__ = ["inbox", "slack"]

PDF = OutgoingFile("fattura 118.pdf", "application/pdf", b"%PDF-1.7 " + bytes(range(256)))
PNG = OutgoingFile("schermata.png", "image/png", b"\x89PNG" * 900)


@pytest.fixture
async def connector(slack: SlackStandIn, inbox: Inbox) -> AsyncIterator[SlackConnector]:
    made = connector_for(slack)
    await made.start(inbox.accept)
    await until(lambda: made.health().state == "ok" and slack.socket_mode.connections)
    yield made
    await made.stop()


@pytest.fixture
async def root(connector: SlackConnector) -> str:
    return (await connector.deliver(delivery(Post(Place(FRONT), "ACME-1042"), "root"))).external_id


def delivery(content: Content, key: str = "desk-1", attempt: int = 1) -> Delivery:
    return Delivery(1, "slack", key, content, attempt)


def shown(slack: SlackStandIn, root: str) -> list[list[str]]:
    """The names of the files of each message in the thread that has any."""
    return [
        [file["name"] for file in message["files"]]
        for message in slack.thread(FRONT, root)
        if message.get("files")
    ]


async def test_several_files_are_one_message_of_the_thread(
    slack: SlackStandIn, connector: SlackConnector, root: str
) -> None:
    await connector.deliver(delivery(PostFiles(Place(FRONT, root), (PDF, PNG))))
    assert shown(slack, root) == [["fattura 118.pdf", "schermata.png"]]
    kept = {file.name: file.content for file in slack.workspace.files.values()}
    assert kept == {PDF.name: PDF.data, PNG.name: PNG.data}


@pytest.mark.parametrize("restarted", [False, True])
async def test_after_a_lost_answer_they_are_found_and_not_shown_twice(
    slack: SlackStandIn, inbox: Inbox, connector: SlackConnector, root: str, restarted: bool
) -> None:
    asked = delivery(PostFiles(Place(FRONT, root), (PDF, PNG)))
    slack.fail("files.completeUploadExternal", "lost answer")
    with pytest.raises(UnknownOutcome):
        await connector.deliver(asked)
    asking = connector_for(slack) if restarted else connector
    assert await asking.look_up(asked) is not None
    if restarted:
        await asking.stop()
    assert len(shown(slack, root)) == 1


@pytest.mark.parametrize("restarted", [False, True])
async def test_what_was_never_completed_is_known_not_to_be_there(
    slack: SlackStandIn, connector: SlackConnector, root: str, restarted: bool
) -> None:
    await connector.deliver(delivery(PostFiles(Place(FRONT, root), (PNG,)), "another"))
    asked = delivery(PostFiles(Place(FRONT, root), (PDF, PNG)))
    slack.fail("files.completeUploadExternal", "500")
    with pytest.raises(UnknownOutcome):
        await connector.deliver(asked)
    asking = connector_for(slack) if restarted else connector
    assert await asking.look_up(asked) is None
    if restarted:
        await asking.stop()


@pytest.mark.parametrize(
    ("method", "how", "means"),
    [
        ("files.getUploadURLExternal", "error:unknown_method", Unsupported),
        ("files.getUploadURLExternal", "error:missing_scope", PermanentFailure),
        ("files.getUploadURLExternal", "429", Throttled),
        ("files.getUploadURLExternal", "refuse", TemporaryFailure),
        ("upload", "500", TemporaryFailure),
        ("upload", "429", Throttled),
        ("upload", "lost answer", TemporaryFailure),
        ("files.completeUploadExternal", "error:not_in_channel", TemporaryFailure),
    ],
)
async def test_each_failure_means_what_happens_next(
    slack: SlackStandIn, connector: SlackConnector, root: str, method: str, how: str, means: type[Exception]
) -> None:
    asked = delivery(PostFiles(Place(FRONT, root), (PDF,)))
    slack.fail(method, how)
    with pytest.raises(means) as raised:
        await connector.deliver(asked)
    assert type(raised.value) is means
    slack.heal()
    if means is not Throttled:
        await connector.deliver(asked)
        assert shown(slack, root) == [[PDF.name]]


async def test_an_api_that_has_no_such_address_does_not_support_it() -> None:
    app = web.Application()
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        standin: Any = type("Api", (), {})()
        standin.api = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
        standin.bot_token, standin.app_token = "xoxb-1", "xapp-1"
        connector = connector_for(standin)
        with pytest.raises(Unsupported):
            await connector.deliver(delivery(PostFiles(Place(FRONT, "1.2"), (PDF,))))
        await connector.stop()
    finally:
        await runner.cleanup()


# ── out of Slack ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def written(slack: SlackStandIn, inbox: Inbox, root: str, *files: OutgoingFile) -> Any:
    """What an agent wrote with files, as it came in."""
    slack.post("U0ANNA", FRONT, "ecco", root, [(file.name, file.data) for file in files])
    await until(lambda: any(parse_slack(row.payload).files for row in inbox.rows.values()))
    return next(one for row in inbox.rows.values() if (one := parse_slack(row.payload)).files)


async def test_an_agents_files_come_in_as_they_are(
    slack: SlackStandIn, inbox: Inbox, connector: SlackConnector, root: str
) -> None:
    page = OutgoingFile("pagina.html", "text/html", b"<p>x</p>")
    gesture = await written(slack, inbox, root, PDF, PNG, page)
    receipt = await connector.deliver(delivery(FetchFiles(gesture.files, 20_000_000)))
    assert receipt.files == (PDF.data, PNG.data, page.data)


@pytest.mark.parametrize(
    ("how", "means"),
    [("500", TemporaryFailure), ("429", Throttled), ("503 html", TemporaryFailure)],
)  # fmt: skip
async def test_a_download_that_failed_is_tried_again(
    slack: SlackStandIn, inbox: Inbox, connector: SlackConnector, root: str, how: str, means: type[Exception]
) -> None:
    gesture = await written(slack, inbox, root, PDF)
    slack.fail("download", how)
    with pytest.raises(means):
        await connector.deliver(delivery(FetchFiles(gesture.files, 20_000_000)))
    assert (await connector.deliver(delivery(FetchFiles(gesture.files, 20_000_000)))).files == (PDF.data,)


async def test_the_limit_holds_for_what_comes_and_not_for_what_was_said(
    slack: SlackStandIn, inbox: Inbox, connector: SlackConnector, root: str
) -> None:
    gesture = await written(slack, inbox, root, PNG)
    with pytest.raises(PermanentFailure, match="schermata"):
        await connector.deliver(delivery(FetchFiles(gesture.files, 1000)))


async def test_the_sign_in_page_is_no_file(
    slack: SlackStandIn, inbox: Inbox, connector: SlackConnector, root: str
) -> None:
    gesture = await written(slack, inbox, root, PDF)
    async with slack_reading_without_scope(slack) as blind:
        with pytest.raises(PermanentFailure, match="files:read"):
            await blind.download(gesture.files[0].url, "application/pdf", 10_000)


def slack_reading_without_scope(slack: SlackStandIn) -> Any:
    class Blind:
        async def __aenter__(self) -> Transfer:
            self.transfer = Transfer("xoxb-other", slack.api)
            return self.transfer

        async def __aexit__(self, *_: object) -> None:
            await self.transfer.close()

    return Blind()


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "https://evil.example/f.pdf",
        "https://files.slack.com.evil.example/f.pdf",
        "https://files.slack.com@evil.example/f.pdf",
        "https://evilslack.com/f.pdf",
        "http://files.slack.com/f.pdf",
        "https://files.slack.com:8443/f.pdf",
        "http://localhost/f.pdf",
        "file:///etc/passwd",
        "ftp://files.slack.com/f.pdf",
        "http://[::1/",
        "",
    ],
)
async def test_nothing_is_asked_of_hosts_that_are_not_slacks(url: str) -> None:
    transfer = Transfer("xoxb-1", "http://127.0.0.1:9/api/")
    try:
        with pytest.raises(PermanentFailure, match="doesn't lie with Slack"):
            await transfer.download(url, "application/pdf", 1000)
    finally:
        await transfer.close()


async def test_no_redirect_is_followed_with_the_token() -> None:
    seen: list[str | None] = []

    async def away(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Authorization"))
        return web.Response(status=302, headers={"Location": "/elsewhere"})

    async def elsewhere(request: web.Request) -> web.Response:
        raise AssertionError("it was followed")

    app = web.Application()
    app.router.add_get("/f.pdf", away)
    app.router.add_get("/elsewhere", elsewhere)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    transfer = Transfer("xoxb-1", f"{origin}/api/")
    try:
        with pytest.raises(PermanentFailure, match="302"):
            await transfer.download(f"{origin}/f.pdf", "application/pdf", 1000)
        assert seen == ["Bearer xoxb-1"]
    finally:
        await transfer.close()
        await runner.cleanup()


async def test_a_name_that_leads_into_a_private_network_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver = Resolver(["mine.example"])

    async def rebound(host: str, port: int, family: Any) -> list[dict[str, Any]]:
        return [
            {"host": "10.0.0.8", "hostname": host, "port": port, "family": family, "proto": 0, "flags": 0}
        ]

    monkeypatch.setattr(resolver._names, "resolve", rebound)
    assert (await resolver.resolve("mine.example", 443))[0]["host"] == "10.0.0.8"
    with pytest.raises(PermanentFailure, match="private network"):
        await resolver.resolve("files.slack.com", 443)


async def test_a_file_without_an_address_is_asked_for_by_its_id(
    slack: SlackStandIn, inbox: Inbox, connector: SlackConnector, root: str
) -> None:
    gesture = await written(slack, inbox, root, PDF)
    bare = GestureFile(gesture.files[0].id, PDF.name, PDF.type, 0, "")
    assert (await connector.deliver(delivery(FetchFiles((bare,), 10_000)))).files == (PDF.data,)
