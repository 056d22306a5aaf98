"""Ten thousand connections that never say a word: a real mail gets in all the same, and soon."""

import asyncio
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.installed import Installed, assert_each_in_one_ticket, mail, outside, send

SILENT = 10_000
FROM_ONE_ADDRESS = 150
AT_ONCE = 250
SOON = 30.0  # seconds; a place is given up after five of silence, and ten thousand want one


@pytest.fixture
def many_files() -> Iterator[None]:
    """As many open files as this process may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert hard == resource.RLIM_INFINITY or hard > SILENT + 200, "ulimit -Hn is too low for this test"
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_files")
async def test_a_mail_gets_past_ten_thousand_who_say_nothing(tmp_path: Path, sqlite_url: str) -> None:
    async with outside() as out:
        desk = Installed(tmp_path, sqlite_url, out)
        async with desk.running("prlimit", f"--nofile=1024:{resource.getrlimit(resource.RLIMIT_NOFILE)[1]}"):
            soft, _ = resource.prlimit(desk.pid, resource.RLIMIT_NOFILE)
            assert soft > 1_024, (
                "deskd takes what it may: the usual limit is less than a listener's connections"
            )
            crowd: list[asyncio.StreamWriter] = []
            try:
                for start in range(0, SILENT, AT_ONCE):
                    crowd += await asyncio.gather(*[_silent(desk.port, start + n) for n in range(AT_ONCE)])
                assert len(crowd) == SILENT
                await asyncio.wait_for(send(desk.port, mail(1)), SOON)
                await desk.until_at_rest()
                assert (await desk.health())["status"] == "ok"
            finally:
                for one in crowd:
                    one.transport.abort()
                await asyncio.gather(*[one.wait_closed() for one in crowd], return_exceptions=True)
        assert_each_in_one_ticket(desk.tickets(), [mail(1)])
        desk.assert_sound()


async def _silent(port: int, number: int) -> asyncio.StreamWriter:
    """A connection from one of many addresses, which says nothing and hears nothing."""
    address = f"127.0.{1 + number // FROM_ONE_ADDRESS // 250}.{1 + number // FROM_ONE_ADDRESS % 250}"
    _, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
    return writer
