"""What can be asked of the desk about callbacks and visits; part of `deskd.desk.commands`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from deskd.desk.source import Source
from deskd.model import Task, TaskKind


@dataclass(frozen=True, slots=True)
class Promise:
    """An agent will call back, or come, at that time. `invite`: the customer gets an invitation for their calendar."""

    actor: str
    kind: TaskKind
    at: datetime
    place: str = ""  # the number, or where
    invite: bool = False
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class EndTask:
    """It was done, or is called off. `key` names the task within its ticket; `task` is looked up before it is decided."""

    actor: str
    key: str
    outcome: Literal["done", "cancelled"]
    source: Source | None = None
    task: Task | None = None


@dataclass(frozen=True, slots=True)
class Invite:
    """The customer is to get an invitation after all."""

    actor: str
    key: str
    source: Source | None = None
    task: Task | None = None


@dataclass(frozen=True, slots=True)
class TasksDue:
    """The clock's word: the time of these has come."""

    tasks: tuple[Task, ...]
