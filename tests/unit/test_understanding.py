"""Heavy mails are parsed in a process of their own: one that never ends there takes no other mail with it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime

import pytest

from deskd import understanding
from deskd.model import Envelope, Message
from deskd.parse import parse_mail
from deskd.store.inbox import InboxRow
from deskd.understanding import Reader
from tests.support.desk import settings

HANGS = b"X-Hangs: yes\r\n"


def hanging(payload: bytes, envelope: Envelope, languages: tuple[str, ...]) -> Message:
    if payload.startswith(HANGS):
        time.sleep(3600)
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


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    monkeypatch.setattr(understanding, "parse_mail", hanging)
    made = Reader(settings())
    yield made
    made.close()


async def test_a_mail_that_is_never_read_holds_up_no_other(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_process = understanding._process

    def patient() -> ProcessPoolExecutor:
        monkeypatch.setattr(
            understanding, "SLOWEST", 60.0
        )  # only the mail that hangs is meant to be too slow
        return new_process()

    await reader.understand(row(1), apart=True)  # the process is there
    monkeypatch.setattr(understanding, "SLOWEST", 1.0)
    monkeypatch.setattr(understanding, "_process", patient)
    slow, behind = (
        asyncio.create_task(reader.understand(each, apart=True)) for each in (row(2, HANGS), row(3))
    )
    with pytest.raises(TimeoutError, match="longer than 1 seconds"):
        await slow
    assert (await behind).message.subject == "3"
