"""Escalation from an agent's word, or a rule's, to what everyone sees."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from deskd import escalation
from deskd.desk import desk
from deskd.desk.commands import Deescalate, Escalate
from deskd.model import Post, PostCard
from deskd.store import Store, Work, apply, listing, tickets
from tests.support.clockwork import Clockwork
from tests.support.desk import SETTINGS, settings
from tests.support.mailroom import mail
from tests.support.world import FRONT, World, answer_to, question

SPECIAL = "C0SPECIAL"
Shown = dict[str, Any]


def shown(world: World) -> Shown:
    found = world.store.read_now(lambda work: listing.ticket_whole(work, "ACME-1001"))
    assert found is not None
    return found


async def opened(world: World) -> str:
    await world.start()
    await world.mail(question("Il router non parte.", "Router"))
    await world.settle()
    return world.thread()


def own_thread() -> Any:
    desk = settings()
    team = desk.teams["specialists"].model_copy(update={"handoff": "own_thread"})
    return replace(desk, teams={**desk.teams, "specialists": team})


def placed(world: World, channel: str, thread: str | None) -> list[str]:
    return [
        post.text
        for post in world.slack.shown(Post)
        if (post.place.channel, post.place.thread) == (channel, thread)
    ]


async def test_level_2_reads_what_was_tried(store: Store) -> None:
    world = World(store)
    thread = await opened(world)
    await world.slack.write("Ha provato a riavviarlo?", thread)
    await world.later(seconds=11)
    await world.slack.write("note: sembra l'alimentatore", thread)
    await world.slack.write("!escalate serve un tecnico sul posto", thread)
    await world.settle()
    ticket = shown(world)
    assert (ticket["team"], ticket["level"], ticket["assignee"], ticket["escalations"]) == (
        "specialists",
        2,
        None,
        1,
    )
    handoff = next(text for text in placed(world, FRONT, thread) if text.startswith("📋"))
    for told in (
        "Il router non parte.",
        "riavviarlo",
        "alimentatore",
        "serve un tecnico",
        "maria@cliente.example",
    ):
        assert told in handoff
    [line] = placed(world, SPECIAL, None)
    assert f"https://slack.com/archives/{FRONT}/p{thread.replace('.', '')}" in line
    assert len(world.slack.shown(PostCard)) == 1
    assert world.cards()[-1].card.level == 2
    await world.slack.write("Arriviamo domani.", thread, user="U0CARLA")
    await world.later(seconds=11)
    assert len(world.mailbox()) == 2, "the conversation goes on where it was"


async def test_twice_at_once_is_once(store: Store) -> None:
    world = World(store)
    thread = await opened(world)
    await world.slack.write("!escalate non si accende", thread, user="U0ANNA")
    await world.slack.write("!escalate è rotto", thread, user="U0BRUNO")
    await world.settle()
    assert shown(world)["escalations"] == 1
    assert [event["type"] for event in shown(world)["events"]].count("escalated") == 1
    assert any("specialists" in told for told in world.told())


async def test_nobody_above(store: Store) -> None:
    world = World(store)
    thread = await opened(world)
    await world.slack.write("!escalate L2 su", thread)
    await world.slack.write("!escalate ancora più su", thread, user="U0CARLA")
    await world.settle()
    ticket = shown(world)
    assert (ticket["team"], ticket["escalations"]) == ("specialists", 1)
    assert any("Carla Ruiz" in text and "ancora più su" in text for text in world.posts())


async def test_there_and_back(store: Store) -> None:
    world = World(store)
    thread = await opened(world)
    await world.slack.write("!claim", thread)
    await world.slack.write("!escalate @carla guarda tu", thread)
    await world.slack.write("!deescalate era il cavo", thread, user="U0CARLA")
    await world.settle()
    ticket = shown(world)
    assert (ticket["team"], ticket["level"], ticket["assignee"]) == ("front-desk", 1, "anna")
    assert [event["type"] for event in ticket["events"]][-2:] == ["escalated", "deescalated"]


def test_up_twice_and_back_the_same_way(store: Store) -> None:
    """The first team of level 1 never had it."""
    lab = SETTINGS.teams["specialists"].model_copy(update={"level": 3})
    room = Clockwork(store, settings=replace(SETTINGS, teams={**SETTINGS.teams, "lab": lab}))
    ticket = room.arrive(mail(to="billing@acme.example"), channel="billing-mail").ticket or 0
    went = []
    ways: list[Escalate | Deescalate] = [Escalate("agent:carla", "su"), Escalate("agent:carla", "su")]
    for command in (*ways, Deescalate("agent:carla", "giù"), Deescalate("agent:carla", "giù")):

        def unit(work: Work, command: Escalate | Deescalate = command) -> None:
            state = tickets.state(work, ticket)
            ready = escalation.prepared(work, room.settings, state, command, room.now)
            apply.apply(work, state, desk(room.settings, state, ready, room.now), room.now)

        store.write_now(unit)
        went.append((room.shown(ticket)["team"], room.shown(ticket)["assignee"]))
    assert [team for team, _ in went] == ["specialists", "lab", "specialists", "accounts"]
    assert went[-1][1] in ("anna", "carla")


@pytest.mark.parametrize(
    "wrong", ["!escalate", "!escalate @nobody perché sì", "!escalate L4 su", "!deescalate giù"]
)
async def test_what_cannot_be_done_is_answered_to_its_author(store: Store, wrong: str) -> None:
    world = World(store)
    thread = await opened(world)
    await world.slack.write(wrong, thread)
    await world.settle()
    assert len(world.told()) == 1
    assert shown(world)["escalations"] == 0


async def test_two_threads_in_step(store: Store) -> None:
    world = World(store, settings=own_thread())
    thread = await opened(world)
    await world.slack.write("!escalate serve un tecnico", thread)
    await world.settle()
    first, second = [one for one in world.slack.delivered if isinstance(one.content, PostCard)]
    there = world.slack._ts[second.key]
    assert isinstance(first.content, PostCard)
    assert first.content.place.channel == FRONT
    assert any(text.startswith("📋") for text in placed(world, SPECIAL, there))
    await world.slack.write("Ci pensiamo noi.", there, user="U0CARLA", channel=SPECIAL)
    await world.later(seconds=11)
    [mail] = world.mailbox()
    assert "Ci pensiamo noi." in placed(world, FRONT, thread)
    content, to = answer_to(mail, "Grazie!")
    await world.mail(content, to=to)
    await world.slack.write("note: bene", thread)
    await world.settle()
    assert "Grazie!" in placed(world, FRONT, thread)
    assert "Grazie!" in placed(world, SPECIAL, there)
    assert "🔒 bene" in placed(world, SPECIAL, there)
    assert {card.place.channel for card in world.cards()} == {FRONT, SPECIAL}


RULE = """
rules:
  - name: angry VIPs go up at once
    when: {text: {words: [disdetta]}, ticket: {level: 1}}
    then: [{escalate: {reason: "wants to cancel"}}]
  - name: say so
    event: escalated
    then: [{reply: escalated}]
"""


async def test_a_rule_escalates_an_open_ticket_and_another_tells_the_customer(store: Store) -> None:
    world = World(store, RULE)
    thread = await opened(world)
    assert thread
    await world.mail(question("Allora disdetta!", "Re: Router", 2, In_Reply_To="<q1@cliente.example>"))
    await world.settle()
    ticket = shown(world)
    assert (ticket["team"], ticket["escalations"]) == ("specialists", 1)
    [event] = [one for one in ticket["events"] if one["type"] == "escalated"]
    assert (event["actor"], event["reason"]) == ("rule:angry VIPs go up at once", "wants to cancel")
    assert len(world.mailbox()) == 1


async def test_a_rule_that_escalates_a_new_ticket_chooses_its_team(store: Store) -> None:
    world = World(store, RULE)
    await world.start()
    await world.mail(question("Voglio la disdetta", "Basta"))
    await world.settle()
    ticket = shown(world)
    assert (ticket["team"], ticket["level"], ticket["escalations"]) == ("specialists", 2, 0)
    [card] = world.slack.shown(PostCard)
    assert card.place.channel == SPECIAL
    assert world.mailbox() == []
