"""Rule files -> a `RuleSet`, whole or not at all: `ConfigError` carries all that is wrong in all files.

Files run in the order of their names, folder by folder. Alone in this package it reads files; `load_rule_texts` reads none.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
from deskd.rules.lists import Lists
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
ReadMail = Callable[[str, str], bytes]
_ALWAYS: Final[AllOf[View]] = AllOf(())


def load_rules(folders: Sequence[Path], settings: Any | None = None) -> RuleSet:
    """All rule files of `folders`. `settings` (`deskd.config.Settings`): the desk whose names rules may use; None: names aren't checked."""
    problems: list[Problem] = []
    reading = _Reading(problems)
    for file in rule_files(folders, problems):
        reading.read(file)
    return _assembled(reading.texts, settings, problems, reading.mail)


class _Reading:
    """The texts of rule files, in the order they run: what a file includes comes before it, each file once."""

    def __init__(self, problems: list[Problem]) -> None:
        self.texts: dict[str, str] = {}
        self._problems = problems
        self._under_way: list[Path] = []

    def read(self, file: Path) -> None:
        if str(file) in self.texts:
            return
        try:
            text = decode(read_file(file), str(file))
            included = _includes(read_yaml_text(text, str(file)))
        except ConfigError as error:
            self._problems += error.problems
            return
        self._under_way.append(file)
        for place, name in included:
            self._include(file, place, name)
        self._under_way.pop()
        self.texts[str(file)] = text

    def _include(self, file: Path, place: tuple[int, int], name: str) -> None:
        path = Path(os.path.normpath(file.parent / name))
        if path in self._under_way:
            message = f"found the file {name!r}, which includes this one, expected no circle"
            self._problems.append(Problem(str(file), *place, message, "put what both need in a third file"))
        elif not path.is_file():
            message = f"found {name!r}, which is no file, expected the path of a rule file from this one"
            self._problems.append(Problem(str(file), *place, message))
        else:
            self.read(path)

    def mail(self, file: str, name: str) -> bytes:
        """What a test names by its path from the rule file. Raises `ConfigError`."""
        return read_file(Path(file).parent / name)


def _includes(document: Document) -> list[tuple[tuple[int, int], str]]:
    """Place and path of what a file includes; what isn't a text is left to the schema to tell."""
    found = document.data.get("include") if isinstance(document.data, dict) else None
    names = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    return [
        (document.place(("include", at) if isinstance(found, list) else ("include",)), name)
        for at, name in enumerate(names)
        if isinstance(name, str)
    ]


def load_rule_texts(texts: Mapping[str, str], settings: Any | None = None) -> RuleSet:
    """The same from texts by file name, in the order they run, as `RuleSet.source` keeps them."""
    return _assembled(texts, settings, [], None)


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


def _assembled(
    texts: Mapping[str, str], settings: Any | None, problems: list[Problem], mail: ReadMail | None
) -> RuleSet:
    """`mail` reads what tests name by path; None: such tests are left out (a set from the store has no files beside it)."""
    names = names_of(settings) if settings is not None else None
    shop = Workshop()
    rules: list[Rule] = []
    specs: list[RuleSpec] = []
    trials: list[Trial] = []
    for document, file in _files(texts, names, problems):
        rules += _rules(document, file, shop)
        specs += file.rules
        trials += _trials(document, file, mail, problems)
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


def files_of(texts: Mapping[str, str]) -> list[tuple[Document, RuleFile]]:
    """The files of a set that has been loaded, as models, with the places of all that stands in them."""
    return list(_files(texts, None, []))


def _files(
    texts: Mapping[str, str], names: Names | None, problems: list[Problem]
) -> Iterator[tuple[Document, RuleFile]]:
    documents: list[Document] = []
    for name, text in texts.items():
        try:
            documents.append(read_yaml_text(text, name))
        except ConfigError as error:
            problems += error.problems
    lists = Lists()
    for document in documents:
        lists.gather(document, problems)
    for document in documents:
        found: list[Problem] = []
        file = _validated(document, lists.written_out(document, found), names, problems)
        problems += found
        if file is not None:
            yield document, file


def _trials(
    document: Document, file: RuleFile, mail: ReadMail | None, problems: list[Problem]
) -> Iterator[Trial]:
    for at, spec in enumerate(file.tests):
        line, _ = document.place(("tests", at))
        named = spec.message.file if spec.message else None
        if named is None:
            yield Trial(spec.name, document.name, line, spec)
        elif mail is not None:
            try:
                yield Trial(spec.name, document.name, line, spec, mail(document.name, named))
            except ConfigError as error:
                place = document.place(("tests", at, "message", "file"))
                why = error.problems[0].message
                problems.append(
                    Problem(
                        document.name,
                        *place,
                        f"found {named!r} ({why}), expected the path of an .eml or .json file from this one",
                    )
                )


def content_hash(texts: Mapping[str, str]) -> str:
    """Hex SHA-256 of the files' base names and texts, in order: the same rules in another folder are the same set."""
    digest = hashlib.sha256()
    for name, text in texts.items():
        for part in (Path(name).name, text):
            encoded = part.encode("utf-8", "surrogatepass")
            digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()


def _validated(
    document: Document, data: Any, names: Names | None, problems: list[Problem]
) -> RuleFile | None:
    if data is None:  # empty, or all of it commented out
        return RuleFile.model_construct(rules=[], tests=[])
    try:
        return RuleFile.model_validate(data, context=names)
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
