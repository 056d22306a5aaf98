"""Who is connected to one listener, how many may be, and who must go when all places are taken."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Protocol

from connectors.smtp.limits import SmtpLimits


class Guest(Protocol):
    """A session, as its listener sees it."""

    @property
    def peer(self) -> str:
        """The client's IP address; "" on a local socket, where only the limit in all counts."""
        ...

    def wind_down(self) -> None:
        """Finish the mail under way, take no further one."""
        ...

    def make_room(self) -> None:
        """Go, with a word why."""
        ...

    def hang_up(self) -> None:
        """Close at once."""
        ...


class Guests:
    """Someone who holds a place for a while without ever having said a word gives it up to a newcomer: ten thousand silent connections
    keep no mail out for long."""

    def __init__(self, limits: SmtpLimits, now: Callable[[], float]) -> None:
        self.none_left = asyncio.Event()
        self._limits = limits
        self._now = now  # seconds, monotonic
        self._inside: set[Guest] = set()
        self._silent: dict[Guest, float] = {}  # since when, longest first
        self._peers: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._inside)

    def __iter__(self) -> Iterator[Guest]:
        return iter(tuple(self._inside))

    def has_room(self, peer: str) -> bool:
        """Whether one more may come in from there; makes room if that is fair."""
        if len(self._inside) >= self._limits.connections:
            return self._send_one_away(None)
        if peer and self._peers[peer] >= self._limits.connections_per_address:
            return self._send_one_away(peer)
        return True

    def enter(self, guest: Guest) -> None:
        self._inside.add(guest)
        self._silent[guest] = self._now()
        self._peers[guest.peer] += 1
        self.none_left.clear()

    def spoke(self, guest: Guest) -> None:
        self._silent.pop(guest, None)

    def leave(self, guest: Guest) -> None:
        if guest not in self._inside:
            return
        self._inside.remove(guest)
        self._silent.pop(guest, None)
        self._peers[guest.peer] -= 1
        if not self._peers[guest.peer]:
            del self._peers[guest.peer]
        if not self._inside:
            self.none_left.set()

    def _send_one_away(self, peer: str | None) -> bool:
        """The longest silent one, of this address if one is given."""
        for guest, since in self._silent.items():
            if self._now() - since < self._limits.silence:
                return False
            if peer is None or guest.peer == peer:
                self.leave(guest)
                guest.make_room()
                return True
        return False
