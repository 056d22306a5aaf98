"""Files that agents send out of a topic, and what becomes of them while their reply is held: exchanged, stopped, kept inside."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.standins.telegram.sending import shape
from deskd.clock.system import SystemClock
from deskd.store.tables import outbox
from tests.support.daemon import until
from tests.support.topicdesk import ANNA, FRONT, MARIA, PATIENCE, TopicDesk, said, topic_desk

JPEG = b"\xff\xd8 "


class AheadClock(SystemClock):
    """The system's, and as far ahead of it as a test wants."""

    ahead = timedelta(0)

    def now(self) -> Any:
        return super().now() + self.ahead


@pytest.fixture
async def desk(tmp_path: Path, desk_url: str) -> AsyncIterator[TopicDesk]:
    async with topic_desk(tmp_path, desk_url, settings={"undo": "1h"}, clock=AheadClock()) as made:
        await made.start()
        yield made


async def opened(desk: TopicDesk) -> int:
    desk.telegram.write(MARIA, "Non va")
    return await desk.topic("Non va")


async def album(desk: TopicDesk, topic: int, caption: str) -> list[dict[str, Any]]:
    """Two photos of Anna's, the second of them here already."""
    before = len(fetched(desk))
    sent = desk.telegram.album(
        ANNA,
        [("photo", "", JPEG + b"one"), ("photo", "", JPEG + b"two")],
        FRONT,
        caption=caption,
        thread=topic,
    )
    await desk.marked(sent[0]["message_id"], "✍")

    async def came() -> bool:
        return len(fetched(desk)) > before

    await until(came, PATIENCE)
    return sent


def fetched(desk: TopicDesk) -> list[dict[str, Any]]:
    return list(desk.rows(outbox, kind="fetch", state="sent"))


def exchange(desk: TopicDesk, message: dict[str, Any], data: bytes) -> None:
    """Anna puts another photo into a message."""
    photo = shape("photo", desk.telegram.world.add_file("", "image/jpeg", data))
    desk.telegram.update({"edited_message": {**message, "photo": photo, "edit_date": message["date"] + 5}})


async def edited(desk: TopicDesk) -> None:
    """Waits until the desk has heard of an edit of the newest message."""

    async def heard() -> bool:
        return bool(desk.tickets()[0]["messages"][-1]["versions"])

    await until(heard, PATIENCE)


async def sent_after_all(desk: TopicDesk, text: str) -> set[bytes]:
    """The hold is over: the photos that the customer gets."""
    assert desk.daemon is not None
    assert isinstance(desk.clock, AheadClock)
    desk.clock.ahead = timedelta(hours=2)
    desk.daemon.outbox.wake()
    await desk.hears(MARIA, text)
    await desk.at_rest()
    photos = [one for one in desk.telegram.sent(MARIA) if "photo" in one]
    return {desk.telegram.file(one["photo"][0]["file_id"]).data for one in photos}


async def test_a_photo_in_another_s_place_goes_instead(desk: TopicDesk) -> None:
    topic = await opened(desk)
    photo = desk.telegram.send_file(ANNA, "photo", JPEG + b"wrong", FRONT, caption="Eccola", thread=topic)
    await desk.marked(photo["message_id"], "✍")
    exchange(desk, photo, JPEG + b"right")
    await edited(desk)
    assert await sent_after_all(desk, "Eccola") == {JPEG + b"right"}


async def test_one_of_an_album_that_is_here_already_is_exchanged(desk: TopicDesk) -> None:
    _, second = await album(desk, await opened(desk), "Eccole")
    exchange(desk, second, JPEG + b"right")
    await edited(desk)
    assert await sent_after_all(desk, "Eccole") == {JPEG + b"one", JPEG + b"right"}


async def test_any_part_of_an_album_stops_all_of_it(desk: TopicDesk) -> None:
    topic = await opened(desk)
    _, second = await album(desk, topic, "Prima")
    desk.telegram.react(ANNA, second["message_id"], "👎", FRONT)
    noted, second = await album(desk, topic, "Seconda")
    desk.telegram.edit(ANNA, second["message_id"], "note: il suo contratto", FRONT)
    await desk.marked(noted["message_id"], "🙊")
    kept, second = await album(desk, topic, "Terza")
    desk.telegram.edit(ANNA, second["message_id"], "Questa è la nuova", FRONT)
    await desk.marked(kept["message_id"], "🙊")
    await desk.reads(topic, "can't go with it")
    added = await desk.reply(topic, "Quarta", mark="✍")
    photo = desk.telegram.world.chats[FRONT].messages[added]
    exchange(desk, {**photo, "caption": photo["text"]}, JPEG + b"added")
    await desk.marked(added, "🙊")
    told = [
        (one["text"], one["direction"], one["delivery"])
        for one in desk.tickets()[0]["messages"]
        if one["direction"] != "in"
    ]
    assert told == [
        ("Prima", "out", "cancelled"),
        ("Seconda", "note", None),
        ("Terza", "note", None),
        ("Quarta", "note", None),
    ]
    assert [said(one) for one in desk.telegram.sent(MARIA)] == []
