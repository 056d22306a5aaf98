"""The clock is set a day ahead and put back: each deadline comes due once, and what was queued meanwhile goes out."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from deskd.store import listing
from tests.support.daemon import FRONT, Desk, mail, running_desk, until

DAY = timedelta(days=1)


class SetClock:
    """The machine's clock, put forward or back."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def monotonic(self) -> float:
        return monotonic()


async def test_nothing_fires_twice_and_nothing_fires_again(tmp_path: Path) -> None:
    clock = SetClock()
    async with running_desk(tmp_path, clock=clock) as desk:
        await desk.send(mail(number=1))
        card = await _card(desk)
        desk.slack.post("U0ANNA", FRONT, "!pending 2h", card)
        await until(lambda: _status(desk) == "pending")

        clock.ahead = DAY  # the daemon notices by itself
        await until(lambda: _status(desk) == "open")
        # Any tick may see what is due; the jump itself is told of by the next look at the clock.
        await until(lambda: [line["seconds"] > 80_000 for line in _logged(desk, "clock_jumped")] == [True])
        clock.ahead = timedelta(0)
        await until(lambda: len(_logged(desk, "clock_jumped")) == 2)
        clock.ahead = DAY
        await until(lambda: len(_logged(desk, "clock_jumped")) == 3)
        await until(lambda: _logged(desk, "came_due"))
        assert len(_logged(desk, "came_due")) == 1
        assert _status(desk) == "open"


async def test_what_was_queued_on_the_wrong_day_does_not_wait_for_it(tmp_path: Path) -> None:
    clock = SetClock()
    async with running_desk(tmp_path, clock=clock) as desk:
        clock.ahead = DAY
        desk.slack.outage()
        await desk.send(mail(number=1))
        await until(lambda: any(row["error"] for row in listing.outbox_lines(desk.daemon.store)))
        clock.ahead = timedelta(0)
        await desk.slack.recover()
        await _card(desk)


async def _card(desk: Desk) -> str:
    """The ts of the card, once the mail stands under it."""
    posts = await desk.slack.wait_for(
        lambda: [
            post
            for post in desk.slack.channel_messages(FRONT)
            if post.get("thread_ts", post["ts"]) != post["ts"]
        ],
        60,
    )
    return str(posts[-1]["thread_ts"])


def _status(desk: Desk) -> Any:
    found = desk.daemon.store.read_now(lambda work: listing.ticket_whole(work, "ACME-1001"))
    return found and found["status"]


def _logged(desk: Desk, event: str) -> list[dict[str, Any]]:
    return [line for line in desk.logged() if line["event"] == event]
