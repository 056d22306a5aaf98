"""The database is full, held by another program, or gone: senders are told to come again, and when there is room all goes on, without a restart."""

import asyncio
import os
import resource
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.daemon import until
from tests.support.installed import (
    Installed,
    Mail,
    Sender,
    assert_each_in_one_ticket,
    assert_shown_once,
    mail,
    outside,
    send,
    send_all,
)
from tests.support.postgres import PostgresCluster

FULL = "452 4.3.1"
AWAY = "451 4.3.0"


def large(number: int) -> Mail:
    return mail(number, f"Question number {number}.\r\n" + "Very much to read.\r\n" * 5_000)


async def attempts_until(desk: Installed, wanted: str, number: int) -> list[str]:
    """Hand mails over until one is answered `wanted`; all the answers. A mail answered otherwise is not sent again."""
    sender = Sender(desk.port)
    answers: list[str] = []
    try:
        while wanted not in answers:
            answers.append((await sender.attempt(large(number + len(answers))))[:9])
            assert len(answers) < 500, answers[-1]
    finally:
        await sender.close()
    return answers


# ── no room ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 16 MB of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.needs("mount")
async def test_a_full_disk_loses_nothing_and_needs_no_restart(tmp_path: Path, small_disk: Path) -> None:
    async with outside() as out:
        desk = Installed(tmp_path, f"sqlite:///{small_disk / 'desk.db'}", out)
        async with desk.running():
            first = [mail(number) for number in range(20)]
            await send_all(desk.port, first)
            ballast = small_disk / "ballast"
            fill(ballast, leave=3_000_000)
            answers = await attempts_until(desk, FULL, 1_000)
            kept = [
                large(1_000 + number) for number, answer in enumerate(answers) if answer.startswith("250")
            ]
            assert set(answers) <= {"250 2.0.0", FULL}
            fill(ballast, leave=0)  # not a page more: neither the inbox nor the outbox can be worked off
            assert (await attempts_until(desk, FULL, 3_000))[0] == FULL
            pid = desk.pid
            ballast.unlink()
            last = [mail(number) for number in range(5_000, 5_020)]
            await send_all(desk.port, last)
            await desk.until_at_rest()
            assert desk.pid == pid
        tickets = desk.tickets()
        assert_each_in_one_ticket(tickets, [*first, *kept, *last])
        assert_shown_once(out.slack, tickets)
        desk.assert_sound()


def fill(file: Path, leave: int) -> None:
    """Let `file` grow until so many bytes are left on its disk."""
    with file.open("ab") as ballast:
        while (room := os.statvfs(file.parent).f_bavail * os.statvfs(file.parent).f_frsize) > leave:
            try:
                ballast.write(bytes(min(room - leave, 65_536)))
                ballast.flush()
            except OSError:
                break


async def test_a_limit_on_the_files_size_is_a_full_disk_too(tmp_path: Path, sqlite_url: str) -> None:
    """Beyond RLIMIT_FSIZE SQLite meets an I/O error, not SQLITE_FULL."""
    async with outside() as out:
        desk = Installed(tmp_path, sqlite_url, out)
        async with desk.running():
            limit_file_size(desk.pid, 4_000_000)
            answers = await attempts_until(desk, FULL, 1_000)
            kept = [
                large(1_000 + number) for number, answer in enumerate(answers) if answer.startswith("250")
            ]
            assert kept
            limit_file_size(desk.pid, resource.RLIM_INFINITY)
            await send(desk.port, mail(1))
            await desk.until_at_rest()
        tickets = desk.tickets()
        assert_each_in_one_ticket(tickets, [*kept, mail(1)])
        assert_shown_once(out.slack, tickets)
        desk.assert_sound()


def limit_file_size(pid: int, most: int) -> None:
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


# ── held by another ──────────────────────────────────────────────────────────────────────────────────────────────────


async def test_while_another_program_holds_the_database_senders_come_again(
    tmp_path: Path, sqlite_url: str
) -> None:
    async with outside() as out:
        desk = Installed(tmp_path, sqlite_url, out)
        async with desk.running():
            await send(desk.port, mail(1))
            await desk.until_at_rest()
            other = sqlite3.connect(tmp_path / "deskd.db", isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            sender = Sender(desk.port)
            assert (await sender.attempt(mail(2))).startswith(AWAY)
            other.execute("ROLLBACK")
            other.close()
            await sender.send(mail(2))
            await sender.close()
            await desk.until_at_rest()
        tickets = desk.tickets()
        assert_each_in_one_ticket(tickets, [mail(1), mail(2)])
        assert_shown_once(out.slack, tickets)
        desk.assert_sound()


# ── PostgreSQL ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.timeout(180)
async def test_postgresql_may_die_come_back_and_throw_everyone_out(
    tmp_path: Path, postgres: PostgresCluster, postgresql_url: str
) -> None:
    """Under load: its backends are killed, it crashes and recovers, it stays away for a while. No commit's outcome is guessed."""
    database = postgresql_url.rpartition("/")[2].partition("?")[0]
    mails = [mail(number) for number in range(600)]
    async with outside() as out:
        desk = Installed(tmp_path, postgresql_url, out)
        async with desk.running():
            load = asyncio.create_task(send_all(desk.port, mails, pause=0.1))

            async def filed(count: int) -> None:
                await until(lambda: len(out.slack.calls_of("chat.postMessage")) >= count, 60)

            for count in (20, 60, 100, 140, 180):
                await filed(count)
                await asyncio.to_thread(postgres.kill_backends, database)
            for count in (240, 320):
                await filed(count)
                await asyncio.to_thread(postgres.restart, "immediate")
            await filed(400)
            await asyncio.to_thread(postgres.stop, "immediate")
            sender = Sender(desk.port)
            assert (await sender.attempt(mail(1_000))).startswith(AWAY)
            await sender.close()
            assert (await desk.health())["status"] == "failing"
            await asyncio.to_thread(postgres.start)
            answers = await load
            await desk.until_at_rest()
        assert answers["250 2.0.0"] == len(mails)
        assert set(answers) <= {"250 2.0.0", "451 4.3.0"}
        tickets = desk.tickets()
        assert_each_in_one_ticket(tickets, mails)
        assert_shown_once(out.slack, tickets)
        desk.assert_sound()
