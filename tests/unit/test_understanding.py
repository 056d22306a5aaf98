"""Heavy mails, and many at once, are parsed in a process of their own: one that never ends there, or takes it down, takes no other mail with it."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime

import pytest

from deskd import parsing
from deskd.errors import MalformedMessage
from deskd.model import Envelope, Message
from deskd.parse import parse_mail
from deskd.store.inbox import InboxRow
from deskd.understanding import Reader
from tests.support.desk import settings

HANGS = b"X-Hangs: yes\r\n"
DIES = b"X-Dies: yes\r\n"
UNREADABLE = b"\x00\x01\x02\xff" * 400


def hanging(payload: bytes, envelope: Envelope, languages: tuple[str, ...]) -> Message:
    if payload.startswith(HANGS):
        time.sleep(3600)
    return parse_mail(payload, envelope, languages)


def dying(
    raws: list[tuple[bytes, Envelope]], languages: tuple[str, ...]
) -> list[Message | None]:  # in the process
    if any(payload.startswith(DIES) for payload, _ in raws):
        os._exit(1)
    return parsing.parse_each(raws, languages)


def dying_alone(payload: bytes, envelope: Envelope, languages: tuple[str, ...]) -> Message:
    if payload.startswith(DIES):
        os._exit(1)
    return parse_mail(payload, envelope, languages)


def row(number: int, start: bytes = b"") -> InboxRow:
    payload = start + b"From: maria@cliente.example\r\nSubject: %d\r\n\r\nCiao\r\n" % number
    return InboxRow(
        number,
        "support-mail",
        "smtp",
        payload,
        Envelope(),
        True,
        datetime(2026, 3, 2, tzinfo=UTC),
        1,
        None,
        None,
    )


async def at_once(mails: int) -> None:
    """Nobody gives way here."""


@pytest.fixture
def reader() -> Iterator[Reader]:
    made = Reader(settings())
    yield made
    made.close()


async def test_a_mail_that_is_never_read_holds_up_no_other(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parsing, "parse_mail", hanging)
    new_process = parsing._process

    def patient() -> ProcessPoolExecutor:
        monkeypatch.setattr(parsing, "SLOWEST", 60.0)  # only the mail that hangs is meant to be too slow
        return new_process()

    process, languages = reader._process, ("en",)
    await process.read((row(1).payload, Envelope()), languages)  # the process is there
    monkeypatch.setattr(parsing, "SLOWEST", 1.0)
    monkeypatch.setattr(parsing, "_process", patient)
    slow, behind = (
        asyncio.create_task(process.read((each.payload, Envelope()), languages))
        for each in (row(2, HANGS), row(3))
    )
    with pytest.raises(TimeoutError, match="longer than 1 seconds"):
        await slow
    assert (await behind).subject == "3"


async def test_a_process_begun_before_the_first_mail_is_the_one_that_reads_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    processes: list[ProcessPoolExecutor] = []
    new_process = parsing._process

    def counted() -> ProcessPoolExecutor:
        processes.append(new_process())
        return processes[-1]

    monkeypatch.setattr(parsing, "_process", counted)
    process = parsing.ParsingProcess()
    process.begin()
    reader = Reader(settings(), process=process)
    try:
        assert (await process.read((row(1).payload, Envelope()), ("en",))).subject == "1"
        assert len(processes) == 1
    finally:
        reader.close()


@pytest.mark.parametrize("room", [True, False], ids=["in a file", "no room for a file"])
async def test_a_big_mail_comes_through_whole(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, room: bool
) -> None:
    def full(**values: str) -> None:
        raise OSError(28, "No space left on device")

    if not room:
        monkeypatch.setattr(tempfile, "NamedTemporaryFile", full)
    text = b"Subject: big\r\n\r\n" + b"Ciao Anna\r\n" * 150_000
    message = await reader._process.read((text, Envelope()), ("it",))
    assert message.body.count("Ciao Anna") == 150_000


async def test_many_are_read_ahead_piece_by_piece(reader: Reader) -> None:
    told: list[int] = []

    async def before(mails: int) -> None:
        told.append(mails)

    rows = [row(number) for number in range(1, 21)]
    ahead = reader.read_ahead(rows, before)
    assert [(await reader.understand(each, ahead)).message.subject for each in rows] == [
        str(number) for number in range(1, 21)
    ]
    assert told == [16, 4]


async def test_what_cannot_be_read_says_so_by_itself_and_spoils_no_piece(reader: Reader) -> None:
    rows = [row(1), row(2, UNREADABLE), row(3)]
    ahead = reader.read_ahead(rows, at_once)
    with pytest.raises(MalformedMessage):
        await reader.understand(rows[1], ahead)
    assert (await reader.understand(rows[0], ahead)).message.subject == "1"
    assert (await reader.understand(rows[2], ahead)).message.subject == "3"


async def test_a_mail_that_takes_the_process_down_takes_no_other_with_it(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parsing, "parse_each", dying)
    monkeypatch.setattr(parsing, "parse_mail", dying_alone)
    rows = [row(1), row(2, DIES), row(3)]
    ahead = reader.read_ahead(rows, at_once)
    assert (await reader.understand(rows[0], ahead)).message.subject == "1"
    with pytest.raises(BrokenProcessPool):
        await reader.understand(rows[1], ahead)
    assert (await reader.understand(rows[2], ahead)).message.subject == "3"


async def test_the_process_is_let_go_when_nothing_needs_it(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parsing, "IDLE", 0.01)
    process = reader._process
    await process.read((row(1).payload, Envelope()), ("en",))
    async with asyncio.timeout(60):
        while process._pool is not None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert (await process.read((row(2).payload, Envelope()), ("en",))).subject == "2"
