"""Held replies from before a start wait until Slack has said what became of them, however long anything is away meanwhile."""

from __future__ import annotations

from collections import deque
from types import SimpleNamespace
from typing import Any

import pytest

from connectors.memory import MemoryConnector
from deskd.app import Daemon
from deskd.errors import StoreAway
from deskd.model import RawMessage
from deskd.ports import HeldReply
from tests.support.desk import settings


class Answers:
    """A store that answers questions in this order."""

    def __init__(self, *answers: object) -> None:
        self.left = deque(answers)

    async def read(self, query: Any) -> Any:
        answer = self.left.popleft()
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_a_database_that_is_away_delays_a_recheck_and_ends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("deskd.app.daemon.RECHECK_EVERY", 0.0)
    daemon, slack = Daemon(settings()), MemoryConnector("slack")
    daemon.store = Answers(StoreAway("away"), 7, StoreAway("away"), 7, False)  # type: ignore[assignment]
    daemon.outbox = SimpleNamespace(unsure={1}, wake=lambda: None)  # type: ignore[assignment]
    daemon.connectors = {"slack": slack}

    async def accept(raw: RawMessage) -> None: ...

    await slack.start(accept)
    reply = HeldReply("C0FRONT", "1.0", "0.5", "Ciao", "U0ANNA")
    await daemon._recheck([(1, "slack", reply)])
    assert daemon.outbox.unsure == set(), "it may go"
    assert slack.rechecked == [reply] * 3, "asked again, which brings in nothing twice"
