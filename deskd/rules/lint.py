"""What is right by the schema and yet surely not meant: rules that can never fire, that another one hides, patterns that match everything.

RuleSet -> warnings, each a `Problem` with its place. None of them keeps a set from being loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from deskd.config.nearest import did_you_mean
from deskd.errors import Problem
from deskd.rules.actions.act import Worded
from deskd.rules.actions.then import effects
from deskd.rules.contradictions import contradictions
from deskd.rules.idling import idle_times
from deskd.rules.lists import Lists
from deskd.rules.load import files_of
from deskd.rules.operators.text import TextSpec
from deskd.rules.patterns import compile_pattern
from deskd.rules.problems import written_path
from deskd.rules.ruleset import RuleSet
from deskd.rules.schema import RuleFile, RuleSpec
from deskd.yamlfile import Document, Path

_WITHOUT_MESSAGE: Final = ("update", "escalated", "breach", "idle")
_OF_A_MESSAGE: Final = ("from_", "to", "cc", "subject", "text", "body", "header", "kind", "attachment")
_MATCH: Final = re.compile(r"\bmatch\.(\w+)")
_BOUNDARY: Final = re.compile(r"[^\W\d_a-zA-Z]\)*\\b|\\b\(*[^\W\d_a-zA-Z]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule as written, with its place."""

    spec: RuleSpec
    document: Document
    at: int

    def warn(self, message: str, remedy: str = "", path: Path = ()) -> Problem:
        line, column = self.document.place(written_path(self.document, ("rules", self.at, *path)))
        return Problem(self.document.name, line, column, message, remedy)


def lint(rules: RuleSet) -> tuple[Problem, ...]:
    """Warnings, in the order of the files."""
    files = files_of(rules.source)
    entries = [Entry(spec, document, at) for document, file in files for at, spec in enumerate(file.rules)]
    warnings = [
        warning
        for entry, alike in zip(entries, _alike(entries), strict=True)
        for warning in _of_rule(entry, alike, entries)
    ]
    warnings += _of_tests(files, [entry.spec.name for entry in entries])
    warnings += _of_lists(files)
    return tuple(
        sorted(warnings, key=lambda warning: (list(rules.source).index(warning.file), warning.line or 0))
    )


def _alike(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """For each rule those before it that may hide it: with the same conditions, or with none."""
    seen: dict[str, list[Entry]] = {}
    for entry in entries:
        key = entry.spec.when.model_dump_json() if entry.spec.when else ""
        yield [*(seen.get("", ()) if key else ()), *seen.get(key, ())]
        seen.setdefault(key, []).append(entry)


def _of_rule(entry: Entry, alike: Sequence[Entry], entries: Sequence[Entry]) -> Iterator[Problem]:
    yield from _hidden(entry, alike)
    for why in contradictions(entry.spec.when) if entry.spec.when else ():
        yield entry.warn(f"never fires: {why}", "", ("when",))
    if entry.spec.event == "idle" and not idle_times([entry.spec]).idle:
        yield entry.warn(
            "is asked at no moment of its own: it doesn't say how long nothing must have happened",
            "add ticket: {idle: {over: 3d}}",
        )
    yield from _uncaught(entry, entries)
    yield from _without_its_message(entry)
    if entry.spec.event == "ticket" and entry.spec.when is not None and entry.spec.when.new is False:
        yield entry.warn(
            "never fires: a rule of the event ticket is asked of new ones alone",
            "leave `new: false` out",
            ("when", "new"),
        )
    for path, pattern in _patterns(entry.spec.when, ("when",)):
        yield from _odd_pattern(entry, path, pattern)


def _hidden(entry: Entry, before: Sequence[Entry]) -> Iterator[Problem]:
    spec = entry.spec
    for other in before:
        earlier = other.spec
        if earlier.event != spec.event and (earlier.event, spec.event) != ("message", "ticket"):
            continue
        if earlier.stops and (earlier.when is None or earlier.when == spec.when):
            yield entry.warn(
                f"never fires: {earlier.name!r} stops every run that would reach it",
                "move it before that rule",
            )
            return
        if earlier.when == spec.when and _acts(earlier) == _acts(spec) and earlier.event == spec.event:
            yield entry.warn(
                f"does the same as {earlier.name!r}, on the same conditions", "delete one of the two"
            )
            return


def _acts(spec: RuleSpec) -> list[list[tuple[str, Any]]]:
    return [[(name, getattr(step, name)) for name in step.order] for step in spec.then]


def _without_its_message(entry: Entry) -> Iterator[Problem]:
    if entry.spec.event not in _WITHOUT_MESSAGE or entry.spec.when is None:
        return
    for field in _OF_A_MESSAGE:
        wanted = getattr(entry.spec.when, field)
        if wanted is not None and not _only_negated(wanted):
            key = field.rstrip("_")
            yield entry.warn(
                f"never fires: the event {entry.spec.event} brings no message, so `{key}` finds nothing",
                "",
                ("when", key),
            )


def _only_negated(wanted: Any) -> bool:
    return isinstance(wanted, BaseModel) and wanted.model_fields_set == {"not_"}


def _patterns(node: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Each pattern under `node`, with its place."""
    if isinstance(node, TextSpec):
        for at, pattern in enumerate(node.matches):
            yield (*path, "matches", at), pattern
    if isinstance(node, BaseModel):
        for name, field in type(node).model_fields.items():
            yield from _patterns(getattr(node, name), (*path, field.alias or name))
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _patterns(value, (*path, key))
    elif isinstance(node, list):
        for at, value in enumerate(node):
            yield from _patterns(value, (*path, at))


def _odd_pattern(entry: Entry, path: Path, pattern: str) -> Iterator[Problem]:
    if compile_pattern(pattern).holds(b""):
        yield entry.warn(
            f"the pattern {pattern!r} matches every text, the empty one too",
            "ask for at least one character",
            path,
        )
    if _BOUNDARY.search(pattern):
        message = f"the pattern {pattern!r} has \\b beside a letter that isn't a to z, where RE2 sees no end of a word"
        yield entry.warn(message, "use `words`, or (^|\\PL) and (\\PL|$)", path)


def _of_tests(files: Sequence[tuple[Document, RuleFile]], names: Sequence[str]) -> Iterator[Problem]:
    for document, file in files:
        for at, trial in enumerate(file.tests):
            for key in ("rules", "fires", "not_fires"):
                for name in getattr(trial.expect, key) or ():
                    if name not in names:
                        line, column = document.place(("tests", at, "expect", key))
                        message = f"the test {trial.name!r} names the rule {name!r}, which there isn't"
                        yield Problem(document.name, line, column, message, did_you_mean(name, names))


def _of_lists(files: Sequence[tuple[Document, RuleFile]]) -> Iterator[Problem]:
    lists = Lists()
    for document, _ in files:
        lists.gather(document, [])
    for document, _ in files:
        lists.written_out(document, [])
    for name, place in lists.places.items():
        if name not in lists.used:
            yield Problem(
                *place, f"nobody uses the list {name!r}", "delete it, or write {list: " + name + "}"
            )


def _uncaught(entry: Entry, entries: Sequence[Entry]) -> Iterator[Problem]:
    """Names in actions that no pattern of this rule, or of one before it, catches."""
    texts = (
        text
        for _, effect in effects(entry.spec.then)
        if isinstance(effect, Worded)
        for text in effect.wordings()
    )
    named = list(dict.fromkeys(name for text in texts for name in _MATCH.findall(text)))
    if not named:
        return
    caught = {
        name
        for each in entries[: entries.index(entry) + 1]
        for _, pattern in _patterns(each.spec.when, ())
        for name in compile_pattern(pattern).names
    }
    for name in named:
        if name not in caught:
            yield entry.warn(
                f"no pattern of this rule, or of one before it, catches {name!r}",
                did_you_mean(name, sorted(caught)) or f"name a group: (?P<{name}>…)",
                ("then",),
            )
