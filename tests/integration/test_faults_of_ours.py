"""Where deskd itself fails on one ticket: nothing half-written stays, no other ticket waits, and what went doesn't go again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from deskd import sending
from deskd.clock import timekeeper
from deskd.clock.timekeeper import Timekeeper
from deskd.desk import desk as decide
from deskd.desk.changes import AddEvent, SetOutbox, SetTicket
from deskd.desk.commands import Due, Sent, SetStatus
from deskd.events import Events
from deskd.store import Store, deadlines, packing, tables
from deskd.store.tables import outbox, tickets
from tests.support.desk import SETTINGS
from tests.support.mailroom import Mailroom, mail
from tests.support.store import rows
from tests.support.world import StillClock, World, question

WRONG = {
    "a broken invariant": SetOutbox(0, "sent"),
    "a constraint of the database": AddEvent(None, "system", {}),  # type: ignore[arg-type]
}


def failing(kind: type, change: Any, real: Callable[..., Any]) -> Callable[..., Any]:
    """A desk that decides half of something and then something impossible, whenever it is asked for this kind of command."""

    def desk(settings: Any, state: Any, command: Any, now: Any) -> Any:
        if isinstance(command, kind):
            return (SetTicket({"subject": "half-written"}), change)
        return real(settings, state, command, now)

    return desk


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG.keys())
async def test_a_deadline_on_which_deskd_fails_leaves_its_ticket_as_it_was_and_no_other_waits(
    store: Store, change: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, clock = Mailroom(store), StillClock()
    ids = [ticket for _ in range(2) if (ticket := room.arrive(mail()).ticket) is not None]
    for ticket in ids:
        room.ask(ticket, SetStatus("agent:anna", "pending", until=clock.at + timedelta(hours=1)))
    clock.at += timedelta(hours=2)
    real, desk = decide, failing(Due, change, decide)
    monkeypatch.setattr(
        timekeeper,
        "desk",
        lambda s, state, *rest: (desk if state.ticket.id == ids[0] else real)(s, state, *rest),
    )
    keeper = Timekeeper(SETTINGS, store, clock, Events(), "w1")
    await store.write(lambda work: keeper.act_on_due(work, clock.at))
    found = {row["id"]: row for row in rows(store, tickets)}
    assert (found[ids[0]]["status"], found[ids[0]]["subject"]) == ("pending", "Fattura 118")
    assert found[ids[1]]["status"] == "open"
    assert not [row for row in rows(store, tables.deadlines) if row["kind"] == "come_back"], (
        "each comes due once"
    )


async def test_the_clock_goes_on_whatever_it_fails_on(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = Timekeeper(SETTINGS, store, StillClock(), Events(), "w1")
    await keeper.start()
    real, asked = deadlines.due, asyncio.Event()

    def due(*arguments: Any) -> Any:
        if not asked.is_set():
            asked.set()
            raise RuntimeError("ours")
        return real(*arguments)

    monkeypatch.setattr(deadlines, "due", due)
    await keeper.tick()
    assert asked.is_set()
    assert keeper._scheduler.get_job("deadlines") is not None, "it looks again"
    keeper.stop()


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG.keys())
async def test_a_mail_that_went_counts_as_sent_though_the_desk_fails_on_it(
    store: Store, change: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await World(store).start()
    await world.mail(question())
    await world.settle()
    await world.slack.write("Guardo subito.", world.thread())
    monkeypatch.setattr(sending, "desk", failing(Sent, change, decide))
    await world.later(seconds=11)
    await (await world.restart()).settle()
    assert len(world.mailbox()) == 1
    assert states(store) == ["sent"]
    assert [ticket["subject"] for ticket in world.tickets()] == ["Fattura 118"]


async def test_a_reply_that_cannot_be_packed_fails_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await World(store).start()
    await world.mail(question())
    await world.settle()
    thread = world.thread()
    await world.slack.write("Guardo subito.", thread)
    await world.settle()
    real = packing._KINDS["mail"]

    def broken(work: Any, settings: Any, row: Any, now: Any) -> Any:
        real(work, settings, row, now)
        return work.update(outbox, row.id, kind=None)

    monkeypatch.setitem(packing._KINDS, "mail", broken)
    await world.later(seconds=11)
    assert world.mailbox() == []
    assert states(store) == ["failed"]
    assert [row["content"] for row in rows(store, outbox, kind="mail")] == [None]
    assert any("deskd failed on it" in text for text in world.posts()), "the agent is told"


def states(store: Store) -> list[str]:
    return [row["state"] for row in rows(store, outbox, kind="mail")]
