"""SIGKILL at random, again and again, while sixteen mail servers hand over what they have: whatever was answered 250 is in one ticket, shown once."""

import asyncio
import itertools
import random
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
IN_ITS_START = 5  # every fifth is killed before it takes mail


@pytest.mark.timeout(300)
async def test_no_mail_is_lost_and_none_shows_twice(tmp_path: Path, sqlite_url: str) -> None:
    chance = random.Random(5)
    sent: list[Mail] = []

    async with outside() as out:
        desk = Installed(tmp_path, sqlite_url, out)

        def mails() -> Iterator[Mail]:
            for number in itertools.takewhile(lambda _: len(desk.ended) < KILLS, itertools.count()):
                sent.append(mail(number))
                yield sent[-1]

        async with desk.kept_running():
            load = asyncio.create_task(send_all(desk.port, mails(), connections=16, pause=0.1))
            for life in range(KILLS):
                if life % IN_ITS_START:
                    await until(desk.greets, 60)
                # How far it has come then is what is tried: nothing that is asked for below hangs on it.
                await asyncio.sleep(chance.uniform(0.0, 0.5))
                await desk.strike()
            answers = await load
            await desk.until_at_rest()
        tickets = desk.tickets()
        assert answers["250 2.0.0"] == len(sent) == len(tickets) > KILLS
        assert_each_in_one_ticket(tickets, sent)
        assert_shown_once(out.slack, tickets)
        desk.assert_sound()
