"""What the desk remembers of one chat between two updates. A value; the store keeps it as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from deskd.model.flat import flat


@dataclass(frozen=True, slots=True)
class Memory:
    fresh: bool = False  # the next message opens a ticket (/new, a topic)
    tags: tuple[str, ...] = ()  # of the topic that was chosen: the next ticket's
    commenting: int = 0  # the ticket whose rating may be followed by a comment
    commenting_until: float = 0.0  # seconds since 1970
    language: str = ""  # chosen with /language
    joining: str = ""  # the hash of a link that the customer was asked about
    blocked: bool = False  # the bot was blocked or put out
    since: float = 0.0  # of the budget's present window, seconds since 1970
    count: int = 0  # messages in it


def loads(text: str | None) -> Memory:
    if not text:
        return Memory()
    found = json.loads(text)
    known = {name: value for name, value in found.items() if name in Memory.__dataclass_fields__}
    return Memory(**{**known, "tags": tuple(known.get("tags", ()))})


def dumps(memory: Memory) -> str:
    return json.dumps(flat(memory), ensure_ascii=False)


def counted(memory: Memory, at: datetime, per: timedelta) -> Memory:
    """One message more. `at`: when it was written, so that a backlog counts as it was written, not as it comes in."""
    moment = at.astimezone(UTC).timestamp()
    if not memory.since <= moment < memory.since + per.total_seconds():
        return replace(memory, since=moment, count=1)
    return replace(memory, count=memory.count + 1)
