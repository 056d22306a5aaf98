"""SIGKILL again and again while customers write in Telegram and agents answer: no message is lost, none is in two tickets or twice, no reply goes twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from pathlib import Path

import pytest

from tests.support.daemon import until
from tests.support.forking import Forked
from tests.support.telegramdesk import ANNA, FRONT, PATIENCE, TelegramDesk, telegram_desk

KILLS = 4
MOST = 80  # messages: each is worked on by one life or another
CUSTOMERS = range(601, 606)


@pytest.mark.timeout(600)
async def test_no_message_is_lost_and_none_goes_twice(tmp_path: Path, database_url: str) -> None:
    chance = random.Random(7)
    wrote: list[str] = []
    async with telegram_desk(tmp_path, database_url, settings={"flood": {"messages": 10_000}}) as desk:
        for user in CUSTOMERS:
            desk.telegram.add_user(user, f"Cliente {user}")
        config = desk.config()
        life = asyncio.create_task(lives(config, chance, tmp_path / "log"))
        answering = asyncio.create_task(answer(desk))
        while not life.done() and len(wrote) < MOST:
            user = chance.choice(CUSTOMERS)
            wrote.append(f"messaggio {len(wrote)} di {user}")
            desk.telegram.write(user, wrote[-1])
            await asyncio.sleep(0.1)
        last = await life
        try:
            await answering
            await desk.at_rest(300)
        finally:
            answering.cancel()
            await killed(last)
        tickets = desk.tickets()
        kept = [one["text"] for ticket in tickets for one in ticket["messages"] if one["direction"] == "in"]
        assert Counter(kept) == Counter(wrote)
        assert len(tickets) == len({ticket["contact"]["address"] for ticket in tickets})
        for ticket in tickets:
            numbers = [int(one["text"].split()[1]) for one in ticket["messages"] if one["direction"] == "in"]
            assert numbers == sorted(numbers)
        shown = Counter(str(post["text"]) for post in desk.slack.channel_messages(FRONT))
        assert all(shown[text] == 1 for text in wrote)
        assert_sent_once(desk)


def assert_sent_once(desk: TelegramDesk) -> None:
    """A reply stands in its chat once; one that doesn't is one of which nobody knows."""
    sent = Counter(str(one.get("text")) for user in CUSTOMERS for one in desk.telegram.sent(user))
    replies = [one for ticket in desk.tickets() for one in ticket["messages"] if one["direction"] == "out"]
    assert replies
    for one in replies:
        assert sent[one["text"]] <= 1
        assert sent[one["text"]] == 1 or one["delivery"] == "unknown"
        assert one["delivery"] in ("sent", "unknown")


async def answer(desk: TelegramDesk) -> None:
    """Anna answers each customer a few times, as soon as each has a thread."""

    def threads() -> set[str]:
        found = {str(post["thread_ts"]) for post in desk.slack.channel_messages(FRONT) if "thread_ts" in post}
        return found if len(found) >= len(CUSTOMERS) else set()

    for number in range(3):
        for root in sorted(await desk.slack.wait_for(threads, 150)):
            desk.slack.post(ANNA, FRONT, f"risposta {number} in {root}", root)
        await asyncio.sleep(1)


async def lives(config: Path, chance: random.Random, log: Path) -> Forked:
    """The daemon is killed some time after it has opened its control socket, and started again; the last one lives."""
    process = await started(config, log)
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(0.2, 1.0))
        await killed(process)
        process = await started(config, log)
    return process


async def started(config: Path, log: Path) -> Forked:
    before = lines(log)
    process = Forked(("run", "-c", config), log, os.environ)

    def up() -> bool:
        assert process.returncode is None, log.read_text()
        return lines(log) > before

    await until(up, PATIENCE)
    return process


async def killed(process: Forked) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def lines(log: Path) -> int:
    """How often a daemon has said that its doors are open."""
    return log.read_text().count("listening") if log.exists() else 0
