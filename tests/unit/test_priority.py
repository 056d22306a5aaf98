"""Urgency and impact -> priority: all nine."""

from __future__ import annotations

from itertools import pairwise

import pytest

from deskd.model import GRADES, PRIORITIES, Grade, Priority
from deskd.priority import priority_of


@pytest.mark.parametrize(
    ("urgency", "impact", "priority"),
    [
        ("low", "low", "low"),
        ("low", "medium", "low"),
        ("low", "high", "normal"),
        ("medium", "low", "low"),
        ("medium", "medium", "normal"),  # what a ticket is when nobody said anything
        ("medium", "high", "high"),
        ("high", "low", "normal"),
        ("high", "medium", "high"),
        ("high", "high", "urgent"),
    ],
)
def test_matrix(urgency: Grade, impact: Grade, priority: Priority) -> None:
    assert priority_of(urgency, impact) == priority


def test_it_is_even_and_never_falls() -> None:
    for low, high in pairwise(GRADES):
        for other in GRADES:
            assert priority_of(low, other) == priority_of(other, low)
            assert PRIORITIES.index(priority_of(low, other)) <= PRIORITIES.index(priority_of(high, other))
