"""Slack is away, slow, forgetful or repeats itself: the thread ends up as if nothing had been, and what an agent wrote goes out once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.daemon import until
from tests.support.installed import (
    FRONT,
    Installed,
    Mail,
    Outside,
    assert_each_in_one_ticket,
    assert_shown_once,
    mail,
    outside,
    send,
    send_all,
)

SENT, FAILED, PERHAPS = "white_check_mark", "warning", "grey_question"


@dataclass(frozen=True, slots=True)
class Running:
    desk: Installed
    out: Outside

    async def card(self, number: int = 1) -> str:
        """A customer's first mail; the ts of its ticket's card, once the mail stands under it."""
        await send(self.desk.port, mail(number))
        return await self.card_of(mail(number))

    async def card_of(self, one: Mail) -> str:
        text = one.data.decode().strip().splitlines()[-1]

        def found() -> str | None:
            posts = (post for post in self.out.slack.channel_messages(FRONT) if text in post["text"])
            return next((str(post["thread_ts"]) for post in posts if "thread_ts" in post), None)

        return await self.out.slack.wait_for(found, 60) or ""

    def reply(self, card: str, text: str = "Guardo subito.") -> str:
        return self.out.slack.post("U0ANNA", FRONT, text, card)

    async def marked(self, ts: str, *marks: str) -> None:
        await self.out.slack.wait_for(lambda: self.out.slack.reactions(FRONT, ts) == set(marks), 60)

    def mailed(self, number: int = 1) -> list[bytes]:
        return [one.content for one in self.out.mail.to(mail(number).sender)]

    async def end(self, *mails: Mail) -> None:
        """All is worked off, and what must hold does."""
        await self.desk.until_at_rest()
        tickets = self.desk.tickets()
        assert_each_in_one_ticket(tickets, mails)
        assert_shown_once(self.out.slack, tickets)
        self.desk.assert_sound()


@pytest.fixture
async def running(tmp_path: Path, sqlite_url: str) -> AsyncIterator[Running]:
    async with outside() as out:
        desk = Installed(tmp_path, sqlite_url, out)
        async with desk.running():
            yield Running(desk, out)


async def test_while_slack_is_away_mail_comes_in_and_all_is_shown_later(running: Running) -> None:
    """Ten minutes or a second: what waits is rows, and nothing counts how long."""
    card = await running.card()
    mails = [mail(number) for number in range(2, 22)]
    running.out.slack.outage()
    await send_all(running.desk.port, mails)
    await until(lambda: _waits(running.desk), 30)
    written = running.reply(card)  # on a phone; Slack tells of it when it is back
    await running.out.slack.recover()
    await running.marked(written, SENT)
    assert len(running.mailed()) == 1
    await running.end(mail(1), *mails)


async def _waits(desk: Installed) -> bool:
    health = await desk.health()
    return bool(health["outbox"]["waiting"] >= 40 and health["connectors"]["slack"]["state"] != "ok")


@pytest.mark.parametrize("how", ["429", "500", "503 html", "refuse", "lost answer", "error:internal_error"])
@pytest.mark.parametrize("times", [1, 3])
async def test_a_post_that_fails_is_made_once_in_the_end(running: Running, how: str, times: int) -> None:
    slack = running.out.slack
    slack.fail("chat.postMessage", how, times=times)
    card = await running.card()
    slack.fail("reactions.add", how, times=times)
    await running.marked(running.reply(card), SENT)
    assert len(running.mailed()) == 1
    await running.end(mail(1))


async def test_a_refused_post_is_seen_by_operators_and_holds_up_no_other(running: Running) -> None:
    slack = running.out.slack
    slack.fail("chat.postMessage", "error:restricted_action", times=1)
    await send(running.desk.port, mail(1))
    await slack.wait_for(
        lambda: slack.calls_of("chat.postMessage"), 60
    )  # it is the first one's card that is refused
    await running.card(2)
    (failed, *_) = [row for row in running.desk.lines("outbox", "list") if row["state"] == "failed"]
    assert "restricted_action" in failed["error"]


async def test_events_twice_out_of_order_and_over_lines_that_break(running: Running) -> None:
    slack = running.out.slack
    card = await running.card()
    slack.duplicate_events(3)
    first = [running.reply(card, f"Uno, {number}") for number in range(3)]
    for ts in first:
        await running.marked(ts, SENT)
    slack.reorder_events(3)
    second = [running.reply(card, f"Due, {number}") for number in range(3)]
    for ts in second:
        await running.marked(ts, SENT)
    slack.close_sockets()
    third = [running.reply(card, f"Tre, {number}") for number in range(3)]
    for ts in third:
        await running.marked(ts, SENT)
    slack.ignore_acks(2)
    fourth = running.reply(card, "Quattro")
    await running.marked(fourth, SENT)
    await slack.wait_for(lambda: slack.delivery.under_way == 0, 30)
    await slack.disconnect("refresh_requested")
    await running.marked(running.reply(card, "Cinque"), SENT)
    assert len(running.mailed()) == len(set(running.mailed())) == 11
    await running.end(mail(1))


# ── the outgoing mail server ─────────────────────────────────────────────────────────────────────────────────────────


async def test_while_the_mail_server_is_away_a_reply_waits(running: Running) -> None:
    card = await running.card()
    running.out.mail.away()
    written = running.reply(card)
    await until(lambda: any(row["error"] for row in running.desk.lines("outbox", "list")), 30)
    assert SENT not in running.out.slack.reactions(FRONT, written)
    await running.out.mail.back()
    await running.marked(written, SENT)
    assert len(running.mailed()) == 1
    await running.end(mail(1))


async def test_a_refused_reply_is_marked_with_the_servers_words(running: Running) -> None:
    card = await running.card()
    running.out.mail.fail("RCPT", "550 5.1.1 no such mailbox here")
    written = running.reply(card)
    await running.marked(written, FAILED)
    await running.out.slack.wait_for(lambda: "no such mailbox here" in _thread(running, card))
    assert running.mailed() == []
    (ticket,) = running.desk.tickets()
    assert [message["delivery"] for message in ticket["messages"]] == [None, "failed"]
    await running.end(mail(1))


async def test_a_recipient_refused_for_now_gets_it_later(running: Running) -> None:
    card = await running.card()
    running.out.mail.fail("RCPT", "451 4.7.1 greylisted", times=2)
    await running.marked(running.reply(card), SENT)
    assert len(running.mailed()) == 1
    await running.end(mail(1))


async def test_a_lost_last_answer_sends_the_same_bytes_once_more_and_says_so(running: Running) -> None:
    card = await running.card()
    running.out.mail.lose_last_answer()
    await running.marked(running.reply(card), SENT)
    first, second = running.mailed()
    assert first == second
    (ticket,) = running.desk.tickets()
    assert [event["actor"] for event in ticket["events"] if event["type"] == "sent_again"] == ["system"]
    await running.end(mail(1))


async def test_where_nobody_can_know_an_agent_is_asked(running: Running) -> None:
    slack = running.out.slack
    card = await running.card()
    running.out.mail.lose_last_answer(times=2)
    written = running.reply(card)
    await running.marked(written, PERHAPS)
    asked = await slack.wait_for(lambda: _with_button(running, card, "it_arrived"))
    await slack.press("U0ANNA", FRONT, asked, "it_arrived")
    await running.marked(written, SENT)
    assert len(set(running.mailed())) == 1
    await running.end(mail(1))


def _thread(running: Running, card: str) -> str:
    return "\n".join(str(post["text"]) for post in running.out.slack.thread(FRONT, card))


def _with_button(running: Running, card: str, action: str) -> str:
    """The ts of the post that offers a button; "" while there is none."""
    found = (
        post["ts"] for post in running.out.slack.thread(FRONT, card) if action in str(post.get("blocks"))
    )
    return str(next(found, ""))
