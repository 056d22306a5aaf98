"""What a look at the running daemon finds where the database gives no answer in time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from deskd.errors import StoreAway
from deskd.store.figures import Figures
from deskd.watch import watching
from deskd.watch.health import RulesFound

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class StillClock:
    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0


@dataclass
class Stuck:
    """A store that can be read, and whose writer never comes to anybody's turn."""

    trouble: Exception | None

    async def read(self, query: Any) -> Figures:
        return Figures()

    async def write(self, unit: Any) -> None:
        await asyncio.Event().wait()

    def check_room(self) -> None: ...

    def room(self) -> None: ...


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (None, "the database has not answered for 0 s"),
        (StoreAway("held by another program"), "held by another program"),
        (ZeroDivisionError("a customer's word"), "the database has not answered for 0 s"),
    ],
)
async def test_what_the_writer_met_last_is_the_reason(
    trouble: Exception | None, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "ANSWER_WITHIN", 0.01)
    store: Any = Stuck(trouble)
    watch = watching.Watch(store, StillClock(), {}, dict, lambda: RulesFound("abc", NOW), tuple)
    assert (await watch.findings()).store_error == told
