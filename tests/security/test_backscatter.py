"""THREATS, backscatter: nobody is sent a report of failure; what can't be taken is refused while its sender is connected."""

from __future__ import annotations

from deskd.store import Store
from deskd.store.tables import messages
from tests.support.smtp_dialogue import desk
from tests.support.store import rows
from tests.support.world import World, question


async def test_an_address_nobody_has_is_refused_at_rcpt() -> None:
    async with desk() as running:
        dialogue = await running.greeted()
        assert await dialogue.codes("MAIL FROM:<victim@cliente.example>", "RCPT TO:<x@acme.example>") == [
            250,
            550,
        ]
        assert running.kept.messages == []


async def test_a_failure_is_never_reported_to_a_from(store: Store) -> None:
    """Backscatter: whatever becomes of a mail, nothing goes to whom it says it is from."""
    world = await World(store).start()
    for payload in (b"no header at all", b"Received: x\r\n" * 60 + question(), b"\0" * 100):
        await world.mail(payload, source="imap")
    await world.settle()
    assert world.mailbox() == []
    assert [row for row in rows(store, messages) if row["direction"] == "out"] == []
