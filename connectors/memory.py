"""The connector to copy, and the one to test the core with: an outside world in memory that can be told to fail.

What "the other side" has lies in `delivered`; what it does next is told with `fail_next`. It keeps the promises of
`deskd.ports.Connector`, and `received` plays the source: it tells whether a message was kept, as SMTP's 250 or Slack's ack would.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Literal

from deskd.errors import DeskdError, TemporaryFailure, UnknownOutcome
from deskd.model import Delivery, RawMessage, Receipt
from deskd.ports import Accept, ConnectorHealth, HeldReply, Settlement

Fate = DeskdError | Literal["lost_answer"]
"""How a delivery goes wrong: it is refused with this failure, or it arrives and the answer is lost."""


class MemoryConnector:
    """One account of a world that exists only here."""

    def __init__(self, channel: str, settlement: Settlement = "look_up") -> None:
        self._channel = channel
        self._settlement = settlement
        self._accept: Accept | None = None
        self._fates: deque[Fate] = deque()
        self._stopped = False
        self.delivered: list[Delivery] = []
        """What has arrived on the other side, in order; twice in here is twice in a customer's mailbox."""
        self.tried: list[Delivery] = []
        """Every attempt, those that failed among them."""
        self.rechecked: list[HeldReply] = []
        self.missed: list[RawMessage] = []
        """What happened to held replies while nobody listened: the next recheck brings it in."""
        self.away: TemporaryFailure | None = None
        """Set, it answers every question (`look_up`, `recheck`): the other side can't be asked."""
        self._trouble: str | None = None

    @property
    def channel(self) -> str:
        return self._channel

    @property
    def settlement(self) -> Settlement:
        return self._settlement

    async def start(self, accept: Accept) -> None:
        self._accept = accept

    async def stop_receiving(self) -> None:
        self._accept = None

    async def stop(self) -> None:
        await self.stop_receiving()
        self._stopped = True

    async def received(self, message: RawMessage) -> bool:
        """The outside brings a message: True when it was kept and may be forgotten there, False when it must come again."""
        if self._accept is None:
            return False
        try:
            await self._accept(message)
        except TemporaryFailure as failure:
            self._trouble = str(failure)
            return False
        return True

    def fail_next(self, *fates: Fate) -> None:
        """How the next deliveries end, one each; after them all is well."""
        self._fates.extend(fates)

    async def deliver(self, delivery: Delivery) -> Receipt:
        self.tried.append(delivery)
        fate = self._fates.popleft() if self._fates else None
        if isinstance(fate, DeskdError):
            self._trouble = str(fate)
            raise fate
        self.delivered.append(delivery)
        if fate == "lost_answer":
            raise UnknownOutcome("the other side went away before its answer")
        self._trouble = None
        return self._receipt(delivery)

    async def look_up(self, delivery: Delivery) -> Receipt | None:
        if self.away is not None:
            raise self.away
        there = next((one for one in self.delivered if one.key == delivery.key), None)
        return None if there is None else self._receipt(there)

    async def recheck(self, held: Sequence[HeldReply]) -> None:
        if self.away is not None:
            raise self.away
        self.rechecked.extend(held)
        if self._accept is None:
            raise TemporaryFailure("nothing is taken in any more")
        while self.missed:
            await self._accept(self.missed[0])
            del self.missed[0]

    def health(self) -> ConnectorHealth:
        if self._stopped:
            return ConnectorHealth("stopped")
        return ConnectorHealth("degraded" if self._trouble else "ok", error=self._trouble)

    def _receipt(self, delivery: Delivery) -> Receipt:
        """A Slack ts, or any other id: the place in the order of arrival."""
        return Receipt(external_id=f"{self.delivered.index(delivery) + 1}.000000")
