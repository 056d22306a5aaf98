"""Urgency and impact -> priority: the usual 3×3 matrix. Pure."""

from __future__ import annotations

from typing import Final

from deskd.model import Grade, Priority

_MATRIX: Final[dict[Grade, dict[Grade, Priority]]] = {
    # urgency:   impact
    "low": {"low": "low", "medium": "low", "high": "normal"},
    "medium": {"low": "low", "medium": "normal", "high": "high"},
    "high": {"low": "normal", "medium": "high", "high": "urgent"},
}


def priority_of(urgency: Grade, impact: Grade) -> Priority:
    """The priority of a ticket on which nobody set one outright."""
    return _MATRIX[urgency][impact]
