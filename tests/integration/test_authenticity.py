"""The stage authenticate on the way of a mail, on both databases: whom it asks, how often, and that a mail never waits for the DNS for ever."""

from __future__ import annotations

import json
from dataclasses import replace

from deskd.config import MailChannel, Settings
from deskd.config.channels import Authenticity
from deskd.model import Envelope, Judged, PostCard, RawMessage
from deskd.store import Store
from deskd.store.tables import inbox
from tests.support.desk import settings
from tests.support.signing import OUTSIDE
from tests.support.store import rows
from tests.support.world import World, question

SUPPORT = ("support@acme.example",)
FAILS = (Judged("dmarc", "fail", (("header.from", "cliente.example"),)),)


class Oracle:
    """An authenticator that says what it is told to, and counts who asks."""

    def __init__(self, *judged: Judged) -> None:
        self.judged = judged
        self.asked: list[str] = []

    async def ask(self, payload: bytes, envelope: Envelope, domain: str) -> tuple[Judged, ...]:
        self.asked.append(domain)
        return self.judged

    def close(self) -> None:
        """Nothing is open."""


def checking(check: str, *authserv: str) -> Settings:
    made = settings()
    channel = made.channels["support-mail"]
    assert isinstance(channel, MailChannel)
    asked = {"authenticity": Authenticity.model_validate({"check": check}), "authserv": authserv}
    return replace(made, channels={**made.channels, "support-mail": channel.model_copy(update=asked)})


async def arrive(world: World, peer: str, payload: bytes | None = None, **values: bool) -> None:
    envelope = Envelope("maria@cliente.example", SUPPORT, peer, "mx.cliente.example")
    message = RawMessage("support-mail", "smtp", f"{peer}-1", payload or question(), envelope, **values)
    await world.pipeline.accept(message)
    await world.settle()


async def world_of(store: Store, oracle: Oracle, check: str = "direct", *authserv: str) -> World:
    world = World(store, settings=checking(check, *authserv), authenticators={"support-mail": oracle})
    return await world.start()


async def test_a_failure_is_kept_and_shown_on_the_card(store: Store) -> None:
    world = await world_of(store, Oracle(*FAILS))
    await arrive(world, OUTSIDE)
    (row,) = rows(store, inbox)
    assert json.loads(row["auth"]) == ["fail", "DMARC fails, as the DNS has it"]
    assert "DMARC fails" in world.slack.shown(PostCard)[-1].card.warning


async def test_history_and_what_a_relay_has_judged_is_not_asked_about(store: Store) -> None:
    oracle = Oracle(*FAILS)
    world = await world_of(store, oracle, "always", "mx.acme.example")
    await arrive(world, OUTSIDE, live=False)
    await arrive(world, "127.0.0.1", b"Authentication-Results: mx.acme.example; spf=none\r\n" + question())
    assert oracle.asked == []
    await arrive(world, "10.0.0.1", question("Un'altra cosa.", number=2))
    assert oracle.asked == ["cliente.example"], "of the channel that checks always"


async def test_what_the_dns_said_is_not_asked_again_after_a_failure(store: Store) -> None:
    oracle = Oracle(*FAILS)
    world = await world_of(store, oracle)
    write = store.write

    async def fails_once(unit):  # type: ignore[no-untyped-def]
        if unit.__qualname__.startswith("Pipeline._acting"):
            store.write = write  # type: ignore[method-assign]
            raise RuntimeError("an error of ours, while it was filed")
        return await write(unit)

    store.write = fails_once  # type: ignore[method-assign]
    await arrive(world, OUTSIDE)
    await world.later(seconds=60)
    assert world.ends() == ["filed"]
    assert oracle.asked == ["cliente.example"]


async def test_nothing_to_learn_is_nothing_to_judge(store: Store) -> None:
    world = await world_of(store, Oracle())
    await arrive(world, OUTSIDE)
    assert json.loads(rows(store, inbox)[0]["auth"]) == ["none", "nothing to judge"]
    assert world.slack.shown(PostCard)[-1].card.warning == ""
