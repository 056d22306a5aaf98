"""Rule files -> a `RuleSet`, whole or not at all: `ConfigError` carries all that is wrong in all files.

Files run in the order of their names, folder by folder. Alone in this package it reads files; `load_rule_texts` reads none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from deskd.errors import ConfigError, Problem
from deskd.rules.actions.act import Worded, is_template
from deskd.rules.actions.then import effects
from deskd.rules.checks import AllOf
from deskd.rules.conditions import channel
from deskd.rules.conditions.when import when_check
from deskd.rules.idling import idle_times
from deskd.rules.names import Names, names_of
from deskd.rules.prefilter import Prefilter
from deskd.rules.problems import problems_of
from deskd.rules.rule import Rule
from deskd.rules.ruleset import RuleSet, Trial
from deskd.rules.schema import RuleFile, RuleSpec
from deskd.rules.view import View
from deskd.rules.workshop import Workshop
from deskd.yamlfile import Document, read_yaml_text
from deskd.yamlfile.source import decode, read_file

SUFFIXES: Final = (".yaml", ".yml")
_ALWAYS: Final[AllOf[View]] = AllOf(())


def load_rules(folders: Sequence[Path], settings: Any | None = None) -> RuleSet:
    """All rule files of `folders`. `settings` (`deskd.config.Settings`): the desk whose names rules may use; None: names aren't checked."""
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for file in rule_files(folders, problems):
        try:
            texts[str(file)] = decode(read_file(file), str(file))
        except ConfigError as error:
            problems += error.problems
    return _assembled(texts, settings, problems)


def load_rule_texts(texts: Mapping[str, str], settings: Any | None = None) -> RuleSet:
    """The same from texts by file name, in the order they run, as `RuleSet.source` keeps them."""
    return _assembled(texts, settings, [])


def rule_files(folders: Iterable[Path], problems: list[Problem]) -> list[Path]:
    """The rule files, in the order they run; hidden ones and what editors leave behind are passed over."""
    files: list[Path] = []
    for folder in folders:
        try:
            inside = sorted(folder.iterdir(), key=lambda path: path.name)
        except OSError as error:
            reason = error.strerror or str(error)
            problems.append(
                Problem(
                    str(folder),
                    None,
                    None,
                    f"found no folder of rules that can be read ({reason})",
                    "name it in desk.rules",
                )
            )
            continue
        files += [
            path
            for path in inside
            if path.suffix in SUFFIXES and not path.name.startswith(".") and path not in files
        ]
    return files


def _assembled(texts: Mapping[str, str], settings: Any | None, problems: list[Problem]) -> RuleSet:
    names = names_of(settings) if settings is not None else None
    shop = Workshop()
    rules: list[Rule] = []
    specs: list[RuleSpec] = []
    trials: list[Trial] = []
    for name, text in texts.items():
        try:
            document = read_yaml_text(text, name)
        except ConfigError as error:
            problems += error.problems
            continue
        file = _validated(document, names, problems)
        if file is not None:
            rules += _rules(document, file, shop)
            specs += file.rules
            trials += [
                Trial(spec.name, name, document.place(("tests", at))[0], spec)
                for at, spec in enumerate(file.tests)
            ]
    problems += _doubled(rules)
    if problems:
        raise ConfigError(problems)
    sets = shop.sets()
    return RuleSet(
        hash=content_hash(texts),
        rules=tuple(rules),
        tests=tuple(trials),
        source=dict(texts),
        names=names or Names(),
        patterns=sets,
        prefilter=Prefilter.of(rules, sets),
        idle=idle_times(specs),
        events=frozenset(rule.event for rule in rules),
    )


def content_hash(texts: Mapping[str, str]) -> str:
    """Hex SHA-256 of the files' base names and texts, in order: the same rules in another folder are the same set."""
    digest = hashlib.sha256()
    for name, text in texts.items():
        for part in (Path(name).name, text):
            encoded = part.encode("utf-8", "surrogatepass")
            digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()


def _validated(document: Document, names: Names | None, problems: list[Problem]) -> RuleFile | None:
    if document.data is None:  # empty, or all of it commented out
        return RuleFile.model_construct(rules=[], tests=[])
    try:
        return RuleFile.model_validate(document.data, context=names)
    except ValidationError as error:
        problems += problems_of(error, document, RuleFile)
        return None


def _rules(document: Document, file: RuleFile, shop: Workshop) -> list[Rule]:
    return [
        _rule(spec, document.name, document.place(("rules", at))[0], shop)
        for at, spec in enumerate(file.rules)
    ]


def _rule(spec: RuleSpec, file: str, line: int, shop: Workshop) -> Rule:
    when = spec.when
    done = effects(spec.then)
    return Rule(
        name=spec.name,
        event=spec.event,
        file=file,
        line=line,
        check=when_check(when, shop) if when else _ALWAYS,
        effects=done,
        stops=spec.stops,
        channels=channel.named(when.channel) if when and when.channel else None,
        templated=any(
            is_template(text)
            for _, effect in done
            if isinstance(effect, Worded)
            for text in effect.wordings()
        ),
    )


def _doubled(rules: Sequence[Rule]) -> list[Problem]:
    first: dict[str, Rule] = {}
    problems = []
    for rule in rules:
        known = first.setdefault(rule.name, rule)
        if known is not rule:
            message = f"found the rule {rule.name!r} a second time, the first is at {known.file}:{known.line}, expected each name once"
            problems.append(Problem(rule.file, rule.line, None, message, "rename one of the two"))
    return problems
