"""Two daemons on one PostgreSQL share the work, and one takes over from the other; on SQLite the second one is refused."""

import asyncio
from pathlib import Path

import pytest

from tests.support.installed import (
    Installed,
    assert_each_in_one_ticket,
    assert_shown_once,
    mail,
    outside,
    send,
    send_all,
)

IMPORTED = 2_000  # each daemon takes half
TAKEN_OVER_WITHIN = 10.0 + 2.0  # seconds; the rest is for a slow machine


@pytest.mark.parametrize("point", ["after_accept:20", "after_claim"])
async def test_the_other_takes_over_within_ten_seconds(
    point: str, tmp_path: Path, postgresql_url: str
) -> None:
    """Whatever a daemon had kept or begun when it was killed; its senders go to the other one, as MX records let them."""
    mails = [mail(number) for number in range(100)]
    async with outside() as out:
        desk = Installed(tmp_path, postgresql_url, out)
        other = Installed(tmp_path, postgresql_url, out, name="other")
        async with desk.running(), other.running(DESKD_CRASH=point):
            load = asyncio.create_task(send_all(other.port, mails, connections=8))
            assert await other.gone() == -9
            load.cancel()
            await asyncio.gather(load, return_exceptions=True)
            await desk.until_at_rest(TAKEN_OVER_WITHIN)
            assert await send_all(desk.port, mails, connections=8)
            await desk.until_at_rest()
        tickets = desk.tickets()
        assert_each_in_one_ticket(tickets, mails)
        assert_shown_once(out.slack, tickets)
        desk.assert_sound()


async def test_what_one_was_sending_when_it_died_is_sent_once_by_the_other(
    tmp_path: Path, postgresql_url: str
) -> None:
    async with outside() as out:
        desk = Installed(tmp_path, postgresql_url, out)
        other = Installed(tmp_path, postgresql_url, out, name="other")
        async with other.running(DESKD_CRASH="after_send:2"):
            await send(other.port, mail(1))
            assert await other.gone() == -9
        async with desk.running():
            await desk.until_at_rest()
        assert_shown_once(out.slack, desk.tickets())
        desk.assert_sound()


@pytest.mark.timeout(240)
async def test_an_import_split_over_two_is_right(tmp_path: Path, postgresql_url: str) -> None:
    mails = [mail(number) for number in range(IMPORTED)]
    halves = []
    for name, part in (("a", mails[::2]), ("b", mails[1::2])):
        halves.append(tmp_path / f"{name}.mbox")
        separator = b"From x@cliente.example Sun Nov 22 05:00:00 2026\n"
        halves[-1].write_bytes(b"".join(separator + one.data.replace(b"\r\n", b"\n") + b"\n" for one in part))
    async with outside() as out:
        desk = Installed(tmp_path, postgresql_url, out)
        other = Installed(tmp_path, postgresql_url, out, name="other")
        async with desk.running(), other.running():
            imports = [
                await each.spawn_command("ingest", half)
                for each, half in zip((desk, other), halves, strict=True)
            ]
            assert [await each.wait() for each in imports] == [0, 0]
            await desk.until_at_rest()
            assert (await (await desk.spawn_command("ingest", halves[0])).wait()) == 0  # safe to repeat
        tickets = desk.tickets()
        assert len(tickets) == IMPORTED
        assert_each_in_one_ticket(tickets, mails)
        assert out.slack.channel_messages("C0FRONT") == [], "the past opens no threads"
        desk.assert_sound()


async def test_on_sqlite_a_second_one_is_refused_and_told_who_is_there(
    tmp_path: Path, sqlite_url: str
) -> None:
    async with outside() as out:
        desk = Installed(tmp_path, sqlite_url, out)
        other = Installed(tmp_path, sqlite_url, out, name="other")
        async with desk.running():
            await other.spawn()
            assert await other.gone() == 2
            assert f"process {desk.pid} on " in other.log()
            assert await desk.greets()
