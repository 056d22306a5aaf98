"""A start finds each state that a row can have been left in, and brings it to its end; what is at its end stays there."""

import sqlite3
from pathlib import Path

from tests.support.installed import (
    FRONT,
    Installed,
    assert_each_in_one_ticket,
    assert_shown_once,
    mail,
    outside,
    send,
    send_all,
)

GONE = "another:4711:dead"  # a worker that is no more


async def test_a_start_picks_up_whatever_was_left(tmp_path: Path, sqlite_url: str) -> None:
    mails = [mail(number) for number in range(1, 7)]
    async with outside() as out:
        desk = Installed(tmp_path, sqlite_url, out)
        async with desk.running():
            await send_all(desk.port, mails, connections=1)
            await desk.until_at_rest()
            card = str(out.slack.channel_messages(FRONT)[0]["ts"])
            reply = out.slack.post("U0ANNA", FRONT, "Guardo subito.", card)
            await out.slack.wait_for(lambda: out.slack.reactions(FRONT, reply) == {"white_check_mark"})
            out.slack.outage()
            await send(desk.port, mail(7))
            await desk.stop()
        with sqlite3.connect(tmp_path / "deskd.db") as database:
            # What was sent, and looks now as if nobody knew: cards and posts are found in Slack, not posted again.
            _set(database, "card", 1, f"state = 'sending', claimed_by = '{GONE}'")
            _set(database, "post", 1, f"state = 'sending', claimed_by = '{GONE}'")
            _set(database, "card", 2, "state = 'unknown', not_before = 0")
            # A mail can't be looked up: it goes once more.
            _set(database, "mail", 1, f"state = 'sending', claimed_by = '{GONE}'")
            database.execute(
                "UPDATE inbox SET state = 'working', attempts = 1, claimed_by = ? WHERE state = 'received'",
                (GONE,),
            )
        await out.slack.recover()
        async with desk.running():
            await desk.until_at_rest()
            await desk.stop()
        tickets = desk.tickets()
        assert_each_in_one_ticket(tickets, [*mails, mail(7)])
        assert_shown_once(out.slack, tickets)
        first, again = out.mail.mails
        assert first.content == again.content
        assert [row for row in desk.lines("outbox", "list") if row["state"] != "sent"] == []
        desk.assert_sound()


def _set(database: sqlite3.Connection, kind: str, number: int, values: str) -> None:
    """Change the outbox row of this kind that is the `number`th."""
    one = f"SELECT id FROM outbox WHERE kind = '{kind}' ORDER BY id LIMIT 1 OFFSET {number - 1}"  # noqa: S608
    assert database.execute(f"UPDATE outbox SET {values} WHERE id = ({one})").rowcount == 1  # noqa: S608
