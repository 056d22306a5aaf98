"""What is to be looked up for a gesture, and what comes of it where that is no command. Values only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nobody acts on it, and why; the inbox row is discarded with this reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Parts:
    """An agent takes back that the person in a chat and the reader of a mailbox are one contact."""

    actor: str
    ref: str


@dataclass(frozen=True, slots=True)
class Joins:
    """An agent makes one ticket of two (`into`: the other's id), or two again (None)."""

    actor: str
    ref: str
    into: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a gesture is about, to be looked up: one is given, or a post and the thread to take where the post isn't known."""

    thread: tuple[str, str] | None = None  # Slack channel and the thread's root ts
    post: tuple[str, str] | None = None  # Slack channel and ts of one message
    ref: str | None = None
    message: int | None = None
