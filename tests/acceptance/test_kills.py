"""SIGKILL at random, again and again, while sixteen mail servers hand over what they have: whatever was answered 250 is in one ticket, shown once."""

import asyncio
import contextlib
import itertools
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.daemon import until
from tests.support.installed import (
    Installed,
    Mail,
    assert_each_in_one_ticket,
    assert_shown_once,
    mail,
    outside,
    send_all,
)

KILLS = 50
A_MINUTE = 60.0  # seconds after which what was being looked up at a death is looked up again


@pytest.mark.timeout(900)
async def test_no_mail_is_lost_and_none_shows_twice(tmp_path: Path, sqlite_url: str) -> None:
    chance = random.Random(5)
    sent: list[Mail] = []

    async with outside() as out:
        desk = Installed(tmp_path, sqlite_url, out)
        database = tmp_path / "deskd.db"

        def mails() -> Iterator[Mail]:
            for number in itertools.takewhile(lambda _: len(desk.ended) < KILLS, itertools.count()):
                sent.append(mail(number))
                yield sent[-1]

        async with desk.kept_running():
            load = asyncio.create_task(send_all(desk.port, mails(), connections=16, pause=0.3))
            for life in range(KILLS):
                await lives_on(desk, database, life)
                # How far it has come then is what is tried: nothing that is asked for below hangs on it.
                await asyncio.sleep(chance.uniform(0.0, 0.5))
                await desk.strike()
            answers = await load
            await desk.until_at_rest(A_MINUTE * 3)
        tickets = desk.tickets()
        assert answers["250 2.0.0"] == len(sent) == len(tickets) > KILLS
        assert_each_in_one_ticket(tickets, sent)
        assert_shown_once(out.slack, tickets)
        desk.assert_sound()


async def lives_on(desk: Installed, database: Path, life: int) -> None:
    """Every fourth is killed in its start. Every second first works off what is there: a mail that is under way at death after death falls under
    suspicion, and is set aside."""
    if life % 4:
        await until(desk.greets, 60)
    if life % 2:
        last = newest(database)
        await until(lambda: not is_waiting(database, last), 60)


def newest(database: Path) -> int:
    """The last row of the inbox."""
    return _asked(database, "SELECT coalesce(max(id), 0) FROM inbox") or 0


def is_waiting(database: Path, last: int) -> bool:
    """Whether anything up to that row hasn't come to its end."""
    built = "SELECT id FROM inbox WHERE state IN ('received', 'working') AND id <= ? LIMIT 1"
    return _asked(database, built, last) is not None


def _asked(database: Path, query: str, *values: int) -> int | None:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        row = connection.execute(query, values).fetchone()
        return None if row is None else int(row[0])
