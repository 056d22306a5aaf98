"""Callbacks and visits, as agents read of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, Protocol

from deskd import words
from deskd.config import Settings
from deskd.model import Task

_SIGNS: Final = {"callback": "☎️", "visit": "🚐"}
_SET: Final = {"callback": "callback_set", "visit": "visit_set"}
LINES: Final = 50


class ToCome(Protocol):
    """A task with the ticket that it is of."""

    @property
    def task(self) -> Task: ...
    @property
    def ref(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def urgency(self) -> str: ...
    @property
    def priority(self) -> str: ...


def said(settings: Settings, task: Task) -> str:
    """`☎️ To be called back: 2026-11-24 10:00 +39 06 123`."""
    text = words.say(
        settings.desk.agent_language, _SET[task.kind], at=at(settings, task.at), place=task.place
    )
    return text.rstrip()


def lines(settings: Settings, tasks: Iterable[Task]) -> list[str]:
    """One ticket's, one line each."""
    return [f"• {_SIGNS[task.kind]} {at(settings, task.at)} {task.place}".rstrip() for task in tasks]


def listed(settings: Settings, coming: Sequence[ToCome]) -> str:
    """Several tickets', the most urgent first."""
    language = settings.desk.agent_language
    if not coming:
        return words.say(language, "tasks_none")
    head = f"{words.say(language, 'screen_tasks')}: {len(coming)}"
    return "\n".join([head, *(_line(settings, one) for one in coming[:LINES])])


def _line(settings: Settings, one: ToCome) -> str:
    what = f"{_SIGNS[one.task.kind]} {at(settings, one.task.at)} {one.task.place}".rstrip()
    return f"• {what} – {one.ref} ({one.urgency}, {one.priority}) {words.start_of(one.subject)}"


def at(settings: Settings, moment: datetime) -> str:
    return f"{moment.astimezone(settings.desk.timezone):%Y-%m-%d %H:%M}"
