"""Two daemons on one PostgreSQL and one bot: one asks for its updates, and the other takes over when that one stands still or is dead. Nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deskd.store.tables import leases, messages
from tests.support.daemon import until
from tests.support.installed import DESKD
from tests.support.telegramdesk import FRONT, PATIENCE, TelegramDesk, telegram_desk

CUSTOMERS = range(601, 603)
EACH = 2  # messages of each customer at every stage

Daemons = dict[int, asyncio.subprocess.Process]
"""By process id."""


@pytest.mark.timeout(300)
async def test_one_asks_and_the_other_takes_over(tmp_path: Path, postgresql_url: str) -> None:
    async with (
        telegram_desk(tmp_path, postgresql_url, settings={"flood": {"messages": 10_000}}) as desk,
        daemons(desk) as running,
    ):
        for user in CUSTOMERS:
            desk.telegram.add_user(user, f"Cliente {user}")
        wrote = await written(desk, "both live")

        # Who is stopped in the middle of a post makes it on going on, though the other has taken it for lost by then: that would stand there twice.
        await desk.at_rest(PATIENCE)
        first = asks(desk)
        os.kill(first, signal.SIGSTOP)
        second = await taken_over(desk, first)
        assert second in running
        wrote += await written(desk, "the first stands still")

        os.kill(first, signal.SIGCONT)  # one of the two calls at once then gets a 409
        wrote += await written(desk, "the first goes on")
        assert asks(desk) == second

        os.killpg(second, signal.SIGKILL)
        wrote += await written(desk, "the second is dead")
        assert asks(desk) == first

        await desk.at_rest(PATIENCE)
        assert_all_once(desk, wrote)


def assert_all_once(desk: TelegramDesk, wrote: list[str]) -> None:
    """In one ticket of each customer, in the order in which they wrote, and so in its thread."""
    tickets = desk.tickets()
    assert len(tickets) == len(CUSTOMERS)
    kept = [[one["text"] for one in ticket["messages"]] for ticket in tickets]
    assert Counter(text for texts in kept for text in texts) == Counter(wrote)
    order = {text: number for number, text in enumerate(wrote)}
    assert all(texts == sorted(texts, key=order.__getitem__) for texts in kept)
    shown = Counter(str(post["text"]) for post in desk.slack.channel_messages(FRONT))
    assert all(shown[text] == 1 for text in wrote)


async def written(desk: TelegramDesk, when: str) -> list[str]:
    """Every customer writes; all of it is in the desk when this returns."""
    texts = [(user, f"{number} of {user}, {when}") for number in range(EACH) for user in CUSTOMERS]
    for user, text in texts:
        desk.telegram.write(user, text)
    told = {text for _, text in texts}

    await until(lambda: not desk.telegram.waiting, PATIENCE)
    await until(lambda: told <= {row["text"] for row in desk.rows(messages)}, PATIENCE)
    return [text for _, text in texts]


def asks(desk: TelegramDesk) -> int:
    """The process that has the bot's updates, by the database's word; 0: none."""
    found = desk.rows(leases, name="account:telegram")
    return int(found[0]["holder"].split(":")[1]) if found else 0


async def taken_over(desk: TelegramDesk, before: int) -> int:
    """The process that has them now; waits until it is another."""

    async def found() -> int:
        await asyncio.sleep(0.2)  # each look is a connection of its own
        now = asks(desk)
        return now if now != before else 0

    return int(await until(found, PATIENCE))


@contextlib.asynccontextmanager
async def daemons(desk: TelegramDesk) -> AsyncIterator[Daemons]:
    """Two, both with their doors open; whatever became of them, they are gone afterwards."""
    found: Daemons = {}
    try:
        for name in ("one", "other"):
            process = await started(desk.config(), desk.folder / f"{name}.log")
            found[process.pid] = process
        yield found
    finally:
        for pid, process in found.items():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            await process.wait()


async def started(config: Path, log: Path) -> asyncio.subprocess.Process:
    with log.open("w") as said:
        process = await asyncio.create_subprocess_exec(
            DESKD,
            "run",
            "-c",
            config,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )

    def up() -> bool:
        assert process.returncode is None, log.read_text()
        return "listening" in log.read_text()

    await until(up, PATIENCE)
    return process
