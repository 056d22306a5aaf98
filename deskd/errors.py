"""Every exception deskd raises on purpose, named by what happens next.

One translation stands at each boundary (a connector, the store, the command line); `__cause__` is kept, and nothing is
logged and forgotten. An exception that is none of these counts as a `TemporaryFailure`, up to the limit of attempts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deskd.model import Receipt


class DeskdError(Exception):
    """Base of all that deskd raises on purpose."""

    done: int = 0
    """Of a delivery in several messages: how many had gone before it failed. They don't go again."""
    receipt: Receipt | None = None
    """And what is known of those that went at this try."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file an admin wrote.

    `line` and `column` count from 1; None where the fault is the file as a whole. `message` says what was found and what was
    expected; `remedy` what to do about it.
    """

    file: str
    line: int | None
    column: int | None
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        return f"{place}: {self.message}" + (f"; {self.remedy}" if self.remedy else "")


class ConfigError(DeskdError):
    """The configuration is wrong: nothing starts (exit status 2). Carries all the problems, not only the first."""

    def __init__(self, problems: tuple[Problem, ...] | list[Problem] | Problem) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UsageError(DeskdError):
    """The command was called wrongly: its message says what is right (exit status 2)."""


class MalformedMessage(DeskdError):
    """The sender's fault: the message is quarantined with a placeholder ticket and its raw form attached."""


class CommandRefused(DeskdError):
    """What an agent asked can't be done: the message is the answer, shown to its author alone."""


class TemporaryFailure(DeskdError):
    """The world's fault, for now: the same thing is tried again, after `retry_after` if the other side named a time."""

    def __init__(self, message: str, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Throttled(TemporaryFailure):
    """The other side asks for a slower pace (HTTP 429): nothing was tried, so it counts as no attempt."""


class ThreadGone(TemporaryFailure):
    """The ticket's thread was deleted on the other side: the same goes into a new one, behind a new card."""


class StoreFull(TemporaryFailure):
    """The disk, or the database's own limit, is full: SMTP answers 452, and work goes on when there is room again."""


class StoreAway(TemporaryFailure):
    """The database is locked or out of reach: SMTP answers 451."""


class PermanentFailure(DeskdError):
    """Refused for good: an agent is told, with this message."""


class Unsupported(PermanentFailure):
    """The other side has no such thing at all: nothing anyone could mend, so nobody is told again and again."""


class UnknownOutcome(DeskdError):
    """Sent, perhaps: the other side went away before its answer. It is settled by the channel's own way."""


class BrokenInvariant(DeskdError):
    """Ours: something that must not be. Nothing was changed, and it is said loudly."""
