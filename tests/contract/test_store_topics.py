"""Tickets in topics of a Telegram group, on both databases: what is remembered of a card and of posts, and by what they are found again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from deskd import in_groups, sending
from deskd.compose.topics import KEPT
from deskd.desk.changes import NEW, AddAnchor, AddPost, Queue
from deskd.gestures.wanted import Wanted
from deskd.model import Envelope, Gesture, Receipt, UpdateCard
from deskd.store import Store, Work, apply, outbox, packing, shown, tickets
from deskd.store.inbox import InboxRow
from deskd.store.tables import anchors
from deskd.store.tables import outbox as rows_table
from tests.support.desk import NOW
from tests.support.store import open_ticket, rows
from tests.support.topics import DESK
from tests.support.topics import FRONT as GROUP


@pytest.fixture
def ticket(store: Store) -> int:
    """A ticket with a card, a refresh of it and a post that wait for a topic."""
    made = store.write_now(open_ticket)

    def unit(work: Work) -> None:
        long = ["add_participant_0", "Add Ada", "ACME-1042:" + "ada" * 30]
        changes = (
            AddAnchor("telegram", GROUP),
            Queue("card", "telegram", "slack:{ticket}", anchor_id=NEW),
            Queue("post", "telegram", "slack:{ticket}", {"text": "Ciao", "buttons": [long]}, anchor_id=NEW),
            Queue("update", "telegram", "card:x", anchor_id=NEW),
        )
        apply.apply(work, tickets.state(work, made), changes, NOW)

    store.write_now(unit)
    return made


def row(store: Store, kind: str) -> int:
    return int(rows(store, rows_table, kind=kind, channel="telegram")[0]["id"])


def keep(store: Store, kind: str, receipt: Receipt) -> None:
    number = row(store, kind)
    store.write_now(lambda work: shown.remember(work, outbox.load(work, number), receipt, NOW))


def test_a_card_stands_inside_the_topic_it_heads(store: Store, ticket: int) -> None:
    keep(store, "card", Receipt("41", GROUP, thread="40"))
    [anchor] = [one for one in rows(store, anchors) if one["channel"] == GROUP]
    assert (anchor["surface"], anchor["thread"], anchor["card"]) == ("telegram", "40", "41")
    assert store.read_now(lambda work: tickets.by_thread(work, GROUP, "40")) == ticket
    post = store.read_now(lambda work: tickets.post(work, GROUP, "41"))
    assert post is not None
    assert (post["ticket_id"], post["role"]) == (ticket, "card")
    number = row(store, "update")
    packed = store.write_now(lambda work: packing.pack(work, DESK, outbox.load(work, number), NOW))
    assert isinstance(packed.content, UpdateCard)
    assert (packed.content.place.channel, packed.content.place.thread) == (GROUP, "41")


def test_slack_s_card_is_its_thread(store: Store, ticket: int) -> None:
    keep(store, "card", Receipt("40", GROUP))
    [anchor] = [one for one in rows(store, anchors) if one["channel"] == GROUP]
    assert (anchor["thread"], anchor["card"]) == ("40", None)


def test_each_message_of_a_long_post_is_known(store: Store, ticket: int) -> None:
    keep(store, "post", Receipt("42,43", GROUP))
    for message in ("42", "43"):
        found = store.read_now(lambda work, message=message: tickets.post(work, GROUP, message))  # type: ignore[misc]
        assert found is not None
        assert found["ticket_id"] == ticket
    assert store.read_now(lambda work: tickets.post(work, "-1009", "42")) is None, "another group's"


def test_what_has_gone_of_a_long_post_is_known_before_the_rest_goes(store: Store, ticket: int) -> None:
    number = row(store, "post")
    store.write_now(lambda work: outbox.begin(work, outbox.load(work, number), "a", NOW))
    for done, gone in ((1, Receipt("42", GROUP)), (2, Receipt("", GROUP))):
        store.write_now(
            lambda work, done=done, gone=gone: sending.went(work, outbox.load(work, number), done, gone, NOW)  # type: ignore[misc]
        )
    found = store.read_now(lambda work: tickets.post(work, GROUP, "42"))
    assert found is not None
    assert (found["ticket_id"], found["role"]) == (ticket, "message")
    assert store.read_now(lambda work: tickets.post(work, GROUP, "")) is None


def test_an_agent_s_message_is_found_where_it_was_written(store: Store, ticket: int) -> None:
    store.write_now(
        lambda work: apply.apply(
            work,
            tickets.state(work, ticket),
            (AddPost(GROUP, "57", "source"), AddPost("C0FRONT", "57", "source")),
            NOW,
        )
    )
    for channel, surface in ((GROUP, "telegram"), ("C0FRONT", "slack")):
        found = store.read_now(lambda work, channel=channel: tickets.post(work, channel, "57"))  # type: ignore[misc]
        assert found is not None
        assert found["surface"] == surface


def test_a_button_that_means_more_than_it_carries_is_looked_up(store: Store, ticket: int) -> None:
    number = row(store, "post")
    press = Gesture("press", "601", GROUP, "42", name=KEPT, value=f"{number}:0")

    def meant(value: str) -> str:
        return store.read_now(lambda work: in_groups.resolved(work, replace(press, value=value)).value)

    assert meant(f"{number}:0") == "ACME-1042:" + "ada" * 30
    for forged in (f"{number}:7", "999999999:0", "9" * 30 + ":0", "x:0", "", ":"):
        assert meant(forged) == forged


def test_what_comes_while_a_post_is_under_way_may_be_about_it(store: Store, ticket: int) -> None:
    reaction, words = Wanted(post=(GROUP, "57")), Wanted(thread=(GROUP, "40"))

    def unsure(seconds: int, group: str = GROUP, about: Wanted = reaction, waited: int = 1) -> bool:
        at = NOW + timedelta(seconds=seconds)
        came = InboxRow(1, "telegram", "telegram", b"", Envelope(), True, at, 1, None, None)
        now = at + timedelta(seconds=waited)
        return store.read_now(lambda work: in_groups.may_be_ours(work, came, about, group, now))

    assert not unsure(1), "it only waits for its turn"
    number = row(store, "post")
    store.write_now(lambda work: outbox.begin(work, outbox.load(work, number), "a", NOW))
    assert unsure(1)
    assert not unsure(-1), "there was nothing yet to be about"
    assert not unsure(1, "-1009")
    assert not unsure(1, waited=61), "others wait with it"
    assert not unsure(1, about=words), "whose topic it is doesn't hang on a post"
    card = row(store, "card")
    store.write_now(lambda work: outbox.begin(work, outbox.load(work, card), "a", NOW))
    assert unsure(1, about=words), "the topic may be the one that is being made"
    store.write_now(lambda work: outbox.headed(work, outbox.load(work, card), "40"))
    assert not unsure(1, about=words), "it is known by now which that is"
    found = [
        store.read_now(lambda work, topic=topic: in_groups.of_new_topic(work, "telegram", GROUP, topic))  # type: ignore[misc]
        for topic in ("40", "41")
    ]
    assert found == [ticket, None]
