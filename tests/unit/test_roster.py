"""Who is who in Slack."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deskd import roster
from tests.support.desk import SETTINGS


@pytest.mark.parametrize(
    ("reference", "is_id"),
    [
        ("U0ANNA", True),
        ("W012ABC", True),  # of an enterprise
        ("S0SPEC", True),
        ("anna@acme.example", False),
        ("#anna", False),
        ("@anna", False),
        ("u0anna", False),
        ("U0ANNA ", False),
        ("", False),
    ],
)
def test_ids_are_slacks_own(reference: str, is_id: bool) -> None:
    assert roster.is_id(reference) == is_id


def test_people_given_otherwise_are_looked_up_once_and_known_afterwards() -> None:
    agents = dict(SETTINGS.agents)
    agents["anna"] = agents["anna"].model_copy(update={"slack": "anna@acme.example"})
    agents["bruno"] = agents["bruno"].model_copy(update={"slack": None})
    desk = replace(SETTINGS, agents=agents)
    assert roster.to_look_up(desk) == ("anna@acme.example",)
    assert roster.people(desk) == {"anna@acme.example": "anna", "U0CARLA": "carla", "S0SPEC": "specialists"}
    found = roster.with_ids(desk, {"anna@acme.example": "U0ANNA", "else@acme.example": "U0ELSE"})
    assert roster.people(found) == {"U0ANNA": "anna", "U0CARLA": "carla", "S0SPEC": "specialists"}
    assert found.agents["bruno"].slack is None


def test_nobody_is_looked_up_where_all_are_known() -> None:
    assert roster.to_look_up(SETTINGS) == ()
    assert roster.with_ids(SETTINGS, {}) == SETTINGS
