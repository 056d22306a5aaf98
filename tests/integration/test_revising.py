"""Customers who write in Slack change and delete what they wrote: versions are kept, agents are told, what was answered stays."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from deskd.model import RawMessage
from deskd.store import Store
from deskd.store.tables import events, message_versions
from tests.support.desk import settings
from tests.support.store import rows
from tests.support.world import World

SHARED, MARIA, TS = "C0SHARED", "U0MARIA", "1700000000.000700"


@pytest.fixture
async def world(store: Store) -> World:
    made = settings()
    slack = made.slack_channels()["slack"].model_copy(update={"customers": (SHARED,)})
    channels = {**made.channels, "slack": slack}
    world = await World(store, settings=replace(made, channels=channels)).start()
    await happened(world, "m1", {"user": MARIA, "text": "La fattura 118 non torna.", "ts": TS})
    return world


async def happened(world: World, name: str, event: dict[str, object]) -> None:
    body = {"type": "event_callback", "event": {"type": "message", "channel": SHARED, **event}}
    assert await world.slack.received(RawMessage("slack", "slack", name, json.dumps(body).encode()))
    await world.settle()


async def edited(world: World, text: str, user: str = MARIA, name: str = "e1", ts: str = TS) -> None:
    message = {"type": "message", "user": user, "text": text, "ts": ts, "edited": {"user": user, "ts": TS}}
    await happened(world, name, {"subtype": "message_changed", "message": message, "ts": "1700000001.000100"})


async def deleted(world: World) -> None:
    before = {"type": "message", "user": MARIA, "text": "La fattura", "ts": TS}
    await happened(
        world, "d1", {"subtype": "message_deleted", "deleted_ts": TS, "previous_message": before, "ts": "1.1"}
    )


async def test_an_edit_counts_and_the_earlier_text_is_kept(world: World) -> None:
    await edited(world, "La fattura *119* non torna.")
    (message,) = world.messages()
    assert message["text"] == "La fattura 119 non torna."
    (version,) = rows(world.store, message_versions)
    assert (version["text"], version["actor"]) == ("La fattura 118 non torna.", f"contact:slack:{MARIA}")
    assert world.posts() == ["La fattura 118 non torna.", "✏️ (edited) La fattura 119 non torna."]
    assert len(world.tickets()) == 1


async def test_an_edit_that_changes_nothing_is_told_to_nobody(world: World) -> None:
    await edited(world, "La fattura 118 non torna.")
    assert rows(world.store, message_versions) == []
    assert len(world.posts()) == 1


async def test_a_deletion_is_noted_and_the_words_are_kept(world: World) -> None:
    await deleted(world)
    assert world.messages()[0]["text"] == "La fattura 118 non torna."
    assert "La fattura 118 non torna." in world.posts()[-1]
    assert [row["type"] for row in rows(world.store, events)][-1] == "customer_deleted"


@pytest.mark.parametrize(("user", "ts"), [("U0OTHER", TS), (MARIA, "1700000009.000900")])
async def test_somebody_elses_edit_and_one_of_nothing_known_change_nothing(
    world: World, user: str, ts: str
) -> None:
    await edited(world, "altro", user, "e9", ts)
    assert world.messages()[0]["text"] == "La fattura 118 non torna."
    assert world.ends()[-1] == "discarded"
