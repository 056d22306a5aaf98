"""A command as it was typed, with all that reading it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from deskd.desk.commands import Source
from deskd.model import Ticket

if TYPE_CHECKING:
    from deskd.config import Settings

MAX_REASON: Final = 500  # characters


@dataclass(frozen=True, slots=True)
class Asked:
    """A command as it was typed: `rest` is what follows its name, as Slack has it."""

    name: str
    rest: str
    agent: str
    source: Source
    ticket: Ticket
    settings: Settings
    people: Mapping[str, str]
    now: datetime

    @property
    def actor(self) -> str:
        return f"agent:{self.agent}"
