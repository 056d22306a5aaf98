"""A second rule set beside the live one (`desk.rules_candidate`): it judges what comes in, acts on nothing, and what it would do otherwise is logged and counted.

Nothing that is wrong with it touches the desk: a candidate that can't be loaded is told in the log and left out, and one that deskd fails on for a message
is left out for that message.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from deskd.config import Settings
from deskd.errors import ConfigError
from deskd.events import Events
from deskd.reloading import Stamp, stamp
from deskd.rules import Facts, RuleSet, Verdict, evaluate, load_rules
from deskd.rules.compared import Change, compared

LOOK_EVERY: Final = 1.0  # seconds between two looks at the files


def differences(candidate: RuleSet | None, facts: Facts, verdict: Verdict) -> tuple[Change, ...]:
    """What the candidate would make otherwise of what the live set has judged."""
    if candidate is None:
        return ()
    try:
        return tuple(compared(verdict, evaluate(candidate, facts)))
    except Exception as failure:  # ours; the message it is about is filed all the same
        because = f"deskd failed on it: {type(failure).__name__}: {failure}"
        return (Change("candidate", None, None, because),)


class Shadow:
    """The candidate as its files stand. `ruleset` is None while there is none that can be loaded."""

    def __init__(self, settings: Settings, events: Events) -> None:
        self._settings = settings
        self._events = events
        self._stopping = asyncio.Event()
        self._as_of: Stamp = ()
        self.ruleset: RuleSet | None = None

    @property
    def folders(self) -> Sequence[Path]:
        return self._settings.desk.rules_candidate

    async def load(self) -> None:
        """Load it anew; the last good one stays where that fails."""
        if not self.folders:
            return
        self._as_of = await asyncio.to_thread(stamp, self.folders)
        try:
            self.ruleset = await asyncio.to_thread(load_rules, self.folders, self._settings)
        except ConfigError as error:
            self._events.candidate_refused(error.problems)
        except Exception as failure:
            self._events.task_failed("shadow", failure)
        else:
            self._events.candidate_loaded(self.ruleset.hash, len(self.ruleset.rules))

    async def watch(self, every: float = LOOK_EVERY) -> None:
        """Load it, and again when its files change, until `stop`."""
        await self.load()
        seen = self._as_of
        while self.folders and not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), every)
                return
            now = await asyncio.to_thread(stamp, self.folders)
            settled, seen = now == seen, now
            if settled and now != self._as_of:
                await self.load()

    def stop(self) -> None:
        self._stopping.set()
