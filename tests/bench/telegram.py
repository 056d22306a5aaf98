"""How quickly what customers write in Telegram shows: `python -m tests.bench.telegram`. In this process, against the stand-ins; on SQLite unless a database is named.

Prints p50 and p99 from an update being there to its Slack post being queued, at 20 a second, and how long a backlog of 2,000 takes.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from deskd.store.tables import inbox, outbox
from tests.support.daemon import until
from tests.support.telegramdesk import TelegramDesk, telegram_desk

A_SECOND, SECONDS, BACKLOG = 20, 12, 2_000
PEOPLE = range(700, 740)


async def latency(desk: TelegramDesk) -> tuple[float, float]:
    """Seconds: p50 and p99."""
    wrote: dict[str, float] = {}
    for number in range(A_SECOND * SECONDS):
        began = time.time()
        text = f"messaggio {number}"
        wrote[text] = began
        desk.telegram.write(PEOPLE[number % len(PEOPLE)], text)
        await asyncio.sleep(max(0.0, 1 / A_SECOND - (time.time() - began)))
    await desk.at_rest(300)
    queued = {
        text: row["created_at"] / 1e6
        for row in desk.rows(outbox, kind="post")
        for text in wrote
        if f'"{text}"' in row["payload"]
    }
    took = sorted(queued[text] - wrote[text] for text in wrote)
    return statistics.median(took), took[int(len(took) * 0.99)]


async def backlog(desk: TelegramDesk) -> float:
    """Seconds from the start of the daemon until 2,000 that waited are filed."""
    for number in range(BACKLOG):
        desk.telegram.write(PEOPLE[number % len(PEOPLE)], f"in attesa {number}")
    began = time.monotonic()
    await desk.start()
    await until(lambda: not desk.telegram.waiting and not desk.rows(inbox, state="received"), 600)
    await until(lambda: not desk.rows(inbox, state="working"), 60)
    return time.monotonic() - began


async def main(database: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = database or f"sqlite:///{folder / 'deskd.db'}"
        async with telegram_desk(folder, url, settings={"flood": {"messages": 10_000}}) as desk:
            for user in PEOPLE:
                desk.telegram.add_user(user, f"Cliente {user}")
            print(f"backlog of {BACKLOG}: {await backlog(desk):.1f} s")
            await desk.at_rest(1200)
            p50, p99 = await latency(desk)
            print(f"update to queued post at {A_SECOND}/s: p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else ""))
