"""What agents ask for that takes more than one ticket's own state: looked up first (`deskd.asking`), decided by the desk then.

`actor` is `agent:KEY`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from deskd.desk.source import Source

Screen = Literal["contact", "history", "summary", "message"]


@dataclass(frozen=True, slots=True)
class Merge:
    """This ticket goes into the one called `ref`."""

    actor: str
    ref: str
    source: Source


@dataclass(frozen=True, slots=True)
class Unmerge:
    """The ticket called `ref`, or the one whose thread this is (None), is itself again."""

    actor: str
    ref: str | None
    source: Source


@dataclass(frozen=True, slots=True)
class Split:
    """A message of the customer's (`first`; None: their last), and what came after it, becomes a ticket of its own."""

    actor: str
    source: Source
    first: int | None = None


@dataclass(frozen=True, slots=True)
class LinkTo:
    """This ticket and the one called `ref` name each other, or (`undo`) no longer."""

    actor: str
    ref: str
    source: Source
    undo: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """An agent alone is shown a screen about the ticket."""

    actor: str
    screen: Screen
    source: Source
    message_id: int | None = None  # of `message`: the one that is shown whole


@dataclass(frozen=True, slots=True)
class Canned:
    """The canned replies that fit (`name` empty), or a preview of one."""

    actor: str
    name: str
    source: Source


@dataclass(frozen=True, slots=True)
class Article:
    """The knowledge articles that fit some words."""

    actor: str
    words: str
    source: Source


@dataclass(frozen=True, slots=True)
class SendPiece:
    """The button under a preview: that text goes to the customer."""

    actor: str
    kind: Literal["canned", "knowledge"]
    name: str
    source: Source


@dataclass(frozen=True, slots=True)
class ShowQueue:
    """What waits for somebody, in some teams; (): in those that are the agent's business."""

    actor: str
    teams: tuple[str, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class ShowTasks:
    """Callbacks and visits to come, in some teams; (): in the agent's own."""

    actor: str
    teams: tuple[str, ...]
    source: Source


Wider = Merge | Unmerge | Split | LinkTo | Look | Canned | Article | SendPiece | ShowQueue | ShowTasks
