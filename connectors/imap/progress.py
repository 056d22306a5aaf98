"""How far a folder has been read: a value kept in the commit of the mails that it covers. Pure.

A uid never gets another mail as long as the folder's UIDVALIDITY stays (RFC 3501 2.3.1.1), so that the two and the account name a delivery.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

TRIES: Final = 3
"""Attempts to fetch one mail, before it is left where it is and the next ones go on."""

_LONGEST: Final = 240  # characters of a place; ids are made of it, and have columns of 300


@dataclass(frozen=True, slots=True)
class Progress:
    """What is remembered of a folder between two visits. Collections of uids; all of them of this `uidvalidity`."""

    uidvalidity: int
    begun: date
    """When the folder was first read: what had been read by people and was old by then is none of the desk's."""
    last: int = 0
    """The highest uid that was looked at."""
    unfinished: frozenset[int] = frozenset()
    """Kept by the desk, and perhaps still to be marked, moved or deleted."""
    tries: Mapping[int, int] = field(default_factory=dict)
    """Mails that couldn't be fetched: how often that was tried."""
    given_up: frozenset[int] = frozenset()
    """Mails that couldn't be fetched `TRIES` times."""

    def started_over(self, uidvalidity: int) -> Progress:
        """The folder's uids mean nothing any more: all is read again, and recognised by its content."""
        return Progress(uidvalidity, self.begun)

    def seen_up_to(self, uid: int) -> Progress:
        return replace(self, last=max(self.last, uid))

    def kept(self, uids: Collection[int]) -> Progress:
        """These are kept by the desk; what is to become of them in the mailbox is still to be done."""
        gone = set(uids)
        return replace(
            self,
            last=max([self.last, *uids]),
            unfinished=self.unfinished | gone,
            tries={uid: count for uid, count in self.tries.items() if uid not in gone},
            given_up=self.given_up - gone,
        )

    def tried(self, uid: int) -> Progress:
        """One more attempt at a mail; after the last one it is given up."""
        count = self.tries.get(uid, 0) + 1
        others = {other: times for other, times in self.tries.items() if other != uid}
        last = max(self.last, uid)
        if count > TRIES:
            return replace(self, last=last, tries=others, given_up=self.given_up | {uid})
        return replace(self, last=last, tries={**others, uid: count})

    def finished(self, uids: Collection[int]) -> Progress:
        return replace(self, unfinished=self.unfinished - set(uids))

    def to_text(self) -> str:
        return json.dumps(
            {
                "uidvalidity": self.uidvalidity,
                "begun": self.begun.isoformat(),
                "last": self.last,
                "unfinished": as_ranges(self.unfinished),
                "tries": {str(uid): count for uid, count in self.tries.items()},
                "given_up": as_ranges(self.given_up),
            }
        )

    @classmethod
    def from_text(cls, text: str) -> Progress:
        known: dict[str, Any] = json.loads(text)
        return cls(
            known["uidvalidity"],
            date.fromisoformat(known["begun"]),
            known["last"],
            frozenset(from_ranges(known["unfinished"])),
            {int(uid): count for uid, count in known["tries"].items()},
            frozenset(from_ranges(known["given_up"])),
        )


def as_ranges(uids: Iterable[int]) -> str:
    """As IMAP writes sets: 1:3,7."""
    runs: list[list[int]] = []
    for uid in sorted(uids):
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in runs)


def from_ranges(text: str) -> list[int]:
    found: list[int] = []
    for part in filter(None, text.split(",")):
        first, _, last = part.partition(":")
        found += range(int(first), int(last or first) + 1)
    return found


def place(username: str, host: str, folder: str) -> str:
    """A folder's name among all that the desk ever read: another server's INBOX is another place, though its uids are the same numbers."""
    written = f"{username}@{host}/{folder}"
    if len(written) <= _LONGEST and written.isprintable():
        return written
    return f"{host[:100]}/{hashlib.sha256(written.encode()).hexdigest()}"


def delivery_id(place: str, uidvalidity: int, uid: int) -> str:
    """The id by which a second fetch of the same mail is recognised."""
    return f"{place}:{uidvalidity}:{uid}"
