"""The rules in force: loaded anew on a signal, on a command and on a change of their files; whole or not at all (invariant I8).

A bad file changes nothing but `problems`, which the log, `/health` and the admins are told of.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from deskd.config import Settings
from deskd.errors import ConfigError, Problem, TemporaryFailure
from deskd.events import Events
from deskd.ports import Clock
from deskd.rules import RuleSet, load_rules, run_tests
from deskd.rules.load import rule_files
from deskd.store import Store, idling, rule_sets
from deskd.watch.health import RulesFound

LOOK_EVERY: Final = 1.0  # seconds between two looks at the files

Stamp = tuple[tuple[str, int, int, int], ...]
"""The files as they are: path, time of change in ns, size, inode."""


class RulesInForce:
    """`put_in_force` is given each rule set that is good; `changed` is called after each try. `as_of`: the files as `ruleset` was read from."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clock: Clock,
        events: Events,
        ruleset: RuleSet,
        as_of: Stamp,
        put_in_force: Callable[[RuleSet], None],
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._events = events
        self._put_in_force = put_in_force
        self._hash = ruleset.hash
        self._included = included(ruleset, settings)
        self._as_of = (*as_of, *stamp_of(self._included))
        self._since: datetime = clock.now()
        self._problems: tuple[Problem, ...] = ()
        self._one_at_a_time = asyncio.Lock()
        self._keep_later = False
        self._stopping = asyncio.Event()
        self.changed: Callable[[], None] = lambda: None

    @property
    def found(self) -> RulesFound:
        return RulesFound(self._hash, self._since, self._problems)

    async def reload(self) -> tuple[Problem, ...]:
        """Load them anew. What was wrong, if anything, and then those in force stay; never raises for what stands in a file."""
        async with self._one_at_a_time:
            self._problems = await self._load()
        if self._problems:
            self._events.rules_refused(self._problems)
        self.changed()
        return self._problems

    async def _load(self) -> tuple[Problem, ...]:
        try:
            ruleset, failed = await asyncio.to_thread(load_and_test, self._settings)
        except ConfigError as error:
            return error.problems
        except Exception as failure:  # ours, or the disk's: the desk goes on with the rules it has
            self._events.task_failed("reload", failure)
            where = ", ".join(map(str, self._settings.desk.rules))
            return (
                Problem(where, None, None, f"the rules can't be read: {type(failure).__name__}: {failure}"),
            )
        return tuple(failed) or await self._keep(ruleset)

    async def _keep(self, ruleset: RuleSet) -> tuple[Problem, ...]:
        """Kept by its hash before it judges anything, so that each verdict can be explained later."""
        source, now = json.dumps(dict(ruleset.source)), self._clock.now()
        try:
            await self._store.write(lambda work: rule_sets.keep(work, ruleset.hash, source, now))
        except TemporaryFailure as failure:
            self._keep_later = True
            where = ", ".join(map(str, self._settings.desk.rules))
            return (Problem(where, None, None, f"the rules are good, but can't be kept yet: {failure}"),)
        self._keep_later = False
        if ruleset.hash != self._hash:
            self._hash, self._since = ruleset.hash, now
        self._included = included(ruleset, self._settings)
        self._put_in_force(ruleset)
        self._events.rules_loaded(ruleset.hash, len(ruleset.rules))
        await self._look_at_tickets(ruleset, now)
        return ()

    async def _look_at_tickets(self, ruleset: RuleSet, now: datetime) -> None:
        """Only now: the clock asks the rules in force, and would find none of the new ones before."""
        if "idle" not in ruleset.events:
            return
        try:
            await self._store.write(lambda work: idling.look_at_all(work, ruleset.hash, now))
        except TemporaryFailure as failure:
            self._events.store_trouble(failure)
            self._keep_later = True  # the next look at the files comes back to it

    async def watch(self, every: float = LOOK_EVERY) -> None:
        """Reload when the files change, until `stop`; once they have stayed as they are from one look to the next, for an editor writes in steps."""
        in_force = seen = self._as_of
        while not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), every)
                return
            now = await asyncio.to_thread(stamp, self._settings.desk.rules, self._included)
            settled, seen = now == seen, now
            if settled and (now != in_force or self._keep_later):
                in_force = now
                await self.reload()

    def stop(self) -> None:
        self._stopping.set()


def load_and_test(settings: Settings) -> tuple[RuleSet, list[Problem]]:
    """The rules of the desk's folders, and what is wrong with them by their own tests. Raises `ConfigError`."""
    ruleset = load_rules(settings.desk.rules, settings)
    return ruleset, failed_tests(ruleset, settings)


def failed_tests(ruleset: RuleSet, settings: Settings) -> list[Problem]:
    """The tests in the rules' own files that fail: a set that fails its tests isn't loaded."""
    return [
        Problem(
            result.file,
            result.line,
            None,
            f"the test {result.name!r} fails: {'; '.join(map(str, result.differences))}",
        )
        for result in run_tests(ruleset, settings)
        if not result.passed
    ]


def included(ruleset: RuleSet, settings: Settings) -> tuple[Path, ...]:
    """The set's files that don't lie in its folders: what others include."""
    inside = set(rule_files(settings.desk.rules, []))
    return tuple(path for name in ruleset.source if (path := Path(name)) not in inside)


def stamp(folders: Sequence[Path], also: Sequence[Path] = ()) -> Stamp:
    """The rule files of the folders, and others. Reads the folders, not the files."""
    return stamp_of([*rule_files(folders, []), *also])


def stamp_of(files: Sequence[Path]) -> Stamp:
    found: list[tuple[str, int, int, int]] = []
    for file in files:
        with contextlib.suppress(OSError):  # it went away between the two questions
            status = file.stat()
            found.append((str(file), status.st_mtime_ns, status.st_size, status.st_ino))
    return tuple(found)
