"""Rules loaded anew: whole or not at all, on a change of the files, whatever goes wrong (invariant I8)."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from deskd.errors import StoreAway
from deskd.events import Events
from deskd.reloading import RulesInForce, stamp
from deskd.rules import RuleSet, load_rules
from deskd.store import Store, schema
from tests.support.desk import settings

GOOD = "rules:\n  - name: {name}\n    then: [{{tag: [x]}}]\n"
TESTED = """
rules: [{name: all, then: [{tag: [x]}]}]
tests: [{name: it tags, message: {channel: support-mail, subject: x}, expect: {tags: [y]}}]
"""


class Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return monotonic()


class World:
    """A folder of rules, a store, and what was put in force, the newest last."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.file = folder / "rules" / "a.yaml"
        self.file.parent.mkdir()
        self.write("first")
        self.settings = settings(f"sqlite:///{folder / 'desk.db'}", folder=folder)
        found = load_rules(self.settings.desk.rules, self.settings)
        self.in_force: list[RuleSet] = [found]
        self.tries = asyncio.Event()
        self.store = store
        as_of = stamp(self.settings.desk.rules)
        self.rules = RulesInForce(self.settings, store, Clock(), Events(), found, as_of, self.in_force.append)
        self.rules.changed = self.tries.set

    def write(self, name: str, text: str = GOOD) -> None:
        self.file.write_text(text.format(name=name) if text is GOOD else text)

    @property
    def name(self) -> str:
        return self.in_force[-1].rules[0].name

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        watching = asyncio.create_task(self.rules.watch(every=0.02))
        try:
            yield
        finally:
            self.rules.stop()
            await watching

    async def tried(self) -> None:
        async with asyncio.timeout(20):
            await self.tries.wait()
        self.tries.clear()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    store = Store.open(f"sqlite:///{tmp_path / 'desk.db'}")
    await asyncio.to_thread(schema.prepare, store, upgrade=False)
    yield World(tmp_path, store)
    await asyncio.to_thread(store.close)


async def test_good_rules_come_into_force_whole(world: World) -> None:
    before = world.rules.found
    world.write("second")
    assert await world.rules.reload() == ()
    assert world.name == "second"
    assert world.rules.found.hash == world.in_force[-1].hash != before.hash
    assert world.rules.found.since > before.since


async def test_the_same_rules_again_are_in_force_since_then(world: World) -> None:
    before = world.rules.found
    assert await world.rules.reload() == ()
    assert world.rules.found == before


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("rules: [{nme: x}]\n", ":1:"),
        ("rules: [\n", ":"),
        (TESTED, "the test 'it tags' fails"),
        ("rules: [{name: a, when: {subject: {matches: '('}}, then: [{tag: [x]}]}]\n", ":1:"),
    ],
)
async def test_wrong_ones_change_nothing_but_what_is_told(world: World, text: str, place: str) -> None:
    before = world.rules.found
    world.write("", text)
    problems = await world.rules.reload()
    assert place in str(problems[0])
    assert str(world.file) in (world.rules.found.error or "")
    assert len(world.in_force) == 1
    assert world.rules.found.hash == before.hash
    world.write("second")
    assert await world.rules.reload() == ()
    assert world.rules.found.error is None


async def test_a_change_of_the_files_is_seen(world: World) -> None:
    async with world.watched():
        world.write("second")
        await world.tried()
        assert world.name == "second"
        (world.file.parent / "b.yaml").write_text("rules: [{name: first, then: [{tag: [y]}]}]\n")
        await world.tried()
        assert len(world.in_force[-1].rules) == 2
        os.remove(world.file)
        await world.tried()
        assert world.name == "first"


async def test_a_change_before_the_first_look_is_seen(world: World) -> None:
    world.write("while it started")
    async with world.watched():
        await world.tried()
        assert world.name == "while it started"


async def test_what_can_not_be_kept_yet_comes_into_force_when_it_can(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(unit: Any) -> None:
        raise StoreAway("the database is held")

    async with world.watched():
        with monkeypatch.context() as patched:
            patched.setattr(world.store, "write", away)
            world.write("second")
            await world.tried()
            assert "can't be kept yet" in (world.rules.found.error or "")
            assert world.name == "first"
        await world.tried()
        async with asyncio.timeout(20):
            while world.rules.found.error:
                await world.tried()
        assert world.name == "second"


async def test_a_fault_of_ours_is_a_problem_not_an_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("deskd.reloading.load_and_test", fails)
    (problem,) = await world.rules.reload()
    assert "ZeroDivisionError" in str(problem)
    assert world.name == "first"
