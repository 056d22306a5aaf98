"""deskd.yaml -> Settings, or every problem in it at once.

Each entry of each section is validated by itself: what is wrong in one doesn't hide what is wrong in another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from deskd.config.channels import CHANNEL_TYPES
from deskd.config.crosscheck import (
    BUILT_IN_CALENDARS,
    BUILT_IN_CHANNELS,
    check_names,
    check_notify,
    check_together,
)
from deskd.config.desk import Agent, Calendar, Desk, Team
from deskd.config.expand import Expansion, expand
from deskd.config.explain import Reporter
from deskd.config.file import SECTIONS, Template
from deskd.config.nearest import did_you_mean, one_of
from deskd.config.settings import AnyChannel, Settings, with_vendors
from deskd.config.sla import Policy
from deskd.errors import ConfigError, Problem
from deskd.yamlfile import Document, read_yaml
from deskd.yamlfile import Path as Steps

DEFAULT_PATHS = (Path("deskd.yaml"), Path("/etc/deskd/deskd.yaml"))
_KEY = re.compile(r"\w[\w.-]{0,63}")
_RESERVED = {"channels": BUILT_IN_CHANNELS, "calendars": BUILT_IN_CALENDARS}
_Model = TypeVar("_Model", bound=BaseModel)


def find_config(explicit: Path | None, env: Mapping[str, str], cwd: Path) -> Path:
    """The file to read: the one asked for, $DESKD_CONFIG, ./deskd.yaml, /etc/deskd/deskd.yaml. Raises ConfigError: none of them is there."""
    if explicit is not None:
        return explicit
    if env.get("DESKD_CONFIG"):
        return cwd / env["DESKD_CONFIG"]
    for path in DEFAULT_PATHS:
        if (cwd / path).exists():
            return path if cwd == Path.cwd() else cwd / path
    looked = " nor ".join(str(cwd / path) for path in DEFAULT_PATHS)
    remedy = "name the file with -c FILE or in $DESKD_CONFIG"
    raise ConfigError(
        Problem(
            "deskd.yaml",
            None,
            None,
            f"found no configuration: $DESKD_CONFIG is not set, and there is neither {looked}",
            remedy,
        )
    )


def load_config(path: Path, env: Mapping[str, str]) -> Settings:
    """The desk that the file at `path` describes. Raises ConfigError with all problems, in the order of the file."""
    return settings_from(read_yaml(path), env, path)


def settings_from(document: Document, env: Mapping[str, str], path: Path) -> Settings:
    """As `load_config`, from a file already read; relative paths in it start at the folder of `path`."""
    folder = path.absolute().parent
    loader = _Loader(document, expand(document, env, folder), path, folder)
    settings = loader.settings()
    if loader.problems:
        raise ConfigError(_in_order(loader.problems))
    return with_vendors(settings)


def _in_order(problems: list[Problem]) -> list[Problem]:
    unique = dict.fromkeys(problems)
    return sorted(unique, key=lambda problem: (problem.line or 0, problem.column or 0))


class _Loader:
    """One file on its way to Settings. `problems` grows; what is right by itself is kept for the checks across sections."""

    def __init__(self, document: Document, expansion: Expansion, path: Path, folder: Path) -> None:
        self._report = Reporter(document, expansion.data if isinstance(expansion.data, dict) else {})
        self._failed = expansion.failures
        self._path = path
        self._context = {"folder": folder}
        self.problems: list[Problem] = [
            self._report.at(steps, str(failure), failure.remedy)
            for steps, failure in expansion.failures.items()
        ]
        if document.data is not None and not isinstance(document.data, dict):
            self.problems.append(
                self._report.at(
                    (), "found something else than keys with values, expected the sections of a desk"
                )
            )

    def settings(self) -> Settings:
        self._check_sections()
        written = self._report.data.get("desk")
        desk = self._validate(Desk, {} if written is None else written, ("desk",))
        settings = Settings(
            file=self._path,
            desk=self._without_missing_rules(desk or Desk.model_validate({}, context=self._context)),
            channels=MappingProxyType(dict(self._channels())),
            agents=self._entries("agents", Agent),
            teams=self._entries("teams", Team),
            calendars=self._entries("calendars", Calendar),
            sla=self._entries("sla", Policy),
            templates=MappingProxyType(
                {
                    key: MappingProxyType(template.root)
                    for key, template in self._entries("templates", Template).items()
                }
            ),
        )
        checks = (
            check_names(self._report),
            check_notify(self._report),
            check_together(self._report, settings),
        )
        self.problems += [problem for check in checks for problem in check if not self._failed_at(problem)]
        return settings

    def _failed_at(self, problem: Problem) -> bool:
        """A value that could not be expanded has been told of already."""
        places = {self._report.document.place(steps) for steps in self._failed}
        return (problem.line, problem.column) in places

    def _check_sections(self) -> None:
        for key in self._report.data:
            if key not in SECTIONS and not key.startswith("x-"):
                self.problems.append(self._report.unknown_key((key,), SECTIONS))
        if not self._report.data.get("channels"):
            message = "found no channel, expected at least one: nothing could come in"
            self.problems.append(self._report.at(("channels",), message, key=True))

    def _section(self, name: str) -> dict[str, Any]:
        """A section's map; an empty one where there is none, also when all of it is commented out."""
        value = self._report.data.get(name)
        return value if isinstance(value, dict) else {}

    def _entries(self, section: str, model: type[_Model]) -> Mapping[str, _Model]:
        self._check_section(section)
        entries: dict[str, _Model] = {}
        for key, value in self._section(section).items():
            entry = self._validate(model, value, (section, key))
            if entry is not None:
                entries[key] = entry
        return MappingProxyType(entries)

    def _check_section(self, section: str) -> None:
        value = self._report.data.get(section)
        if value is not None and not isinstance(value, dict):
            self.problems.append(self._report.wrong((section,), "a map of names"))
        for key in self._section(section):
            if not _KEY.fullmatch(key):
                message = (
                    f"found the name {key!r:.80} in {section}, expected letters, digits, '-', '_' and '.'"
                )
                self.problems.append(self._report.at((section, key), message, key=True))
            if key in _RESERVED.get(section, ()):
                message = f"found the name {key!r} in {section}, which is built in, expected another"
                self.problems.append(self._report.at((section, key), message, key=True))

    def _channels(self) -> Iterator[tuple[str, AnyChannel]]:
        self._check_section("channels")
        for key, value in self._section("channels").items():
            path: Steps = ("channels", key)
            kind = value.get("type") if isinstance(value, dict) else None
            if not isinstance(value, dict):
                self.problems.append(self._report.wrong(path, "a map"))
            elif "type" not in value:
                message = f"found no 'type' in channels.{key}, expected {one_of(CHANNEL_TYPES)}"
                near = [name for name in value if did_you_mean(name, ["type"])]
                remedy = f"did you mean 'type' where {near[0]!r} stands?" if near else "add type: mail"
                self.problems.append(self._report.at((*path, *near[:1]), message, remedy, key=True))
            elif not isinstance(kind, str) or kind not in CHANNEL_TYPES:
                self.problems.append(
                    self._report.wrong(
                        (*path, "type"), one_of(CHANNEL_TYPES), did_you_mean(str(kind), CHANNEL_TYPES)
                    )
                )
            else:
                channel = self._validate(CHANNEL_TYPES[kind], value, path)
                if channel is not None:
                    yield key, channel

    def _validate(self, model: type[_Model], value: Any, path: Steps) -> _Model | None:
        try:
            return model.model_validate(value, context=self._context)
        except ValidationError as error:
            problems = self._report.invalid(error, model, path)
            self.problems += [problem for problem in problems if not self._failed_at(problem)]
            return None

    def _without_missing_rules(self, desk: Desk) -> Desk:
        """The folder of rules may be left out, where none is named; one that is named must be there, as the rules' loader sees to."""
        if "rules" in desk.model_fields_set or desk.rules[0].is_dir():
            return desk
        return desk.model_copy(update={"rules": ()})
