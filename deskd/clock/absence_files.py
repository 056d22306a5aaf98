"""Reads the calendar files that agents' `absences` name: all at the start, and each again when it has changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from deskd.clock import absence_file
from deskd.clock.duty import Absence
from deskd.config import Settings
from deskd.errors import Problem


class AbsenceFiles:
    """Remembers how each file stood when it was read."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._read: dict[Path, tuple[int, int] | None] = {}
        self._day: object = None

    def changed(self, now: datetime) -> tuple[list[tuple[str, tuple[Absence, ...]]], list[str]]:
        """Agents whose file says something new, each with all that it says; and what is wrong, told once for each change of a file.

        Each day all are read anew: repeated events are looked at only so far ahead.
        """
        if self._day != now.date():
            self._day, self._read = now.date(), {}
        found: list[tuple[str, tuple[Absence, ...]]] = []
        wrong: list[str] = []
        for agent, path in named(self._settings):
            stamp = _stamp(path)
            if path in self._read and self._read[path] == stamp:
                continue
            self._read[path] = stamp
            try:
                found.append((agent, _read(self._settings, agent, path, now)))
            except (OSError, ValueError) as error:
                wrong.append(_said(agent, path, error))
        return found, wrong

    def forget(self) -> None:
        """What was read could not be kept: all files are read again."""
        self._read = {}


def problems(settings: Settings, now: datetime) -> tuple[Problem, ...]:
    """What is wrong with the files, for `deskd check`."""
    found: list[Problem] = []
    for agent, path in named(settings):
        try:
            _read(settings, agent, path, now)
        except (OSError, ValueError) as error:
            remedy = "export the calendar again (.ics), or leave absences out"
            found.append(Problem(str(path), None, None, _said(agent, path, error), remedy))
    return tuple(found)


def named(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Agents with a calendar file, and where it lies."""
    for key, agent in settings.agents.items():
        if agent.absences is not None:
            yield key, agent.absences


def _read(settings: Settings, agent: str, path: Path, now: datetime) -> tuple[Absence, ...]:
    with path.open("rb") as file:
        content = file.read(absence_file.LARGEST + 1)
    return absence_file.utc(absence_file.absences(content, agent, settings.desk.timezone, now))


def _said(agent: str, path: Path, error: OSError | ValueError) -> str:
    told = error.strerror or str(error) if isinstance(error, OSError) else str(error)
    return f"found absences of agents.{agent} that can't be read: {told}, expected a calendar file (.ics)"


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
