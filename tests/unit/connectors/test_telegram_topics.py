"""Tickets in a team's forum group: the genuine library against the stand-in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.standins.telegram import TelegramStandIn, buttons
from connectors.telegram import check_heard
from connectors.telegram.api import TelegramApi
from connectors.telegram.check_groups import TeamsGroup, check
from connectors.telegram.closed import ClosedTopics
from connectors.telegram.connector import TelegramConnector
from connectors.telegram.groups import Groups
from connectors.telegram.messages import Messages
from connectors.telegram.pace import Pace
from connectors.telegram.topics import Reading, Shown, Topics
from deskd.config import TelegramChannel, TelegramWebhook
from deskd.errors import DeskdError, PermanentFailure, TemporaryFailure, ThreadGone, Throttled, UnknownOutcome
from deskd.model import (
    Button,
    Ephemeral,
    OutgoingFile,
    Place,
    Post,
    PostCard,
    PostFiles,
    RawMessage,
    React,
    Receipt,
    UpdateCard,
)
from tests.support.world import StillClock
from tests.unit.connectors.test_telegram_drawing import CARD as DRAWN

ANNA, BRUNO = 601, 602
TEAM = -1001000000001
GROUP = str(TEAM)
CARD = replace(
    DRAWN,
    subject="Stampante",
    buttons=(Button("claim", "Claim", "ACME-1042"),),
    menu=(Button("menu", "Spam", "ACME-1042:spam"),),
)


@dataclass
class Forum:
    telegram: TelegramStandIn
    api: TelegramApi
    groups: Groups = field(default_factory=Groups)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """As after a start: at a pace that knows of nothing before."""
        messages = Messages(self.api, Pace(), StillClock())
        closed, reading = ClosedTopics("telegram", None), Reading(names={str(ANNA): "Anna Rossi"})
        self.topics = Topics(self.api, messages, self.groups, closed, reading)

    async def open(self) -> str:
        """A topic with its card; its id."""
        made = await self.topics.send(PostCard(Place(GROUP), CARD))
        assert (made.external_id, made.place) == ("", GROUP)
        await self.topics.send(PostCard(Place(GROUP, made.thread), CARD))
        return made.thread

    def texts(self, thread: str) -> list[str]:
        return [str(one["text"]) for one in self.telegram.topic(TEAM, int(thread)) if "text" in one]

    async def fails(self, content: Shown) -> DeskdError:
        """With what it fails; at a pace of its own, so that limits don't get in between."""
        self.restart()
        with pytest.raises(DeskdError) as failed:
            await self.topics.send(content)
        return failed.value


@pytest.fixture
async def forum() -> AsyncIterator[Forum]:
    telegram = TelegramStandIn()
    telegram.add_user(ANNA, "Anna")
    telegram.add_user(BRUNO, "Bruno")
    telegram.add_group(TEAM, "Front desk", [ANNA, BRUNO], forum=True)
    async with telegram.running():
        api = TelegramApi(telegram.token, telegram.api)
        await api.open()
        yield Forum(telegram, api)
        await api.close()


async def test_a_card_makes_its_topic_first_and_then_stands_in_it(forum: Forum) -> None:
    made = await forum.topics.send(PostCard(Place(GROUP), CARD))
    assert forum.telegram.topics(TEAM) == {int(made.thread): "ACME-1042 · Stampante"}
    posted = await forum.topics.send(PostCard(Place(GROUP, made.thread), CARD))
    _, card = forum.telegram.topic(TEAM, int(made.thread))
    assert (posted.external_id, posted.thread) == (str(card["message_id"]), made.thread)
    assert [button["callback_data"] for button in buttons(card)] == [
        "claim:ACME-1042",
        "menu:ACME-1042:spam",
    ]


async def test_a_card_is_drawn_anew_in_its_place(forum: Forum) -> None:
    thread = await forum.open()
    _, card = forum.telegram.topic(TEAM, int(thread))
    update = UpdateCard(
        Place(GROUP, str(card["message_id"])), replace(CARD, status="resolved", buttons=(), menu=())
    )
    for _ in range(2):  # the second time nothing is to be changed
        forum.restart()
        await forum.topics.send(update)
    assert "Stato: risolto" in forum.texts(thread)[0]
    assert buttons(card) == []
    await forum.topics.send(replace(update, place=Place(GROUP, "9999")))  # somebody deleted it


async def test_posts_answers_and_files_stand_in_the_topic(forum: Forum) -> None:
    thread = await forum.open()
    place = Place(GROUP, thread)
    await forum.topics.send(
        Post(place, "Non va", author="Maria Rossi", buttons=(Button("join", "Join", "1"),))
    )
    forum.restart()
    await forum.topics.send(Ephemeral(place, str(ANNA), "Non ho capito"))
    files = (
        OutgoingFile("a.jpg", "image/jpeg", b"a"),
        OutgoingFile("b.jpg", "image/jpeg", b"b"),
        OutgoingFile("c.pdf", "application/pdf", b"c"),
    )
    receipt = await forum.topics.send(PostFiles(place, files))
    assert len(receipt.external_id.split(",")) == 3
    *_, post, answer, first, second, paper = forum.telegram.topic(TEAM, int(thread))
    assert post["text"] == "Maria Rossi\nNon va"
    assert [button["callback_data"] for button in buttons(post)] == ["join:1"]
    assert answer["entities"][0]["user"]["id"] == ANNA
    assert first["media_group_id"] == second["media_group_id"]
    assert paper["document"]["file_name"] == "c.pdf"


async def test_marks_take_each_others_place(forum: Forum) -> None:
    thread = await forum.open()
    message = forum.telegram.write(ANNA, "Guardo", TEAM, thread=int(thread))["message_id"]
    place = Place(GROUP, str(message))
    for emoji, add, shown in [
        ("hourglass_flowing_sand", True, ["✍"]),
        ("warning", False, ["✍"]),  # another one stands there
        ("hourglass_flowing_sand", False, []),
        ("white_check_mark", True, ["👍"]),
        ("hourglass_flowing_sand", False, ["👍"]),
        ("unknown_to_telegram", True, ["👍"]),
    ]:
        await forum.topics.send(React(place, emoji, add))
        assert forum.telegram.reactions(TEAM, message) == shown
    forum.restart()  # started anew, it doesn't know what stands there
    await forum.topics.send(React(place, "white_check_mark", False))
    await forum.topics.send(React(Place(GROUP, "9999"), "white_check_mark"))
    assert forum.telegram.reactions(TEAM, message) == []


async def test_a_deleted_topic_is_told_as_such(forum: Forum) -> None:
    thread = await forum.open()
    forum.telegram.delete_topic(ANNA, TEAM, int(thread))
    contents = (Post(Place(GROUP, thread), "x"), PostCard(Place(GROUP, thread), CARD))
    for content in contents:
        assert isinstance(await forum.fails(content), ThreadGone)
    assert forum.groups.trouble == ""


async def test_where_telegram_refuses_a_post_because_a_topic_is_closed_it_is_opened(forum: Forum) -> None:
    thread = forum.telegram.open_topic(ANNA, TEAM, "ACME-1042")
    forum.telegram.close_topic(ANNA, TEAM, thread)
    forum.telegram.fail("sendMessage", "400:TOPIC_CLOSED", chat=TEAM)
    await forum.topics.send(Post(Place(GROUP, str(thread)), "Non va"))
    assert forum.texts(str(thread)) == ["Non va"]
    assert not forum.telegram.world.chats[TEAM].topics[thread]["closed"]


@pytest.mark.parametrize("then", ["goes", "stops"])
async def test_what_had_gone_before_a_topic_was_closed_is_in_the_receipt(
    forum: Forum, monkeypatch: pytest.MonkeyPatch, then: str
) -> None:
    thread = await forum.open()
    forum.restart()
    call, texts = forum.api.call, list[str]()

    async def closing(method: Any, what: str, **how: Any) -> Any:
        texts.append(what)
        if texts.count("a message") == 2:
            texts.append("a message")
            raise PermanentFailure("Telegram refuses a message: TOPIC_CLOSED")
        if then == "stops" and texts.count("a message") == 4:
            raise TemporaryFailure("Telegram is away")
        return await call(method, what, **how)

    monkeypatch.setattr(forum.api, "call", closing)
    content = Post(Place(GROUP, thread), "parola " * 1100)
    if then == "goes":
        known: Receipt | None = await forum.topics.send(content)
    else:
        with pytest.raises(TemporaryFailure) as failed:
            await forum.topics.send(content)
        known = failed.value.receipt
        assert failed.value.done == 1
    posted = [one["message_id"] for one in forum.telegram.topic(TEAM, int(thread)) if "text" in one][1:]
    assert known is not None
    assert known.external_id == ",".join(str(one) for one in posted)


@pytest.mark.parametrize("how", ["put out", "no forum", "no right", "no administrator", "no such group"])
async def test_while_a_group_is_not_as_it_must_be_its_rows_wait_and_health_says_why(
    forum: Forum, how: str
) -> None:
    chat = forum.telegram.world.chats[TEAM]
    match how:
        case "put out":
            forum.telegram.put_out(ANNA, TEAM)
        case "no forum":
            chat.forum = False
        case "no right":
            forum.telegram.give_rights(ANNA, TEAM, ["can_delete_messages"])
        case "no administrator":
            forum.telegram.give_rights(ANNA, TEAM, None)
        case _:
            chat.gone = True
    failure = await forum.fails(PostCard(Place(GROUP), CARD))
    assert isinstance(failure, TemporaryFailure)
    assert GROUP in forum.groups.trouble
    asked = [TeamsGroup("team front-desk", GROUP, {"agent anna": str(ANNA)})]
    findings = await check("telegram", forum.api, asked)
    assert "wrong" in {one.state for one in findings}
    assert all(one.remedy and "team front-desk" in one.text for one in findings if one.state == "wrong")
    chat.blocked, chat.gone, chat.forum = False, False, True
    forum.telegram.give_rights(ANNA, TEAM, ["can_manage_topics"])
    forum.restart()
    await forum.open()
    assert forum.groups.trouble == ""
    (fine,) = await check("telegram", forum.api, asked)
    assert fine.state == "ok"


async def test_doctor_names_who_is_missing_and_marks_that_are_forbidden(forum: Forum) -> None:
    forum.telegram.add_user(603, "Carla")
    asked = [
        TeamsGroup("team front-desk", GROUP, {"agent anna": "601", "agent carla": "603", "agent dan": "999"})
    ]
    forum.telegram.world.chats[TEAM].reactions = ["👍", "👎"]
    fine, carla, dan, marks = await check("telegram", forum.api, asked)
    assert fine.state == "ok"
    assert all(one.state == "warning" for one in (carla, dan, marks))
    assert ("agent carla (603)" in carla.text, "agent dan (999)" in dan.text) == (True, True)
    assert "✍" in marks.text
    assert "👍" not in marks.text


async def test_doctor_names_agents_who_are_anonymous(forum: Forum) -> None:
    forum.telegram.hide(BRUNO, TEAM)
    asked = [TeamsGroup("team front-desk", GROUP, {"agent anna": str(ANNA), "agent bruno": str(BRUNO)})]
    fine, bruno = await check("telegram", forum.api, asked)
    assert (fine.state, bruno.state) == ("ok", "warning")
    assert "agent bruno (602) as an anonymous administrator" in bruno.text


async def test_where_alerts_go_needs_no_topics(forum: Forum) -> None:
    forum.telegram.add_group(-77, "Admins", [ANNA], type="group")
    asked = [TeamsGroup("desk.admins", "-77", topics=False), TeamsGroup("desk.admins", "-78", topics=False)]
    there, gone = await check("telegram", forum.api, asked)
    assert (there.state, gone.state) == ("ok", "wrong")


async def test_doctor_tells_the_ids_of_groups_and_people_it_heard_of(forum: Forum) -> None:
    assert await check_heard.check("telegram", forum.api, ()) == []
    assert forum.telegram.calls_of("getUpdates") == [], "somebody may be fetching"
    for user in (ANNA, BRUNO, ANNA):
        forum.telegram.write(user, "ciao", TEAM)
    forum.telegram.write(BRUNO, "ciao")
    (finding,) = await check_heard.check("telegram", forum.api, ())
    assert finding.text == f"the group Front desk ({TEAM}) is no team's; there wrote Anna (601), Bruno (602)"
    assert await check_heard.check("telegram", forum.api, {GROUP}) == []
    assert len(forum.telegram.waiting) == 4, "deskd will get them all"


async def test_a_group_with_another_id_now_is_not_followed(forum: Forum) -> None:
    forum.telegram.add_group(-77, "Old", [ANNA], type="group")
    new = forum.telegram.upgrade(-77)
    failure = await forum.fails(Post(Place("-77", "5"), "x"))
    assert isinstance(failure, TemporaryFailure)
    assert str(new) in forum.groups.trouble


async def test_of_a_long_post_only_the_rest_goes_again(forum: Forum) -> None:
    thread = await forum.open()
    content = Post(Place(GROUP, thread), "parola " * 1100)
    forum.restart()
    await forum.topics.send(content)
    whole = forum.texts(thread)[1:]
    forum.restart()
    forum.telegram.fail("sendMessage", "429", chat=TEAM)
    again = replace(content, done=1)
    assert (await forum.fails(again)).done == 1
    forum.restart()
    await forum.topics.send(again)
    assert forum.texts(thread)[1:] == [*whole, whole[1]]


async def test_how_lost_answers_are_told(forum: Forum) -> None:
    for method, content in (
        ("createForumTopic", PostCard(Place(GROUP), CARD)),
        ("sendMessage", PostCard(Place(GROUP, await forum.open()), CARD)),
    ):
        forum.telegram.fail(method, "lost answer")
        assert isinstance(await forum.fails(content), UnknownOutcome)
    forum.telegram.fail("editMessageText", "lost answer")
    (card, *_) = [one for one in forum.telegram.sent(TEAM) if "text" in one]
    update = UpdateCard(Place(GROUP, str(card["message_id"])), replace(CARD, level=2))
    assert isinstance(await forum.fails(update), TemporaryFailure)
    assert "livello 2" in card["text"]


def test_cards_drawn_anew_leave_room_for_words() -> None:
    pace = Pace()
    for second in range(12):
        assert pace.take(GROUP, float(second), spare=8) == 0.0
    assert pace.take(GROUP, 12.0, spare=8) == 48.0
    for second in range(12, 20):
        assert pace.take(GROUP, float(second)) == 0.0
    assert pace.take(GROUP, 20.0) == 40.0
    assert pace.take(GROUP, 60.0) == 0.0


async def test_a_group_that_rests_is_left_alone(forum: Forum) -> None:
    forum.telegram.fail("createForumTopic", "429", chat=TEAM, retry_after=30)
    with pytest.raises(Throttled):
        await forum.topics.send(PostCard(Place(GROUP), CARD))
    with pytest.raises(Throttled):
        await forum.topics.send(Post(Place(GROUP, "1"), "x"))
    assert len(forum.telegram.calls_of("sendMessage")) == 0


@pytest.mark.parametrize(("topics", "asked"), [(True, True), (False, False)])
async def test_reactions_are_asked_for_where_teams_work(forum: Forum, topics: bool, asked: bool) -> None:
    hook = TelegramWebhook(url="https://desk.acme.example/telegram", secret=SecretStr("s3cret"))
    settings = TelegramChannel(
        type="telegram",
        token=SecretStr(forum.telegram.token),
        api=forum.telegram.api,
        topics=topics,
        webhook=hook,
    )
    connector = TelegramConnector("telegram", settings, StillClock())

    async def kept(raw: RawMessage) -> None:
        """Nothing comes in here."""

    await connector.start(kept)
    (call, *_) = await forum.telegram.wait_for(lambda: forum.telegram.calls_of("setWebhook"), 60)
    await connector.stop()
    assert ("message_reaction" in call.args.get("allowed_updates", [])) == asked
