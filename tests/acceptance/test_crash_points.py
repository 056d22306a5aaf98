"""The process ends at a named point on the way of a message, and is started again: what was answered 250 is in one ticket, and nothing shows twice.

One story each time: Maria mails, the desk acknowledges, Anna answers in the thread. At one point, once, the power goes. Nobody who writes notices.
"""

from pathlib import Path

import pytest

from tests.support.installed import (
    FRONT,
    Installed,
    Outside,
    assert_each_in_one_ticket,
    assert_shown_once,
    mail,
    outside,
    send,
)

RULES = "rules: [{name: acknowledge, when: {new: true}, then: [{reply: received}]}]"
MARIA = mail(1)

# What is sent, in order: the card, the post under it, the acknowledgement, then Anna's reply and its ✅. A claim comes first without work, at the start.
POINTS = (
    "before_accept", "in_accept", "after_accept",
    "before_accept:2", "in_accept:2", "after_accept:2",  # Anna's reply: Slack's event comes again until it is acked
    "before_claim:2", "after_claim", "after_claim:2",
    "before_file", "in_file", "after_file",
    "before_file:2", "after_file:2",
    "before_outbox_claim:2", "in_outbox_claim", "after_outbox_claim", "after_outbox_claim:2",
    "before_send:1", "before_send:2", "before_send:3", "before_send:4",
    "after_send:1", "after_send:2", "after_send:3", "after_send:4",
    "in_sent:1", "in_sent:2", "in_sent:3", "in_sent:4",
    "after_sent:1", "after_sent:2", "after_sent:3", "after_sent:4",
)  # fmt: skip


@pytest.mark.parametrize("point", POINTS)
async def test_nothing_is_lost_and_nothing_shows_twice(point: str, tmp_path: Path, sqlite_url: str) -> None:
    async with outside() as out:
        await tell_the_story(Installed(tmp_path, sqlite_url, out, rules=RULES), out, point)


@pytest.mark.needs("postgresql")
@pytest.mark.parametrize(
    "point", ["in_accept", "after_claim", "in_file", "before_send:1", "after_send:3", "in_sent:2"]
)
async def test_the_same_on_postgresql(point: str, tmp_path: Path, postgresql_url: str) -> None:
    """There the next life takes over when the last one's lease has run out."""
    async with outside() as out:
        await tell_the_story(Installed(tmp_path, postgresql_url, out, rules=RULES), out, point)


async def tell_the_story(desk: Installed, out: Outside, point: str) -> None:
    async with desk.kept_running(DESKD_CRASH=point):
        await send(desk.port, MARIA)
        card = (await out.slack.wait_for(lambda: out.slack.channel_messages(FRONT), 40))[0]["ts"]
        reply = out.slack.post("U0ANNA", FRONT, "Guardo subito.", card)
        await out.slack.wait_for(lambda: out.slack.reactions(FRONT, reply) == {"white_check_mark"}, 40)
        await desk.until_at_rest()
        assert desk.ended == [-9], f"{point} was not reached:\n{desk.log()}"
    tickets = desk.tickets()
    assert_each_in_one_ticket(tickets, [MARIA])
    assert_shown_once(out.slack, tickets)
    assert_mailed_once_or_marked(out, tickets)
    desk.assert_sound()


def assert_mailed_once_or_marked(out: Outside, tickets: list[dict[str, object]]) -> None:
    """An acknowledgement and a reply reached Maria; one that came twice is the same bytes, and the ticket says so."""
    (ticket,) = tickets
    arrived = [one.content for one in out.mail.to(MARIA.sender)]
    assert len(set(arrived)) == 2
    events = ticket["events"]
    assert isinstance(events, list)
    assert len(arrived) - 2 <= sum(event["type"] == "sent_again" for event in events)
    messages = ticket["messages"]
    assert isinstance(messages, list)
    assert [message["delivery"] for message in messages] == [None, "sent", "sent"]
