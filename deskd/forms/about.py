"""What a form carries along unseen, and what comes back with it when it was filled in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any


class WrongField(Exception):
    """What stands in a field can't be taken: `key` and `values` of `deskd.words`."""

    def __init__(self, field: str, key: str, **values: object) -> None:
        super().__init__(key)
        self.field = field
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class About:
    """Which ticket a form is about, and where it was asked for: the Slack channel and thread to answer in."""

    ref: str = ""
    channel: str = ""
    thread: str = ""

    def packed(self) -> str:
        return json.dumps({name: value for name, value in asdict(self).items() if value})


def unpacked(text: str) -> About:
    """Of anything but what `packed` gave, nothing."""
    found = _object(text)
    known = {one.name for one in fields(About)}
    return About(**{name: value for name, value in found.items() if name in known and isinstance(value, str)})


def filled(text: str) -> Mapping[str, str]:
    """What stands in each field, by its name; blanks around it don't count."""
    return {name: value.strip() for name, value in _object(text).items() if isinstance(value, str)}


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
