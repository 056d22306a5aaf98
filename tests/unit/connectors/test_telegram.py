"""What the Telegram connector sends and how failures are read: the genuine library against the stand-in. The pace is pure."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from connectors.standins.telegram import TelegramStandIn
from connectors.telegram.api import TelegramApi
from connectors.telegram.messages import Messages, steps_of
from connectors.telegram.pace import Pace
from deskd.errors import DeskdError, PermanentFailure, TemporaryFailure, Throttled, UnknownOutcome
from deskd.model import OutgoingFile
from deskd.model.outgoing import SendChat, Span, Words
from tests.support.world import StillClock

MARIA = 501


@dataclass
class Account:
    telegram: TelegramStandIn
    api: TelegramApi

    async def send(self, *parts: str, files: tuple[OutgoingFile, ...] = (), done: int = 0) -> None:
        """Without the pace's memory: each call begins anew."""
        content = SendChat(str(MARIA), tuple(map(Words, parts)), files, done=done)
        await Messages(self.api, Pace(), StillClock()).send(content)


@pytest.fixture
async def account() -> AsyncIterator[Account]:
    telegram = TelegramStandIn()
    telegram.add_user(MARIA, "Maria")
    async with telegram.running():
        telegram.write(MARIA, "ciao")
        api = TelegramApi(telegram.token, telegram.api)
        await api.open()
        yield Account(telegram, api)
        await api.close()


def file(name: str, media_type: str) -> OutgoingFile:
    return OutgoingFile(name, media_type, b"data of " + name.encode())


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        (file("a.jpg", "image/jpeg"), "photo"),
        (file("v.mp4", "video/mp4"), "video"),
        (file("v.ogg", "audio/ogg; codecs=opus"), "voice"),
        (file("m.mp3", "audio/mpeg"), "audio"),
        (file("g.gif", "image/gif"), "animation"),
        (file("z.zip", "application/zip"), "document"),
    ],
)
async def test_a_file_goes_as_what_it_is(account: Account, one: OutgoingFile, kind: str) -> None:
    await account.send("ecco", files=(one,))
    (message,) = account.telegram.sent(MARIA)
    assert kind in message
    assert message["caption"] == "ecco"


async def test_a_picture_that_is_refused_as_one_goes_as_a_file(account: Account) -> None:
    account.telegram.fail("sendPhoto", "400:PHOTO_INVALID_DIMENSIONS")
    await account.send(files=(file("a.jpg", "image/jpeg"),))
    (message,) = account.telegram.sent(MARIA)
    assert message["document"]["file_name"] == "a.jpg"


async def test_pictures_make_an_album(account: Account) -> None:
    await account.send("ecco", files=(file("a.jpg", "image/jpeg"), file("b.png", "image/png")))
    first, second = account.telegram.sent(MARIA)
    assert first["media_group_id"] == second["media_group_id"]
    assert (first["caption"], "caption" in second) == ("ecco", False)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("reset", UnknownOutcome),
        ("lost answer", UnknownOutcome),
        ("500", UnknownOutcome),
        ("502 html", UnknownOutcome),
        ("403", PermanentFailure),
        ("400:chat not found", PermanentFailure),
        ("429", Throttled),
    ],
)
async def test_how_failures_are_read(account: Account, how: str, expected: type[DeskdError]) -> None:
    account.telegram.fail("sendMessage", how)
    with pytest.raises(expected) as failed:
        await account.send("ciao")
    assert account.telegram.token not in str(failed.value)


async def test_a_refused_connection_has_brought_nothing(account: Account) -> None:
    account.telegram.outage()
    with pytest.raises(TemporaryFailure):
        await account.send("ciao")


async def test_a_failure_says_how_much_had_gone_and_that_doesnt_go_again(account: Account) -> None:
    with pytest.raises(Throttled) as failed:
        await account.send("uno", "due")
    assert failed.value.done == 1
    await account.send("uno", "due", done=1)
    assert [message["text"] for message in account.telegram.sent(MARIA)] == ["uno", "due"]


def test_long_words_stand_before_the_files() -> None:
    files = (file("z.zip", "application/zip"),)
    long = Words("x" * 1025, (Span("bold", 0, 4),))
    assert [bool(step.files) for step in steps_of(SendChat("1", (long,), files))] == [False, True]
    with pytest.raises(PermanentFailure, match="empty"):
        steps_of(SendChat("1", ()))


def test_the_pace_of_a_chat_of_a_group_and_of_all() -> None:
    pace = Pace()
    assert pace.take("1", 0.0) == 0.0
    assert pace.take("1", 0.25) == 0.75
    assert pace.take("2", 0.25) == 0.0
    assert pace.take("1", 1.0) == 0.0
    pace.refused("1", 5.0, 1.0)
    assert pace.take("1", 3.0) == 3.0
    group = Pace()
    assert all(group.take("-7", float(second)) == 0.0 for second in range(20))
    assert group.take("-7", 20.0) == 40.0
    everybody = Pace()
    assert all(everybody.take(str(chat), 0.0) == 0.0 for chat in range(30))
    assert everybody.take("31", 0.5) == 0.5
