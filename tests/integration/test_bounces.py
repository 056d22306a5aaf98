"""What comes back of our mail: by an address that says which mail it is (VERP), and what an address is worth from which one came back. On both databases."""

from __future__ import annotations

from dataclasses import replace

from deskd.config import MailChannel, Settings
from deskd.store import Store
from deskd.store.tables import identities
from tests.support.desk import settings
from tests.support.store import rows
from tests.support.world import World, question

PROSE = """From: Mail Delivery System <mailer-daemon@mx.cliente.example>
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{number}@mx.cliente.example>

I'm sorry to have to inform you that your message could not be delivered.

<maria@cliente.example>: host mx.cliente.example said: 550 5.1.1 user unknown
"""


def returning() -> Settings:
    made = settings()
    channel = made.channels["support-mail"]
    assert isinstance(channel, MailChannel)
    return replace(
        made, channels={**made.channels, "support-mail": channel.model_copy(update={"verp": True})}
    )


async def replied(store: Store, made: Settings) -> tuple[World, str, str]:
    """A ticket with one reply that has gone: the world, its thread, the reply's envelope sender."""
    world = await World(store, settings=made).start()
    await world.mail(question())
    await world.settle()
    thread = world.thread()
    await world.slack.write("Ciao", thread)
    await world.later(seconds=11)
    return world, thread, world.out.delivered[-1].content.mail_from  # type: ignore[union-attr]


async def comes_back(world: World, to: str, number: int = 1, content: str = PROSE) -> None:
    report = content.format(to=to, number=number).replace("\n", "\r\n").encode()
    await world.mail(report, sender="", to=to)
    await world.settle()


async def test_a_report_in_prose_finds_its_reply_by_the_address_it_came_back_to(store: Store) -> None:
    world, _, sender = await replied(store, returning())
    assert sender.startswith("support+bounce-")
    await comes_back(world, sender)
    assert len(world.tickets()) == 1
    (reply,) = [row for row in world.messages() if row["direction"] == "out"]
    assert reply["delivery"] == "bounced"
    assert "5.1.1" in reply["error"]
    assert any("⚠️" in post for post in world.posts())


async def test_an_address_nobody_signed_leads_nowhere(store: Store) -> None:
    world, _, sender = await replied(store, returning())
    forged = sender.replace("bounce-", "bounce-1", 1)
    await comes_back(world, forged)
    assert [row["delivery"] for row in world.messages() if row["direction"] == "out"] == ["sent"]


async def test_without_the_key_the_sender_is_the_desks_own_address(store: Store) -> None:
    _, _, sender = await replied(store, settings())
    assert sender == "support@acme.example"


async def test_the_agent_hears_of_an_address_that_mail_does_not_reach(store: Store) -> None:
    world, thread, sender = await replied(store, returning())
    await comes_back(world, sender)
    (maria,) = [row for row in rows(store, identities) if row["address"] == "maria@cliente.example"]
    assert "5.1.1" in maria["undelivered"]
    await world.slack.write("Ci sei?", thread)
    await world.settle()
    assert [text for text in world.told() if "maria@cliente.example" in text and "5.1.1" in text]


async def test_until_its_owner_writes_from_it_again(store: Store) -> None:
    world, thread, sender = await replied(store, returning())
    await comes_back(world, sender)
    await world.mail(question("Eccomi.", number=2))
    await world.settle()
    assert {row["undelivered"] for row in rows(store, identities)} == {None}
    await world.slack.write("Bene!", thread)
    await world.settle()
    assert not [text for text in world.told() if "5.1.1" in text]


async def test_a_mail_that_is_still_on_its_way_marks_nothing(store: Store) -> None:
    world, _, sender = await replied(store, returning())
    late = PROSE.replace("Undelivered Mail Returned to Sender", "Delayed Mail (still being retried)")
    late = late.replace("could not be delivered", "could not be delivered yet; it will be retried")
    late = late.replace("550 5.1.1 user unknown", "451 4.4.1 connection timed out")
    await comes_back(world, sender, content=late)
    assert {row["undelivered"] for row in rows(store, identities)} == {None}
    assert [row["delivery"] for row in world.messages() if row["direction"] == "out"] == ["sent"]
