"""What operators ask of the desk, on the command line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Replaced:
    """A placeholder's message was filed in a ticket after all: `by` its id, `ref` its reference."""

    actor: str
    by: int
    ref: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """A placeholder's message will not be read any more."""

    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class Requeue:
    """An operator has a message sent again."""

    actor: str


@dataclass(frozen=True, slots=True)
class Stop:
    """An operator stops a message that hasn't gone."""

    actor: str
