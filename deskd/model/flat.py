"""A value as a map of its fields."""

from __future__ import annotations

from typing import Any


def flat(value: Any) -> dict[str, Any]:
    """The fields of a slotted dataclass by name, each as it is. `dataclasses.asdict` copies whatever is in them, which takes ten times as long."""
    return {name: getattr(value, name) for name in value.__slots__}
