"""SIGKILL at every step by which mail comes out of a mailbox: each mail is in one ticket, and in the mailbox's other folder once."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.support.daemon import until
from tests.support.dovecot import PASSWORD, Dovecot
from tests.support.installed import PATIENCE, Installed, assert_each_in_one_ticket, mail, outside

MAILS = [mail(number) for number in range(60)]
LINE = "    send: {"


def reads(desk: Installed, server: Dovecot) -> None:
    """Give the desk a mailbox to read."""
    account = {
        "host": "127.0.0.1",
        "port": server.port,
        "tls": "none",
        "username": "support",
        "password": PASSWORD,
        "poll": "1s",
        "after": {"move": "Processed"},
    }
    text = desk.config.read_text()
    assert LINE in text
    desk.config.write_text(text.replace(LINE, f"    imap: {json.dumps(account)}\n{LINE}"))


async def worked_off(desk: Installed) -> bool:
    health = await desk.health()
    return bool(health) and health["inbox"]["waiting"] == 0


@pytest.mark.timeout(240)
async def test_no_mail_of_a_mailbox_is_lost_or_taken_twice(
    tmp_path: Path, database_url: str, dovecot: Dovecot
) -> None:
    dovecot.deliver(*[one.data for one in MAILS])
    async with outside() as out:
        desk = Installed(tmp_path, database_url, out)
        reads(desk, dovecot)
        # Fifty go into a commit: with the first death some are kept and some aren't, with the second all are, and not all moved.
        deaths = ["in_accept:2", "after_accept"]
        if database_url.startswith("postgresql"):
            assert desk.command("db", "upgrade").status == 0
        async with asyncio.timeout(PATIENCE * 3):
            for point in deaths:
                await desk.spawn(DESKD_CRASH=point)
                assert await desk.gone() == -9, desk.log()
            async with desk.running():
                await until(lambda: dovecot.flags() == {}, PATIENCE)
                await until(lambda: worked_off(desk), PATIENCE)
        assert len(dovecot.flags(folder="Processed")) == len(MAILS)
        assert_each_in_one_ticket(desk.tickets(), MAILS)
        desk.assert_sound()
