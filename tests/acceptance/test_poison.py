"""One message that kills whoever works on it, among a thousand: it ends in quarantine, and the others in their tickets."""

from pathlib import Path

import pytest

from tests.support.installed import Installed, assert_each_in_one_ticket, mail, outside, send_all

POISON = mail(500, "Whoever reads POISON dies of it.")
MAILS = [mail(number) if number != 500 else POISON for number in range(1_000)]
MOST_ATTEMPTS = 3


@pytest.mark.timeout(240)
async def test_a_message_that_kills_the_process_is_quarantined(tmp_path: Path, sqlite_url: str) -> None:
    async with outside() as out:
        desk = Installed(tmp_path, sqlite_url, out)
        async with desk.kept_running(lives=9, DESKD_CRASH="before_file", DESKD_CRASH_ON="POISON"):
            await send_all(desk.port, MAILS)
            await desk.until_at_rest(120)
            assert desk.ended == [-9] * MOST_ATTEMPTS
            assert (await desk.health())["inbox"]["quarantined"] == 1
        (caught,) = desk.lines("inbox", "list")
        assert caught["state"] == "quarantined"
        assert f"{MOST_ATTEMPTS} times" in caught["reason"]
        assert_each_in_one_ticket(desk.tickets(), [one for one in MAILS if one != POISON])
        assert caught["ticket"] in {ticket["ref"] for ticket in desk.tickets()}, "a person can see it"
        desk.assert_sound()
        # What can be read by then is filed after all, and replaces the placeholder.
        async with desk.running():
            assert desk.command("inbox", "retry", str(caught["id"])).status == 0
            await desk.until_at_rest()
        assert_each_in_one_ticket(desk.tickets(), MAILS)
        desk.assert_sound()
