"""The Slack stand-in's Web API, called by the genuine AsyncWebClient: answers, refusals, pages, files."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from connectors.standins.slack import SlackStandIn

ANNA, CARD = "U0ANNA", {"type": "section", "text": {"type": "mrkdwn", "text": "*ACME-1*"}}
METADATA = {"event_type": "deskd", "event_payload": {"outbox": 7}}


@pytest.fixture
async def slack() -> AsyncIterator[SlackStandIn]:
    """A workspace with Anna and a channel."""
    standin = SlackStandIn()
    standin.add_user(ANNA, "anna", "Anna Rossi", "anna@acme.example")
    standin.add_channel("C0FRONT", "front-desk", [ANNA])
    async with standin.running():
        yield standin


@pytest.fixture
def client(slack: SlackStandIn) -> AsyncWebClient:
    """The app's client."""
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api, retry_handlers=[])


async def refusal(call: Awaitable[Any]) -> str:
    """The error with which a call is refused."""
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def test_the_app_learns_who_it_is(client: AsyncWebClient) -> None:
    answer = await client.auth_test()
    assert (answer["user_id"], answer["bot_id"], answer["team_id"]) == ("U0DESKBOT", "B0DESKBOT", "T0STANDIN")


@pytest.mark.parametrize(
    ("token", "error"),
    [("", "not_authed"), ("xoxb-wrong", "invalid_auth"), ("xapp-standin", "not_allowed_token_type")],
)
async def test_tokens_are_checked(slack: SlackStandIn, token: str, error: str) -> None:
    async with aiohttp.ClientSession() as session:
        answer = await session.post(slack.api + "auth.test", data={"token": token})
        assert await answer.json() == {"ok": False, "error": error}


async def test_a_missing_scope_is_named(slack: SlackStandIn, client: AsyncWebClient) -> None:
    slack.scopes.discard("reactions:write")
    ts = slack.post(ANNA, "C0FRONT", "ciao")
    with pytest.raises(SlackApiError) as refused:
        await client.reactions_add(channel="C0FRONT", timestamp=ts, name="eyes")
    answer = refused.value.response
    assert (answer["error"], answer["needed"]) == ("missing_scope", "reactions:write")
    assert "chat:write" in answer["provided"]
    granted = (await client.auth_test()).headers["X-OAuth-Scopes"]
    assert set(granted.split(",")) == slack.scopes


async def test_arguments_come_as_json_form_or_query(slack: SlackStandIn) -> None:
    said = {"channel": "C0FRONT", "text": "ciao", "token": slack.bot_token}
    url = slack.api + "chat.postMessage"
    async with aiohttp.ClientSession() as session:
        bearer = {"Authorization": f"Bearer {slack.bot_token}"}
        for answer in (
            await session.post(url, json={**said, "blocks": [CARD]}, headers=bearer),
            await session.post(url, data={**said, "blocks": '[{"type": "divider"}]'}),
            await session.post(url, params=said),
        ):
            assert (await answer.json())["ok"] is True
    shown = [[block["type"] for block in m.get("blocks", [])] for m in slack.channel_messages("C0FRONT")]
    assert shown == [["section"], ["divider"], []]


async def test_a_post_and_its_thread(slack: SlackStandIn, client: AsyncWebClient) -> None:
    card = await client.chat_postMessage(channel="C0FRONT", text="card", blocks=[CARD], metadata=METADATA)
    reply = await client.chat_postMessage(
        channel="C0FRONT", text="uno", thread_ts=card["ts"], username="Maria"
    )
    assert float(reply["ts"]) > float(card["ts"])
    first, second = slack.thread("C0FRONT", card["ts"])
    assert (first["reply_count"], first["latest_reply"], first["thread_ts"]) == (1, reply["ts"], card["ts"])
    assert first["user"] == "U0DESKBOT"
    assert (second["subtype"], second["username"], second["bot_id"]) == ("bot_message", "Maria", "B0DESKBOT")
    assert "user" not in second


async def test_metadata_is_shown_only_when_asked_for(client: AsyncWebClient) -> None:
    card = await client.chat_postMessage(channel="C0FRONT", text="card", metadata=METADATA)
    for read in (client.conversations_history, client.conversations_replies):
        args: dict[str, Any] = {"channel": "C0FRONT", "ts": card["ts"]}
        assert "metadata" not in (await read(**args))["messages"][0]
        assert (await read(**args, include_all_metadata=True))["messages"][0]["metadata"] == METADATA


Call = Callable[[AsyncWebClient, str], Awaitable[Any]]
REFUSED: list[tuple[str, Call]] = [
    ("channel_not_found", lambda c, ts: c.chat_postMessage(channel="C0NONE", text="x")),
    ("no_text", lambda c, ts: c.api_call("chat.postMessage", json={"channel": "C0FRONT"})),
    ("msg_too_long", lambda c, ts: c.chat_postMessage(channel="C0FRONT", text="x" * 40_001)),
    ("thread_not_found", lambda c, ts: c.chat_postMessage(channel="C0FRONT", text="x", thread_ts="1.000100")),
    ("invalid_blocks", lambda c, ts: c.chat_postMessage(channel="C0FRONT", text="x", blocks=[CARD] * 51)),
    ("message_not_found", lambda c, ts: c.chat_update(channel="C0FRONT", ts="1.000100", text="x")),
    ("cant_update_message", lambda c, ts: c.chat_update(channel="C0FRONT", ts=ts, text="x")),
    ("cant_delete_message", lambda c, ts: c.chat_delete(channel="C0FRONT", ts=ts)),
    ("no_reaction", lambda c, ts: c.reactions_remove(channel="C0FRONT", timestamp=ts, name="eyes")),
    (
        "message_not_found",
        lambda c, ts: c.reactions_add(channel="C0FRONT", timestamp="1.000100", name="eyes"),
    ),
    ("users_not_found", lambda c, ts: c.users_lookupByEmail(email="nobody@acme.example")),
    ("user_not_found", lambda c, ts: c.users_info(user="U0NONE")),
    ("user_not_in_channel", lambda c, ts: c.chat_postEphemeral(channel="C0FRONT", user="U0BEA", text="x")),
    ("thread_not_found", lambda c, ts: c.conversations_replies(channel="C0FRONT", ts="1.000100")),
    ("not_in_channel", lambda c, ts: c.conversations_history(channel="C0OTHER")),
    ("invalid_cursor", lambda c, ts: c.conversations_list(cursor="nonsense")),
    ("invalid_trigger_id", lambda c, ts: c.views_open(trigger_id="no", view=modal())),
    ("unknown_method", lambda c, ts: c.api_call("chat.nonsense")),
]


def modal() -> dict[str, Any]:
    """The smallest modal."""
    return {"type": "modal", "title": {"type": "plain_text", "text": "t"}, "blocks": [CARD]}


@pytest.mark.parametrize(("error", "call"), REFUSED)
async def test_what_slack_refuses(
    slack: SlackStandIn, client: AsyncWebClient, error: str, call: Call
) -> None:
    slack.add_user("U0BEA", "bea")
    slack.add_channel("C0OTHER", "other", bot=False)
    annas = slack.post(ANNA, "C0FRONT", "mine")
    assert await refusal(call(client, annas)) == error


async def test_an_update_replaces_text_and_blocks(slack: SlackStandIn, client: AsyncWebClient) -> None:
    card = await client.chat_postMessage(channel="C0FRONT", text="card", blocks=[CARD], metadata=METADATA)
    await client.chat_update(channel="C0FRONT", ts=card["ts"], text="new", blocks=[CARD, {"type": "divider"}])
    shown = slack.message("C0FRONT", card["ts"])
    assert (shown["text"], len(shown["blocks"]), shown["metadata"]) == ("new", 2, METADATA)
    assert "edited" not in shown
    await client.chat_update(channel="C0FRONT", ts=card["ts"], text="bare")
    shown = slack.message("C0FRONT", card["ts"])
    assert "blocks" not in shown
    assert shown["edited"]["user"] == "B0DESKBOT"


async def test_a_deleted_thread_start_leaves_a_tombstone(slack: SlackStandIn, client: AsyncWebClient) -> None:
    card = await client.chat_postMessage(channel="C0FRONT", text="card")
    reply = await client.chat_postMessage(channel="C0FRONT", text="reply", thread_ts=card["ts"])
    await client.chat_delete(channel="C0FRONT", ts=card["ts"])
    assert [m.get("subtype") for m in slack.thread("C0FRONT", card["ts"])] == ["tombstone", None]
    await client.chat_delete(channel="C0FRONT", ts=reply["ts"])
    assert slack.channel_messages("C0FRONT") == []


async def test_reactions(slack: SlackStandIn, client: AsyncWebClient) -> None:
    ts = slack.post(ANNA, "C0FRONT", "ciao")
    await client.reactions_add(channel="C0FRONT", timestamp=ts, name="lock")
    twice = client.reactions_add(channel="C0FRONT", timestamp=ts, name="lock")
    assert await refusal(twice) == "already_reacted"
    slack.react(ANNA, "C0FRONT", ts, "lock")
    found = (await client.reactions_get(channel="C0FRONT", timestamp=ts))["message"]["reactions"]
    assert found == [{"name": "lock", "users": ["U0DESKBOT", ANNA], "count": 2}]
    await client.reactions_remove(channel="C0FRONT", timestamp=ts, name="lock")
    slack.unreact(ANNA, "C0FRONT", ts, "lock")
    assert slack.reactions("C0FRONT", ts) == set()


async def test_history_is_newest_first_paged_and_bounded(slack: SlackStandIn, client: AsyncWebClient) -> None:
    stamps = [slack.post(ANNA, "C0FRONT", str(number)) for number in range(5)]
    slack.post(ANNA, "C0FRONT", "in a thread", stamps[0])
    slack.post(ANNA, "C0FRONT", "broadcast", stamps[0], broadcast=True)
    seen: list[str] = []
    async for page in await client.conversations_history(channel="C0FRONT", limit=2):
        seen += [m["text"] for m in page["messages"]]
    assert seen == ["broadcast", "4", "3", "2", "1", "0"]
    for inclusive, texts in ((False, ["2"]), (True, ["3", "2", "1"])):
        page = await client.conversations_history(
            channel="C0FRONT", oldest=stamps[1], latest=stamps[3], inclusive=inclusive
        )
        assert [m["text"] for m in page["messages"]] == texts


async def test_replies_are_oldest_first_with_the_start_on_each_page(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    start = slack.post(ANNA, "C0FRONT", "start")
    stamps = [slack.post(ANNA, "C0FRONT", str(number), start) for number in range(3)]
    pages = [
        [m["text"] for m in page["messages"]]
        async for page in await client.conversations_replies(channel="C0FRONT", ts=start, limit=2)
    ]
    assert pages == [["start", "0", "1"], ["start", "2"]]
    since = await client.conversations_replies(channel="C0FRONT", ts=start, oldest=stamps[1])
    assert [m["text"] for m in since["messages"]] == ["start", "2"]


async def test_channels_and_people_are_listed(slack: SlackStandIn, client: AsyncWebClient) -> None:
    slack.add_channel("C0OTHER", "other", bot=False)
    slack.add_channel("G0SECRET", "secret", [ANNA], kind="group")
    slack.add_group("S0DESK", "desk", [ANNA])
    listed = await client.conversations_list(types="public_channel,private_channel")
    assert {c["name"]: c["is_member"] for c in listed["channels"]} == {
        "front-desk": True,
        "other": False,
        "secret": True,
    }
    await client.conversations_join(channel="C0OTHER")
    assert (await client.conversations_info(channel="C0OTHER"))["channel"]["is_member"] is True
    assert (await client.conversations_members(channel="C0FRONT"))["members"] == [ANNA, "U0DESKBOT"]
    assert (await client.users_lookupByEmail(email="Anna@acme.example"))["user"]["id"] == ANNA
    joined = await client.users_conversations(types="public_channel")
    assert [c["name"] for c in joined["channels"]] == ["front-desk", "other"]
    assert [u["id"] for u in (await client.users_list())["members"]] == ["U0DESKBOT", ANNA]
    assert (await client.usergroups_users_list(usergroup="S0DESK"))["users"] == [ANNA]
    assert "users" not in (await client.usergroups_list())["usergroups"][0]


async def test_direct_messages_and_permalinks(slack: SlackStandIn, client: AsyncWebClient) -> None:
    opened = (await client.conversations_open(users=ANNA))["channel"]["id"]
    assert opened == slack.dm(ANNA)
    post = await client.chat_postMessage(channel=ANNA, text="psst")
    assert post["channel"] == opened
    reply = slack.post(ANNA, opened, "sì", post["ts"])
    link = (await client.chat_getPermalink(channel=opened, message_ts=reply))["permalink"]
    assert link.endswith(f"/{opened}/p{reply.replace('.', '')}?thread_ts={post['ts']}&cid={opened}")


async def test_files_go_up_and_come_down(slack: SlackStandIn, client: AsyncWebClient) -> None:
    card = await client.chat_postMessage(channel="C0FRONT", text="card")
    uploads: list[dict[str, Any]] = [
        {"content": b"\x00\xff", "filename": "a.bin"},
        {"content": "testo", "filename": "b.txt", "title": "B"},
    ]
    await client.files_upload_v2(
        channel="C0FRONT", thread_ts=card["ts"], initial_comment="two", file_uploads=uploads
    )
    shared = slack.thread("C0FRONT", card["ts"])[1]
    assert (shared["text"], shared["subtype"]) == ("two", "file_share")
    assert [(f["name"], f["title"], f["size"]) for f in shared["files"]] == [
        ("a.bin", "a.bin", 2),
        ("b.txt", "B", 5),
    ]
    url = shared["files"][0]["url_private_download"]
    async with aiohttp.ClientSession() as session:
        answer = await session.get(url, headers={"Authorization": f"Bearer {slack.bot_token}"})
        assert await answer.read() == b"\x00\xff"
        assert "Sign in" in await (await session.get(url)).text()
    known = (await client.files_info(file=shared["files"][1]["id"]))["file"]
    assert known["shares"]["public"] == {"C0FRONT": [{"ts": shared["ts"]}]}


async def test_an_upload_never_sent_cannot_be_completed(client: AsyncWebClient) -> None:
    begun = await client.files_getUploadURLExternal(filename="a.txt", length=3)
    completed = client.files_completeUploadExternal(files=[{"id": begun["file_id"], "title": "a"}])
    assert await refusal(completed) == "file_not_found"
